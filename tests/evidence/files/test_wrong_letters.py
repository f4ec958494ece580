"""Text that was read in a wrong encoding before is refused in every kind of file of a case."""

from pathlib import Path

import pytest

from shteg.evidence.files.folder import CaseFolder


def problems_of(folder: Path, name: str, text: str):
    (folder / name).write_text(text, encoding="utf-8")
    case = CaseFolder(folder)
    case.read_text(name)
    return case.problems


@pytest.mark.parametrize("name", ["labels.toml", "acts.csv", "report.md"])
def test_letters_read_wrongly_before_are_named_with_their_place(tmp_path, name):
    (found,) = problems_of(tmp_path, name, "one\nfor pavarÃ«sinÃ« here\n")
    assert (found.file, found.line, found.column) == (name, 2, 5)
    assert "“pavarÃ«sinÃ«”" in found.problem
    assert "“pavarësinë”" in found.problem


@pytest.mark.parametrize("name", ["labels.toml", "acts.csv", "report.md"])
def test_a_lost_letter_is_named_with_its_place(tmp_path, name):
    (found,) = problems_of(tmp_path, name, "one\nPej\ufffd\n")
    assert (found.line, found.column) == (2, 4)
    assert "U+FFFD" in found.problem


@pytest.mark.parametrize(
    "text", ["São Tomé, Ângela, ÇAÐRI\n", "“Äänekoski” – Åland, Älvsbyn\n", "Çka? «Pejë» … “Gjakovë”\n"]
)
def test_right_letters_pass(tmp_path, text):
    assert problems_of(tmp_path, "report.md", text) == []
