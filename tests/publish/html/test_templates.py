"""Compiled templates are kept: the same pages with and without them, and a damaged one is compiled again."""

from pathlib import Path

import pytest

from shteg.publish.html.figures import template_environment


def written(kept: Path | None) -> str:
    template_environment.cache_clear()
    macros = template_environment(kept).get_template("macros.html.j2").make_module({"t": str})
    return str(macros.authors([{"name": "<n>", "about": "a", "address": "", "email": "", "orcid": ""}]))  # type: ignore[attr-defined]


def test_a_kept_template_writes_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plain = written(None)
    assert "&lt;n&gt;" in plain
    assert [written(tmp_path) for _ in range(2)] == [plain, plain]
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert written(tmp_path) == plain
    assert ["changed or damaged" in one for one in caplog.messages] == [True]
    assert kept.read_bytes() == whole
