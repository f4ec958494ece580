"""The sentences of `check` for what Excel users get wrong most: in words, with the entry named."""

from pathlib import Path

import pytest

from shteg.evidence import check_case
from tests.evidence.demo_copy import copy_demo

CASES = [
    ("languages = [1]", "entry 1 of `languages` must be text, not “1”", "quotation marks"),
    ("languages = []", "`languages` is empty", "give it at least 1 entry"),
    ('languages = ["en", 2]', "entry 2 of `languages` must be text", "quotation marks"),
]


@pytest.mark.parametrize(("line", "problem", "hint"), CASES, ids=[line for line, _, _ in CASES])
def test_an_entry_of_a_list_is_named(line: str, problem: str, hint: str, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    header = case / "case.toml"
    text = header.read_text(encoding="utf-8")
    header.write_text(text.replace('languages = ["en", "sq", "sr"]', line, 1), encoding="utf-8")
    found = [one for one in check_case(case) if one.file == "case.toml" and problem in one.problem]
    assert found, [str(one) for one in check_case(case)][:5]
    assert hint in found[0].hint


def test_measures_without_effects_are_told_so(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    file = case / "recommendations.toml"
    text = file.read_text(encoding="utf-8")
    begin = text.index("effects = [{")
    end = text.index("\n", begin)
    file.write_text(text[:begin] + "effects = []" + text[end:], encoding="utf-8")
    (found,) = [one for one in check_case(case) if "`effects`" in one.problem]
    assert found.problem == "`effects` is empty"
    assert "at least 1 entry" in found.hint


def test_a_single_choice_is_no_list(tmp_path: Path) -> None:
    from shteg.evidence.files.explain_invalid import suggest

    assert suggest("xyzzy", ["en"], "remove it") == "it can only be `en`"
    assert suggest("xyzzy", ["en", "sq"], "remove it") == "it may be one of: en, sq"
    assert suggest("xyzzy", [], "remove it") == "remove it"
