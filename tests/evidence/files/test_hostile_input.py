"""Files that nobody should have to fear: each ends in a clear problem or in inert text, never in a traceback."""

import csv
import os
from pathlib import Path

import pytest

from shteg.errors import CaseError, Problem
from shteg.evidence import check_case, read_case
from shteg.evidence.files.folder import TABLE_LIMIT, is_inside
from tests.evidence.demo_copy import copy_demo, replace_once

TWO_HUNDRED_MB = 200 * 10**6


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo(tmp_path)


def problem_of(case: Path, file: str) -> Problem:
    found = [one for one in check_case(case) if one.file == file]
    assert found, f"nothing reported in {file}"
    return found[0]


def test_a_file_in_another_encoding_names_byte_and_line(case: Path) -> None:
    text = (case / "acts.csv").read_text(encoding="utf-8")
    raw = text.replace("It has no boats", "Nuk ka varkë", 1).encode("cp1252")
    (case / "acts.csv").write_bytes(raw)
    found = problem_of(case, "acts.csv")
    assert found.line == 1 + text[: text.index("It has no boats")].count("\n")
    assert f"offset {raw.index(0xEB)}" in found.problem
    assert "UTF-8" in found.hint


def test_utf_16_is_recognised(case: Path) -> None:
    (case / "case.toml").write_bytes((case / "case.toml").read_text(encoding="utf-8").encode("utf-16"))
    assert "UTF-16" in problem_of(case, "case.toml").problem


@pytest.mark.parametrize("file", ["case.toml", "acts.csv", "text/en/report.md", "surveys/2025/design.toml"])
def test_a_byte_order_mark_is_accepted(case: Path, file: str) -> None:
    (case / file).write_bytes(b"\xef\xbb\xbf" + (case / file).read_bytes())
    assert check_case(case) == ()


def test_windows_line_ends_are_accepted(case: Path) -> None:
    for path in [*case.glob("*.csv"), *case.glob("*.toml"), *case.glob("text/*/*.md")]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check_case(case) == ()
    assert "\r" not in read_case(case).texts["en"]["report"]


@pytest.mark.parametrize("file", ["case.toml", "members.csv", "chronicle.csv", "text/sq/report.md"])
@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_reported(case: Path, file: str, content: bytes) -> None:
    (case / file).write_bytes(content)
    found = problem_of(case, file)
    assert "empty" in found.problem or "nothing but blanks" in found.problem
    assert "fill it or remove it" in found.hint


@pytest.mark.parametrize("file", ["acts.csv", "items.toml", "text/en/report.md"])
def test_nul_bytes_are_reported_with_their_line(case: Path, file: str) -> None:
    raw = (case / file).read_bytes()
    (case / file).write_bytes(raw[:200] + b"\x00" + raw[200:])
    found = problem_of(case, file)
    assert "U+0000" in found.problem
    assert found.line == raw[:200].count(b"\n") + 1


def test_a_direction_override_is_reported(case: Path) -> None:
    replace_once(case, "partnerships.csv", "Four boats", "Four \u202eboats")
    assert "U+202E" in problem_of(case, "partnerships.csv").problem


def test_an_escaped_control_character_of_toml_is_reported(case: Path) -> None:
    replace_once(case, "sources.toml", "Secretariat", "Secre\\u0000tariat")
    found = problem_of(case, "sources.toml")
    assert "U+0000" in found.problem
    assert found.line > 1


def test_a_huge_table_is_refused_by_its_size(case: Path) -> None:
    os.truncate(case / "acts.csv", TWO_HUNDRED_MB)
    found = problem_of(case, "acts.csv")
    assert "191 MiB; the limit is 16 MiB" in found.problem
    assert "surveys/" in found.hint


def test_a_table_just_over_the_limit_is_refused(case: Path) -> None:
    os.truncate(case / "steps.toml", TABLE_LIMIT + 1)
    assert "the limit is" in problem_of(case, "steps.toml").problem


def test_huge_microdata_are_refused_by_their_size(case: Path) -> None:
    os.truncate(case / "surveys/2025/respondents.csv", 2**31 + 1)
    assert "2,048 MiB" in problem_of(case, "surveys/2025/respondents.csv").problem


@pytest.mark.parametrize("file", ["acts.csv", "text/en/report.md", "surveys/2025/respondents.csv", "text", "surveys"])
def test_a_link_out_of_the_case_is_not_followed(case: Path, tmp_path: Path, file: str) -> None:
    target = tmp_path / "elsewhere"
    (case / file).rename(target)
    (case / file).symlink_to(target)
    assert "leaves the case folder" in problem_of(case, file).problem


def test_a_link_inside_the_case_is_followed(case: Path) -> None:
    (case / "README.md").write_bytes((case / "acts.csv").read_bytes())
    (case / "acts.csv").unlink()
    (case / "acts.csv").symlink_to("README.md")
    assert check_case(case) == ()


def test_links_in_a_circle_are_reported(case: Path) -> None:
    (case / "acts.csv").unlink()
    (case / "acts.csv").symlink_to("readings.csv")
    (case / "readings.csv").unlink()
    (case / "readings.csv").symlink_to("acts.csv")
    assert "in a circle" in problem_of(case, "acts.csv").problem


def test_a_folder_that_links_to_the_case_itself_ends(case: Path) -> None:
    (case / "text" / "en" / "again").symlink_to(case)
    assert "only Markdown" in problem_of(case, "text/en/again").problem


def test_a_pipe_is_not_opened(case: Path) -> None:
    (case / "acts.csv").unlink()
    os.mkfifo(case / "acts.csv")
    assert "not opened" in problem_of(case, "acts.csv").problem


