"""No page is so heavy that a phone waits for it, its chart data aside; and the scale itself weighs right."""

from pathlib import Path

import pytest
from tools.page_weight import MOST, main, weigh, weigh_site

WHOLE = 320_000
"""Bytes of a page of the made-up case with all that stands in it."""


def test_every_page_stays_under_the_bound(abroad_site: Path) -> None:
    found = list(weigh_site(abroad_site))
    assert len(found) > 100
    assert [one.page.name for one in found if one.bare > MOST or one.whole > WHOLE] == []
    assert main([str(abroad_site)]) == 0


def test_what_counts_is_all_but_drawings_and_the_tables_behind_them(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    drawing, table = "<svg><path d='M0 0'/></svg>", '<details class="figures"><table></table></details>'
    other = "<details><table><tr><td>ç</td></tr></table></details>"
    page.write_text(f"<p>a</p>{drawing}{table}{other}", encoding="utf-8")
    bare = len(f"<p>a</p>{other}".encode())
    assert weigh(page) == (bare, bare + len(table), bare + len(table) + len(drawing), page)


def test_a_page_over_the_bound_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "long.html").write_text("<p>a</p>" * (MOST // 8 + 1), encoding="utf-8")
    (tmp_path / "en" / "short.html").write_text(f"<svg>{'a' * MOST}</svg>", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.endswith("OVER") for line in told[:2]] == [True, False]
    assert told[-1].startswith("2 pages, 1 over")
    assert main([str(tmp_path / "nothing")]) == 1
