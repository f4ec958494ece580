"""Lines are added and nothing else: bytes that stand stay, the chain holds, a crash leaves a case that is right."""

import csv
from pathlib import Path

import pytest

from shteg.errors import CaseError
from shteg.evidence import check_case, read_case
from shteg.ledger import writing
from shteg.ledger.lines import written_share
from shteg.ledger.writing import append_forecasts, append_resolutions
from tests.evidence.demo_copy import copy_demo

FILES = ("ledger.csv", "resolutions.csv", "ledger.toml")


def cells_of(case: Path, edition: str) -> dict[str, str]:
    """Give the first line of the ledger as another edition's."""
    with (case / "ledger.csv").open(encoding="utf-8", newline="") as file:
        first = next(iter(csv.DictReader(file)))
    del first["hash"]
    return {**first, "edition": edition, "id": f"{edition}.{first['step']}.{first['due'][:4]}"}


def test_what_stands_stays_byte_for_byte(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    before = {name: (case / name).read_bytes() for name in FILES}
    append_forecasts(case, [cells_of(case, "later"), cells_of(case, "latest")])
    written = (case / "ledger.csv").read_bytes()
    assert written.startswith(before["ledger.csv"])
    assert written.count(b"\n") == before["ledger.csv"].count(b"\n") + 2
    assert b"\r" not in written
    assert (case / "resolutions.csv").read_bytes() == before["resolutions.csv"]
    assert check_case(case) == ()
    assert [line.edition for line in read_case(case).ledger[-2:]] == ["later", "latest"]


@pytest.mark.parametrize("end", [b"", b"\n\n", b"\r\n"])
def test_a_file_with_another_end_is_added_to_all_the_same(end: bytes, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    file = case / "ledger.csv"
    file.write_bytes(file.read_bytes().rstrip(b"\n") + end)
    append_forecasts(case, [cells_of(case, "later")])
    assert check_case(case) == ()


def test_the_first_lines_make_the_files(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    first = cells_of(case, "first")
    for name in FILES:
        (case / name).unlink()
    append_forecasts(case, [first])
    assert check_case(case) == ()
    append_resolutions(case, [])
    assert not (case / "resolutions.csv").exists()


def test_a_crash_between_the_files_leaves_a_case_that_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = copy_demo(tmp_path)
    whole, name = writing.write_whole, "ledger.toml"

    def fail(path: Path, content: bytes) -> None:
        if path.name == name:
            raise OSError("the disk is full")
        whole(path, content)

    monkeypatch.setattr(writing, "write_whole", fail)
    with pytest.raises(OSError, match="the disk is full"):
        append_forecasts(case, [cells_of(case, "later")])
    assert check_case(case) == ()  # the reach lags behind
    monkeypatch.undo()
    append_forecasts(case, [cells_of(case, "latest")])
    assert check_case(case) == ()
    assert "lines = 12\n" in (case / "ledger.toml").read_text(encoding="utf-8")


def test_what_is_no_line_is_not_written(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    before = (case / "ledger.csv").read_bytes()
    with pytest.raises(ValueError, match="is not that of edition"):
        append_forecasts(case, [{**cells_of(case, "later"), "id": "another"}])
    assert (case / "ledger.csv").read_bytes() == before
    (case / "ledger.csv").write_bytes(before.replace(b"id,kind,", b"kind,id,", 1))
    with pytest.raises(CaseError, match="columns are not those that shteg writes"):
        append_forecasts(case, [{**cells_of(case, "later"), "id": "later.liaison.2019", "kind": "real"}])


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0"), (1.0, "1"), (0.5, "0.5"), (1e-9, "0"), (1 / 3, "0.333333"), (0.25, "0.25"), (0.9999999, "1")],
)
def test_shares_are_written_plainly(share: float, text: str) -> None:
    assert written_share(share) == text
