"""The comparison of publications sees what it must see."""

import json
import os
import shutil
from pathlib import Path

from tests.processors.same_figures import differences, is_close
from tests.processors.settings import BASELINE, environment, numpy_features, settings


def site(folder: Path, share: str, number: float) -> Path:
    (folder / "edition" / "tables").mkdir(parents=True)
    (folder / "index.html").write_text(f"<p>It is <data value='{number}'>{share}</data>.</p><script>x</script>")
    (folder / "edition" / "values.json").write_text(json.dumps([{"id": "a", "number": number}]))
    (folder / "edition" / "tables" / "t.csv").write_text(f"name,number\na,{number}\n")
    return folder


def test_last_digits_are_not_a_difference(tmp_path: Path) -> None:
    one, other = site(tmp_path / "one", "30%", 0.3), site(tmp_path / "other", "30%", 0.1 + 0.2)
    assert list(differences(one, other)) == []


def test_a_publication_is_no_different_from_itself_and_from_its_copy(abroad_site: Path, tmp_path: Path) -> None:
    shutil.copytree(abroad_site, tmp_path / "copy")
    assert list(differences(abroad_site, tmp_path / "copy")) == []
    page = tmp_path / "copy" / "en" / "members.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("%</data>", "‰</data>", 1), encoding="utf-8")
    assert [one.partition(":")[0] for one in differences(abroad_site, tmp_path / "copy")] == ["en/members.html"]


def test_a_printed_figure_is_a_difference(tmp_path: Path) -> None:
    one, other = site(tmp_path / "one", "30%", 0.3), site(tmp_path / "other", "31%", 0.3)
    assert list(differences(one, other)) == ["index.html: '30%' and '31%'"]


def test_a_moved_value_is_a_difference(tmp_path: Path) -> None:
    one, other = site(tmp_path / "one", "30%", 0.3), site(tmp_path / "other", "30%", 0.3 + 1e-8)
    assert {place.split(",")[0] for place in differences(one, other)} == {"edition/tables/t.csv", "edition/values.json"}


def test_a_file_of_one_only_is_a_difference(tmp_path: Path) -> None:
    one, other = site(tmp_path / "one", "30%", 0.3), site(tmp_path / "other", "30%", 0.3)
    (one / "more.html").write_text("more")
    assert list(differences(one, other)) == ["more.html: in one site only"]


def test_only_the_numbers_in_a_text_may_differ() -> None:
    assert is_close("share:0.4518610166610992, 2036", "share:0.4518610166610987, 2036")
    assert not is_close("share:0.4518610166610992, 2036", "share:0.4518610166610992, 2037")
    assert not is_close("a", "b")
    assert not is_close("", "0")
    assert not is_close("-0.3", "0.3")
    assert not is_close("e1f2a3", "e1f2a4")


def test_the_settings_change_something() -> None:
    changed = environment(settings()[BASELINE])
    assert changed["NUMBA_CPU_NAME"] == "generic"
    assert changed["NUMBA_CPU_FEATURES"] == ""
    switched_off = "NPY_DISABLE_CPU_FEATURES" in os.environ  # the tests themselves run under such a setting
    assert ("NPY_DISABLE_CPU_FEATURES" in changed) == (switched_off or bool(numpy_features()))
