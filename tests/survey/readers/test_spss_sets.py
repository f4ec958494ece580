"""Multiple-response sets of SPSS: counted by texts and numbers, in files of either order of bytes, read and written."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from shteg.survey.readers import read_responses
from shteg.survey.readers.system_file import UnreadableError, read_dictionary
from shteg.survey.readers.writing import write_responses
from tests.cli.in_process import run

FRAME = pl.DataFrame(
    {
        "media_tv_long_name": ["Y", "N", "Y", "", "Y"] * 12,
        "media_radio": ["N", "Y", "Y", "", "N"] * 12,
        "b1": [1.0, 0.0, 0.0, 1.0, 1.0] * 12,
        "b2": [0.0, 1.0, 1.0, 1.0, 0.0] * 12,
        "z1": ["01", "02", "01", "02", "01"] * 12,
        "z2": ["02", "02", "01", "01", "01"] * 12,
        "c1": [1.0, 2.0, 3.0, 1.0, 2.0] * 12,
        "c2": [2.0, None, 1.0, None, 3.0] * 12,
        "sex": ["f", "m", "f", "m", "f"] * 12,
    }
)
LINES = (
    b"$media=D1 Y 11 Which media media_tv media_ra",
    b"$boxes=D1 1 0  b1 b2",
    b"$zeros=D2 01 5 Zeros z1 z2",
    "$order=C 6 Rendë c1 c2".encode(),
)
MORE = (b"$extra=E 11 1 Y 0  media_tv media_ra", b"$plain=E 1 1 1 7 Plainly b1 b2")


def short_names(content: bytes) -> dict[str, bytes]:
    return {long: short.encode() for short, long in read_dictionary(BytesIO(content)).names.items()}


def extended(
    path: Path, lines: tuple[bytes, ...], subtype: int = 7, frame: pl.DataFrame = FRAME, **more: object
) -> Path:
    """Write a file, and put a record of sets before the end of its dictionary."""
    pyreadstat.write_sav(frame, path, **more)  # type: ignore[arg-type]
    raw = path.read_bytes()
    names = short_names(raw)
    text = b"\n".join(lines) + b"\n"
    text = text.replace(b"media_tv", names["media_tv_long_name"]).replace(b"media_ra", names["media_radio"])
    at = read_dictionary(BytesIO(raw)).end
    path.write_bytes(raw[:at] + struct.pack("<iiii", 7, subtype, 1, len(text)) + text + raw[at:])
    return path


def test_sets_of_every_kind(tmp_path: Path) -> None:
    found = read_responses(extended(tmp_path / "a.sav", LINES))
    told = {name: (one.kind, one.counted, one.label, one.columns) for name, one in found.sets.items()}
    assert told == {
        "media": ("dichotomy", "Y", "Which media", ("media_tv_long_name", "media_radio")),
        "boxes": ("dichotomy", "1", "", ("b1", "b2")),
        "zeros": ("dichotomy", "01", "Zeros", ("z1", "z2")),
        "order": ("category", None, "Rendë", ("c1", "c2")),
    }
    assert found.notes == ()


def test_sets_of_later_versions(tmp_path: Path) -> None:
    found = read_responses(extended(tmp_path / "a.sav", MORE, 19))
    assert (found.sets["extra"].counted, found.sets["extra"].label) == ("Y", "")
    assert (found.sets["plain"].counted, found.sets["plain"].label) == ("1", "Plainly")


def test_a_set_counted_by_a_text_is_tabulated(tmp_path: Path) -> None:
    path = extended(tmp_path / "a.sav", LINES)
    out = tmp_path / "t.csv"
    done = run("tabulate", path, "--items", "media", "--by", "sex", "--out", out)
    assert done.returncode == 0, done.stderr
    shares = {one["option"]: one["estimate"] for one in pl.read_csv(out).to_dicts() if one["domain"] == "all"}
    assert shares == {"media_tv_long_name": 0.75, "media_radio": 0.5}  # a blank in all boxes is no answer


@pytest.mark.parametrize("suffix", [".sav", ".zsav"])
def test_sets_are_written_again(tmp_path: Path, suffix: str) -> None:
    before = read_responses(extended(tmp_path / "a.sav", LINES))
    notes = write_responses(before, tmp_path / f"b{suffix}", added={"w": pl.Series([1.5] * 60)})
    after = read_responses(tmp_path / f"b{suffix}")
    assert notes == ()
    assert after.sets == before.sets
    assert after.frame.drop("w").equals(before.frame)
    _, meta = pyreadstat.read_sav(tmp_path / f"b{suffix}", output_format="polars")
    assert set(meta.mr_sets) == {"media", "boxes", "zeros", "order"}  # another reader finds them too


def swapped(content: bytes) -> bytes:
    """Give the dictionary of a file with the other order of bytes; the data behind it are not looked at."""
    out = bytearray(content[:64])
    for place in range(64, 84, 4):
        out += content[place : place + 4][::-1]
    out += content[84:92][::-1] + content[92:176]
    place, end = 176, read_dictionary(BytesIO(content)).end

    def ints(count: int) -> list[int]:
        nonlocal place, out
        found = list(struct.unpack_from(f"<{count}i", content, place))
        out += struct.pack(f">{count}i", *found)
        place += 4 * count
        return found

    def plain(count: int) -> None:
        nonlocal place, out
        out += content[place : place + count]
        place += count

    while place < end:
        (kind,) = ints(1)
        if kind == 2:
            _, labelled, missing, _, _ = ints(5)
            plain(8)
            if labelled:
                plain(-(-ints(1)[0] // 4) * 4)
            plain(8 * abs(missing))
        elif kind == 7:
            _, size, count = ints(3)
            plain(size * count)
        elif kind == 3:
            for _ in range(ints(1)[0]):
                plain(8)
                plain(-(-(content[place] + 1) // 8) * 8)
            _, count = ints(2)
            ints(count)
        else:
            raise AssertionError(kind)
    return bytes(out) + struct.pack(">ii", 999, 0)


def test_the_other_order_of_bytes(tmp_path: Path) -> None:
    raw = extended(tmp_path / "a.sav", LINES).read_bytes()
    one, other = read_dictionary(BytesIO(raw)), read_dictionary(BytesIO(swapped(raw)))
    assert (other.order, other.sets, other.names, other.encoding) == (">", one.sets, one.names, one.encoding)


BROKEN = {
    "a length beyond the line": b"$bad=D99 Y 3 abc b1",
    "no length": b"$bad=D 3 abc b1",
    "no number": b"$bad=Dx 1 3 abc b1",
    "a negative length": b"$bad=D-1 1 3 abc b1",
    "no columns": b"$bad=D1 1 3 abc",
    "an unknown kind": b"$bad=Q 3 abc b1",
    "an unknown source of labels": b"$bad=E 7 1 1 3 abc b1",
    "nothing": b"$bad=",
    "a column that is not there": b"$bad=C 3 abc nothing c1",
    "a label cut in a letter": "$bad=C 1 ë c1 c2".encode(),
    "a length without an end": b"$bad=C 999999999999999999999 abc c1",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_set_that_cannot_be_read_is_named_and_the_others_stay(tmp_path: Path, kind: str) -> None:
    found = read_responses(extended(tmp_path / "a.sav", (LINES[0], BROKEN[kind], LINES[1])))
    assert set(found.sets) == {"media", "boxes"}
    assert "'$bad'" in found.notes[0]


@pytest.mark.parametrize("cut", range(60, 900, 53))
def test_a_dictionary_that_ends_is_no_dictionary(tmp_path: Path, cut: int) -> None:
    raw = extended(tmp_path / "a.sav", LINES).read_bytes()
    assert len(raw[:cut]) < read_dictionary(BytesIO(raw)).end
    with pytest.raises((UnreadableError, struct.error)):
        read_dictionary(BytesIO(raw[:cut]))


def test_numbers_that_cannot_be_are_no_records() -> None:
    head = b"$FL2" + bytes(60) + struct.pack("<i", 2) + bytes(108)
    for record in ((2, 0, 1, 0, 0, 0), (7, 7, 2**30, 2**30), (3, -5), (6, 2**30), (12,), (3, 0, 5)):
        with pytest.raises(UnreadableError):
            read_dictionary(BytesIO(head + struct.pack(f"<{len(record)}i", *record) + b"NAME    " + bytes(64)))
