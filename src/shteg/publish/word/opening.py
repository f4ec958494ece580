"""Open a Word file that anybody may have sent: no bomb, no outside entity, nothing that runs."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from lxml import etree  # type: ignore[import-untyped]

from shteg.errors import UsageError

LARGEST_FILE = 200_000_000
"""Bytes of a file; a report with fifty pictures has a tenth."""
LARGEST_PART = 60_000_000
"""Bytes of one XML part, unpacked."""
MOST_PARTS = 5_000
DEEPEST = 200
"""Elements inside each other."""
_OLD = b"\xd0\xcf\x11\xe0"
HINT = "save the document as .docx in Word or LibreOffice and try again"


def open_parts(content: bytes, name: str) -> dict[str, bytes]:
    """Give the XML parts of a Word file by name; pictures and other data stay packed.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        How errors call it.

    Returns
    -------
    dict of str to bytes

    Raises
    ------
    UsageError
        It is no Word file, holds macros, or is larger than a text can be.
    """
    if content.startswith(_OLD):
        raise UsageError("this is an old .doc file, or one with a password", HINT, name)
    if not is_zipfile(BytesIO(content)):
        raise UsageError("this is no Word file", HINT, name)
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _read_parts(archive, name)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"the file is damaged: {error}", HINT, name) from error
    except Exception as error:  # zlib and lzma have errors of their own kinds
        if type(error).__name__ not in ("error", "LZMAError"):
            raise
        raise UsageError(f"the file is damaged: {error}", HINT, name) from error


def _read_parts(archive: ZipFile, name: str) -> dict[str, bytes]:
    listed = archive.infolist()
    if len(listed) > MOST_PARTS:
        raise UsageError(f"the file has more parts ({len(listed)}) than a report of Word", HINT, name)
    names = [one.filename for one in listed]
    if len(set(names)) != len(names):
        raise UsageError("two parts of the file have one name", HINT, name)
    if any("vbaProject" in one for one in names):
        raise UsageError("the file holds macros", "save it as .docx, without macros", name)
    if "word/document.xml" not in names:
        raise UsageError("this is no Word file: it has no word/document.xml", HINT, name)
    parts, total = {}, 0
    for info in listed:
        if info.filename.endswith((".xml", ".rels")):
            parts[info.filename] = _unpack(archive, info, name)
            total += len(parts[info.filename])
            if total > LARGEST_PART:
                raise UsageError("the text of the file is larger than any report", HINT, name)
    return parts


def _unpack(archive: ZipFile, info: ZipInfo, name: str) -> bytes:
    """Unpack a part, however large the file says it is."""
    if info.flag_bits & 1:
        raise UsageError("the file has a password", "save it without a password", name)
    with archive.open(info) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise UsageError(f"the part {info.filename} is larger than any report", HINT, name)
    return content


def parse(part: bytes, name: str) -> Any:
    """Parse a part; entities, outside files and very deep trees are refused.

    Raises
    ------
    UsageError
        It is not XML, or XML that no word processor writes.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UsageError(f"{name} is no XML: {error}", HINT, name) from error
    if root is None or root.getroottree().docinfo.doctype:
        raise UsageError(f"{name} declares a document type, which no Word file does", HINT, name)
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise UsageError(f"{name} has more than {DEEPEST} elements inside each other", HINT, name)
    return root
