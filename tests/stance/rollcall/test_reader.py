"""Votes in long form: codings, kinds of files, and what is refused."""

from pathlib import Path

import polars as pl
import pytest

from shteg.errors import ModelError, ShtegError, UsageError
from shteg.stance.rollcall import Coding, VoteColumns, read_votes

HEADER = "session,rcid,country,vote\n"
ROWS = "2,10,FRA,1\n2,10,USA,3\n2,9,FRA,2\n2,9,USA,8\n1,30,FRA,9\n1,30,USA,1\n"


def write(folder: Path, text: str, name: str = "votes.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_codings_and_order(tmp_path: Path) -> None:
    matrix = read_votes(write(tmp_path, HEADER + ROWS))
    assert matrix.items == ("1/30", "2/9", "2/10")
    assert matrix.actors == ("FRA", "USA")
    assert matrix.levels == ("nay", "abstain", "yea")
    assert matrix.votes.tolist() == [[-1, 1, 2], [2, -1, 0]]


def test_tabs_parquet_and_order_of_rows_give_the_same(tmp_path: Path) -> None:
    plain = read_votes(write(tmp_path, HEADER + ROWS))
    backwards = HEADER + "\n".join(reversed(ROWS.strip().split("\n"))) + "\n"
    tabs = read_votes(write(tmp_path, backwards.replace(",", "\t"), "votes.tab"))
    pl.read_csv(tmp_path / "votes.csv").write_parquet(tmp_path / "votes.parquet")
    for other in (tabs, read_votes(tmp_path / "votes.parquet")):
        assert other.items == plain.items
        assert other.votes.tolist() == plain.votes.tolist()


def test_columns_codings_and_sessions(tmp_path: Path) -> None:
    path = write(tmp_path, "s,id,who,what\n07,1,A,1\n7,1,B,0\n8,1,A,1\n")
    names = VoteColumns(session="s", vote="id", country="who", choice="what")
    two = Coding(yea=(1,), nay=(0,), abstain=(), missing=())
    assert read_votes(path, columns=names, coding=two, sessions=[7]).actors == ("A", "B")
    assert read_votes(path, columns=names, coding=two, sessions=[8]).levels == ("nay", "yea")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("1,1,FRA,1\n1,1,FRA,3\n", "votes.csv:3: 'FRA' votes twice on '1/1'"),
        ("1,1,FRA,1\n1,1,USA,4\n", "votes.csv:3: the choice '4' of 'USA' is none of 1, 2, 3, 8, 9"),
        ("1,1,FRA,yes\n", "the choice 'yes'"),
        ("1,1,,1\n", "votes.csv:2: column 'country' is empty"),
        ("1,1,FRA,\n", "column 'vote' is empty"),
        ("1,1,FRA,1,5\n", "cannot be read"),
        ("", "holds no votes"),
        ("1,1,FRA,nan\n", "the choice 'nan'"),
        ("1,1,FRA,inf\n", "the choice 'inf'"),
    ],
)
def test_bad_rows_are_refused_in_words(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(ShtegError, match=words):
        read_votes(write(tmp_path, HEADER + rows))


def test_bad_files_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no column .*'rcid'"):
        read_votes(write(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(ModelError, match="no such file"):
        read_votes(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="no kind of file"):
        read_votes(write(tmp_path, "x", "votes.xlsx"))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(ModelError, match="cannot be read"):
        read_votes(tmp_path / "bad.parquet")
    (tmp_path / "bad.csv").write_bytes(b"session,rcid\xff\xfe\x00,country,vote\n\xff,1,1,1\n")
    with pytest.raises(ShtegError, match="Hint"):
        read_votes(tmp_path / "bad.csv")
    with pytest.raises(ModelError, match="cannot be read"):
        read_votes(write(tmp_path, "", "empty.csv"))
