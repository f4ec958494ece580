"""Files that are broken, of something else, or sent to do harm: refused in a sentence, never a traceback."""

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from shteg.errors import UsageError
from tests.publish.returned.conftest import take
from tests.publish.returned.edits import DOCUMENT, Paper

Spoil = Callable[[dict[str, bytes]], None]


def zipped(files: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def put(name: str, content: bytes) -> Spoil:
    return lambda files: files.__setitem__(name, content)


def deep(files: dict[str, bytes]) -> None:
    files[DOCUMENT] = (
        files[DOCUMENT]
        .replace(b"<w:body>", b"<w:body>" + b"<w:customXml>" * 300, 1)
        .replace(b"</w:body>", b"</w:customXml>" * 300 + b"</w:body>")
    )


def entities(files: dict[str, bytes]) -> None:
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    files[DOCUMENT] = re.sub(rb"\?>\s*", b"?>" + bomb, files[DOCUMENT], count=1).replace(b"calm", b"&b;")


def outside(files: dict[str, bytes]) -> None:
    doctype = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    files[DOCUMENT] = re.sub(rb"\?>\s*", b"?>" + doctype, files[DOCUMENT], count=1).replace(b"calm", b"&x;")


def other_data(old: bytes, new: bytes) -> Spoil:
    def spoil(files: dict[str, bytes]) -> None:
        files["customXml/item1.xml"] = files["customXml/item1.xml"].replace(old, new)

    return spoil


SPOILED = {
    "macros": (put("word/vbaProject.bin", b"x"), "macros"),
    "no data of shteg": (lambda files: files.pop("customXml/item1.xml") and None, "not made by shteg"),
    "no document": (lambda files: files.pop(DOCUMENT) and None, "no word/document.xml"),
    "no XML": (put(DOCUMENT, b"<w:document"), "is no XML"),
    "another character set": (put(DOCUMENT, b"\xff\xfe\x00<"), "is no XML"),
    "no body": (put(DOCUMENT, b"<a/>"), "no body"),
    "very deep": (deep, "inside each other|is no XML"),
    "entities": (entities, "document type"),
    "a file outside": (outside, "document type"),
    "data changed": (other_data(b"lake", b"sea"), "damaged"),
    "data cut": (
        lambda files: files.__setitem__("customXml/item1.xml", files["customXml/item1.xml"][:900]),
        "is no XML",
    ),
    "a bomb": (put("word/settings.xml", b"<a>" + b" " * 70_000_000 + b"</a>"), "larger"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_file_is_refused_with_a_hint(printed: dict[str, bytes], name: str) -> None:
    spoil, problem = SPOILED[name]
    files = Paper(printed["en"]).files
    spoil(files)
    with pytest.raises(UsageError, match=problem) as error:
        take(zipped(files))
    assert error.value.hint


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no Word file"),
        (b"PK\x03\x04 and nothing", "no Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .doc file"),
        (b"%PDF-1.7", "no Word file"),
        (zipped({"content.xml": b"<a/>"}), "no word/document.xml"),
    ],
)
def test_what_is_no_word_file_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        take(content)


def test_a_file_cut_anywhere_is_refused(printed: dict[str, bytes]) -> None:
    whole = printed["en"]
    for share in range(1, 20):
        with pytest.raises(UsageError):
            take(whole[: len(whole) * share // 20])


def test_a_file_with_changed_bytes_is_refused_or_read(printed: dict[str, bytes]) -> None:
    """Any byte of the packed text may be wrong: never another kind of error."""
    whole = bytearray(printed["en"])
    size = len(whole)
    for at in [*range(0, 400, 7), *range(400, size, size // 150)]:
        spoiled = bytearray(whole)
        spoiled[at] ^= 0x41
        try:
            take(bytes(spoiled))
        except UsageError:
            continue
