"""The studio writes files of the case, when asked, as they were read; and nothing else."""

import os
import stat
from pathlib import Path

import pytest

from shteg.errors import UsageError
from shteg.web.case_files import CaseFiles, ConflictError, ReadOnlyError, kind_of, mark_of


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    (folder / "text" / "en").mkdir(parents=True)
    (folder / "members.csv").write_bytes(b"member\nXAB\n")
    (folder / "ledger.csv").write_bytes(b"line\n1\n")
    (folder / "case.toml").write_bytes(b'id = "one"\n')
    (folder / "text" / "en" / "report.md").write_bytes(b"Words.\n")
    return folder


def test_files_of_a_case_are_listed_by_kind(case: Path) -> None:
    (case / "notes.txt").write_text("no file of a case")
    (case / ".hidden.csv").write_text("x")
    listed = [(one["file"], one["kind"]) for one in CaseFiles(case).listed()]
    assert listed == [
        ("ledger.csv", "table"),
        ("members.csv", "table"),
        ("text/en/report.md", "text"),
        ("case.toml", "toml"),
    ]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("acts.csv", "table"),
        ("surveys/published.csv", "table"),
        ("text/sq/announcement.md", "text"),
        ("surveys/2024/design.toml", "toml"),
        ("messages/sr.toml", "toml"),
        ("surveys/2024/data.csv", None),
        ("text/en/../../x.md", None),
        ("other.csv", None),
        ("README.md", None),
        (".git/config", None),
    ],
)
def test_only_files_of_a_case_have_a_kind(file: str, kind: str | None) -> None:
    assert kind_of(file) == kind


def test_a_save_is_whole_keeps_the_mode_and_can_be_undone(case: Path) -> None:
    files, path = CaseFiles(case), case / "members.csv"
    path.chmod(0o640)
    mark = mark_of(files.read("members.csv"))
    new = files.save("members.csv", mark, b"member\nXAC\n")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"member\nXAC\n", 0o640)
    files.save("members.csv", new, b"member\nXAD\n")
    assert files.undoable == ["members.csv", "members.csv"]
    assert files.undo().before == b"member\nXAC\n"
    assert files.undo().before == b"member\nXAB\n"
    assert path.read_bytes() == b"member\nXAB\n"
    assert sorted(one.name for one in case.iterdir()) == ["case.toml", "ledger.csv", "members.csv", "text"]
    with pytest.raises(UsageError, match="nothing was saved"):
        files.undo()


def test_a_save_of_the_same_is_none(case: Path) -> None:
    files = CaseFiles(case)
    raw = files.read("members.csv")
    before = (case / "members.csv").stat().st_mtime_ns
    assert files.save("members.csv", mark_of(raw), raw) == mark_of(raw)
    assert ((case / "members.csv").stat().st_mtime_ns, files.undoable) == (before, [])


def test_what_another_program_wrote_is_not_written_over(case: Path) -> None:
    files = CaseFiles(case)
    mark = mark_of(files.read("members.csv"))
    (case / "members.csv").write_bytes(b"member\nXAB\nXAZ\n")
    with pytest.raises(ConflictError, match="load it again") as caught:
        files.save("members.csv", mark, b"member\n")
    assert "+XAZ" in caught.value.difference
    assert (case / "members.csv").read_bytes() == b"member\nXAB\nXAZ\n"


def test_an_undo_does_not_take_back_what_another_program_wrote(case: Path) -> None:
    files = CaseFiles(case)
    files.save("members.csv", mark_of(files.read("members.csv")), b"member\nXAC\n")
    (case / "members.csv").write_bytes(b"member\nXAC\nXAZ\n")
    with pytest.raises(ConflictError, match="undo that change first") as caught:
        files.undo()
    assert "+XAZ" in caught.value.difference
    assert (case / "members.csv").read_bytes() == b"member\nXAC\nXAZ\n"
    assert files.undoable == ["members.csv"]


@pytest.mark.parametrize(
    "file",
    ["../members.csv", "/etc/passwd", "text/en/../../members.csv", "text\\en\\report.md", "C:members.csv", "x.py", ""],
)
def test_no_way_leads_out_of_the_case(case: Path, file: str) -> None:
    (case.parent / "members.csv").write_bytes(b"outside\n")
    files = CaseFiles(case)
    with pytest.raises(UsageError, match="choose one from the list"):
        files.read(file)
    with pytest.raises(UsageError, match="choose one from the list"):
        files.save(file, mark_of(b"outside\n"), b"x")
    assert (case.parent / "members.csv").read_bytes() == b"outside\n"


def test_links_are_not_followed(case: Path) -> None:
    outside = case.parent / "outside"
    outside.mkdir()
    (outside / "report.md").write_bytes(b"outside\n")
    os.symlink(outside, case / "text" / "sq")
    os.symlink(outside / "report.md", case / "acts.csv")
    files = CaseFiles(case)
    for file in ("text/sq/report.md", "acts.csv"):
        with pytest.raises(UsageError, match="put the file itself into the case"):
            files.save(file, mark_of(b"outside\n"), b"x")
        with pytest.raises(UsageError, match="put the file itself into the case"):
            files.read(file)
    assert (outside / "report.md").read_bytes() == b"outside\n"


def test_a_locked_case_and_the_ledger_are_only_read(case: Path) -> None:
    locked = CaseFiles(case, locked="make one with `shteg new`")
    with pytest.raises(ReadOnlyError, match="shteg new"):
        locked.save("members.csv", mark_of(locked.read("members.csv")), b"x")
    files = CaseFiles(case)
    with pytest.raises(ReadOnlyError, match="shteg register"):
        files.save("ledger.csv", mark_of(files.read("ledger.csv")), b"x")
    assert (case / "ledger.csv").read_bytes() == b"line\n1\n"
