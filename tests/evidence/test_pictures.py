"""Pictures of a case: what they are by their content, that nothing leads out of them, and whose they are."""

import hashlib
import struct
import zlib
from pathlib import Path

import pytest

from shteg.evidence import check_case, read_case
from shteg.evidence.files.picture_notes import without_notes
from shteg.evidence.files.pictures import PICTURE_LIMIT, Look, look_at
from tests.evidence.demo_copy import copy_demo, replace_once

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"{more}>{inside}</svg>'


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"JF" + frame + b"\xff\xd9"


def svg(inside: str = "", more: str = "") -> bytes:
    return SVG.format(inside=inside, more=more).encode()


def test_kind_and_size_come_from_the_content() -> None:
    assert look_at(png(7, 5)) == (Look("png", 7, 5), "")
    assert look_at(jpeg(640, 480)) == (Look("jpeg", 640, 480), "")
    assert look_at(svg('<path d="M0 0h9"/>')) == (Look("svg", 40, 30), "")
    assert look_at(svg(more=' width="80px" height="60"')) == (Look("svg", 80, 60), "")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int, order: str) -> bytes:
    """Notes as a camera writes them: how the picture is turned, then the place where it was taken."""
    entries = struct.pack(f"{order}HHHIHHHHII", 2, 0x0112, 3, 1, orientation, 0, 0x8825, 4, 1, 42)
    mark = b"II" if order == "<" else b"MM"
    return segment(0xE1, b"Exif\0\0" + mark + struct.pack(f"{order}HI", 42, 8) + entries + b"secret place")


def photograph(*notes: bytes, behind: bytes = b"") -> bytes:
    """A JPEG with notes, two scans (a table with the bytes of an end between them), and what hangs behind its end."""
    frame = segment(0xC2, struct.pack(">BHHB", 8, 5, 7, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    between = segment(0xC4, b"\x00\xff\xd9\x01")
    return b"\xff\xd8" + b"".join(notes) + frame + scan + between + scan + b"\xff\xd9" + behind


COLOURS = segment(0xE2, b"ICC_PROFILE\0colours")


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_tells_nothing_of_its_making(order: str) -> None:
    size_of_a_dot, adobe = segment(0xE0, b"JFIF\0"), segment(0xEE, b"Adobe")
    notes = (
        exif(1, order),
        segment(0xED, b"secret owner"),
        segment(0xFE, b"secret words"),
        segment(0xE2, b"MPF\0secret"),
    )
    raw = photograph(size_of_a_dot, *notes, COLOURS, adobe, behind=photograph(exif(1, order)))
    assert look_at(raw)[0] == Look("jpeg", 7, 5)
    assert without_notes(raw) == photograph(size_of_a_dot, COLOURS, adobe)
    assert without_notes(jpeg(640, 480)) == jpeg(640, 480)


def test_words_in_a_png_are_left_out() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    plain = png(7, 5)
    head = plain[:33]
    told = b"".join(chunk(kind, b"Author\0secret") for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"))
    assert without_notes(head + told + plain[33:]) == plain
    assert without_notes(svg()) == svg()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_that_is_to_be_turned_is_refused(order: str) -> None:
    look, problem = look_at(photograph(exif(6, order)))
    assert look is None
    assert "orientation 6" in problem
    assert look_at(photograph(exif(1, order)))[1] == ""


HOSTILE = {
    "script": svg("<script>alert(1)</script>"),
    "event": svg('<rect onclick="x()"/>'),
    "foreign content": svg("<foreignObject><p>x</p></foreignObject>"),
    "picture elsewhere": svg('<use href="https://a.org/x.svg#a"/>'),
    "script as address": svg('<use href="javascript:alert(1)"/>'),
    "image inside": svg('<image href="https://a.org/x.png"/>'),
    "import": svg("<style>@import 'https://a.org/x.css';</style>"),
    "fill elsewhere": svg('<rect fill="url(https://a.org/#a)"/>'),
    "hidden address": svg("<style>rect{fill:\\75rl(//a.org)}</style>"),
    "animation": svg('<set attributeName="href" to="javascript:x"/>'),
    "document type": b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(),
    "style sheet": b'<?xml version="1.0"?><?xml-stylesheet href="https://a.org/a.css"?>' + svg(),
    "no svg": b"<?xml version='1.0'?><html/>",
    "no size": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "torn": svg()[:-4],
    "cut off": png(7, 5)[:-12],
    "cut off jpeg": jpeg(7, 5)[:-2],
    "too many pixels": png(7, 5)[:16] + struct.pack(">II", 30_000, 30_000) + png(7, 5)[24:],
    "web page": b"<html><body>x</body></html>",
    "gif": b"GIF89a" + b"\0" * 50,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_more_or_less_than_a_picture_is_refused(raw: bytes) -> None:
    look, problem = look_at(raw)
    assert look is None
    assert problem


def test_a_reference_inside_a_drawing_is_none_outside() -> None:
    inside = '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#a"/>'
    assert look_at(svg(inside))[1] == ""


def test_the_pictures_of_a_case_are_read_and_hashed(tmp_path: Path) -> None:
    case = read_case(copy_demo(tmp_path))
    raw = (case.root / case.images["lake"].file).read_bytes()
    assert case.files["images/lake.svg"] == hashlib.sha256(raw).hexdigest()


def spoilt(case: Path, what: str) -> None:
    if what.startswith("replace"):
        _, old, new = what.split("→")
        replace_once(case, "images.toml", old, new)
    match what:
        case "script":
            (case / "images/lake.svg").write_bytes(svg("<script/>"))
        case "too large":
            (case / "images/lake.svg").write_bytes(svg("<desc>" + "x" * PICTURE_LIMIT + "</desc>"))
        case "stranger":
            (case / "images/other.png").write_bytes(png(2, 2))
        case "wrong suffix":
            (case / "images/lake.svg").write_bytes(png(2, 2))
        case "not shown":
            replace_once(case, "text/sq/report.md", "image.lake", "image.lakes")


@pytest.mark.parametrize(
    ("what", "file", "told"),
    [
        ("script", "images.toml", "an element <script>"),
        ("too large", "images/lake.svg", "the limit is 2 MiB"),
        ("stranger", "images/other.png", "images.toml does not name this file"),
        ("wrong suffix", "images.toml", "the file is a PNG, its name says otherwise"),
        ("not shown", "text/sq/report.md", "image `lakes` is not in images.toml"),
        ("replace→images/lake.svg→images/../case.toml", "images.toml", "is no file of images/"),
        ("replace→images/lake.svg→/etc/passwd", "images.toml", "is no file of images/"),
        ("replace→images/lake.svg→images/sea.svg", "images.toml", "does not exist"),
        ('replace→source = "lake-drawing"→source = "lake-drawings"', "images.toml", "source `lake-drawings` is not in"),
        ('replace→licence = "CC-BY-4.0"→licence = ""', "images.toml", "`licence`"),
        ('replace→sq = "Vizatim:→xx = "Vizatim:', "images.toml", "`alt` is missing in the language `sq`"),
    ],
)
def test_a_picture_that_no_page_may_show_is_told(tmp_path: Path, what: str, file: str, told: str) -> None:
    case = copy_demo(tmp_path)
    spoilt(case, what)
    found = [f"{one.file}: {one.problem} {one.hint}" for one in check_case(case)]
    assert any(one.startswith(file) and told in one for one in found), found