def test_a_link_to_a_device_is_not_opened(case: Path) -> None:
    (case / "acts.csv").unlink()
    (case / "acts.csv").symlink_to("/dev/zero")
    assert "leaves the case folder" in problem_of(case, "acts.csv").problem


def test_a_folder_in_place_of_a_file_is_reported(case: Path) -> None:
    (case / "acts.csv").unlink()
    (case / "acts.csv").mkdir()
    assert "this is a folder" in problem_of(case, "acts.csv").problem


@pytest.mark.parametrize("file", ["text", "surveys"])
def test_a_file_in_place_of_a_folder_is_reported(case: Path, tmp_path: Path, file: str) -> None:
    (case / file).rename(tmp_path / "moved")
    (case / file).write_text("a file")
    assert "a folder is expected" in problem_of(case, file).problem


BOMBS = {
    "nested lists": "bomb = " + "[" * 100_000,
    "closed nested lists": "bomb = " + "[" * 5_000 + "]" * 5_000,
    "nested tables": "bomb = " + "{a=" * 5_000 + "1" + "}" * 5_000,
    "dotted keys": "a" + ".a" * 50_000 + " = 1",
    "quoted dotted keys": '"a"' + '."a"' * 3_000 + " = 1",
    "header of dots": "[a" + ".a" * 50_000 + "]",
    "long number": "bomb = " + "9" * 5_000,
    "open string": 'bomb = "' + "\\" * 100_001,
    "open long string": 'bomb = """' + '"" ' * 50_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_toml_bomb_is_a_problem_like_any_other(case: Path, bomb: str) -> None:
    (case / "items.toml").write_text(bomb + "\n", encoding="utf-8")
    found = problem_of(case, "items.toml")
    assert found.hint


def test_brackets_in_texts_and_comments_are_no_nesting(case: Path) -> None:
    replace_once(case, "items.toml", "[items.recognition]", "# " + "[" * 100 + "\n[items.recognition]")
    replace_once(case, "items.toml", 'en = "Recognition"', 'en = "Recognition ' + "[{" * 100 + '"')
    assert check_case(case) == ()


def test_html_in_a_text_is_kept_as_it_stands(case: Path) -> None:
    inert = "<script>alert(1)</script>"
    replace_once(case, "partnerships.csv", "Four boats from Brenmark", inert)
    replace_once(case, "case.toml", "Institute of the Made-up Lake", inert)
    read = read_case(case)
    assert inert in {one.name["en"] for one in read.partnerships}
    assert read.header.publisher["en"] == inert


def test_a_very_long_field_is_reported(case: Path) -> None:
    before = csv.field_size_limit(10_000_000)  # as other libraries do
    replace_once(case, "acts.csv", "It has no boats", "x" * 200_000)
    try:
        assert "longer than" in problem_of(case, "acts.csv").problem
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("act.csv", "acts.csv"), ("notes.txt", "NOTES.md"), ("surveys/publishd.csv", "published.csv"),
     ("text/en/report.txt", "rename"), ("surveys/2025/metodology.toml", "methodology.toml")],
)  # fmt: skip
def test_a_file_that_is_none_of_a_case_is_reported(case: Path, name: str, hint: str) -> None:
    (case / name).write_text("x", encoding="utf-8")
    assert hint in problem_of(case, name).hint


def test_hidden_files_and_notes_may_lie_in_a_case(case: Path) -> None:
    for name in (".DS_Store", "README.md", "NOTES.md", "LICENSE"):
        (case / name).write_text("x", encoding="utf-8")
    assert check_case(case) == ()


@pytest.mark.parametrize(
    "name", ["case.toml", "sources.toml", "steps.toml", "pathways.toml", "members.csv", "items.toml"]
)
def test_a_needed_file_that_is_missing_is_reported(case: Path, name: str) -> None:
    (case / name).unlink()
    found = problem_of(case, name)
    assert found.line == 0
    assert "shteg new" in found.hint


def test_a_text_missing_in_one_language_is_reported(case: Path) -> None:
    (case / "text/sq/report.md").unlink()
    assert "missing in `sq`" in problem_of(case, "text/sq/report.md").problem


def test_names_of_waves_and_texts_must_be_ids(case: Path) -> None:
    (case / "surveys/2025").rename(case / "surveys/the wave")
    (case / "text/en/report.md").rename(case / "text/en/the report.md")
    assert "cannot name a wave" in problem_of(case, "surveys/the wave").problem
    assert "named by letters" in problem_of(case, "text/en/the report.md").problem


def test_a_language_of_texts_that_the_case_does_not_have_is_reported(case: Path) -> None:
    (case / "text" / "fr").mkdir()
    assert "not a language" in problem_of(case, "text/fr").problem


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no such folder"):
        read_case(tmp_path / "nowhere")


def test_an_empty_folder_lists_every_needed_file(tmp_path: Path) -> None:
    assert len(check_case(tmp_path)) == 7


@pytest.mark.parametrize(
    ("name", "inside"), [("a.csv", True), ("../a", False), ("/a", False), ("a\\b", False), ("c:a", False)]
)
def test_names_that_leave_the_folder(name: str, inside: bool) -> None:
    assert is_inside(name) is inside


def test_every_file_cut_at_any_place_ends_in_a_problem_or_a_case(case: Path) -> None:
    files = sorted(path for path in case.rglob("*") if path.suffix in (".toml", ".csv"))
    for path in files:
        whole = path.read_bytes()
        for part in (1, 3, 7):
            path.write_bytes(whole[: len(whole) * part // 8])
            check_case(case)  # must not raise
        path.write_bytes(whole)
