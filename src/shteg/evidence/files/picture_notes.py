"""What a picture tells of its making (place, camera, owner, a small older picture), which nobody meant to publish."""

from __future__ import annotations

import struct
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8\xff"
_PNG_NOTES = frozenset((b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"))
"""Kinds of PNG chunks that hold words about the picture; none of them changes a pixel."""
_JPEG_NOTES = frozenset((*range(0xE1, 0xEE), 0xEF, 0xFE))
"""Markers of JPEG segments that hold words: all of APPn but the size of a pixel (0) and the colours (14); comments."""
_COLOURS = b"ICC_PROFILE\0"
"""How the segments of marker 0xE2 begin that say which colours are meant."""
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_START_OF_SCAN = 0xDA
_END_OF_PICTURE = 0xD9
_FILL = 0xFF
_WITHIN_SCAN = frozenset((0x00, *range(0xD0, 0xD8), _FILL))
"""What follows 0xFF inside a scan: 0xFF itself as a dot, marks of restart, a byte that fills up."""
UPRIGHT = 1


def without_notes(raw: bytes) -> bytes:
    """Leave out what a picture says about its making; every pixel stays as it is.

    Parameters
    ----------
    raw : bytes
        A JPEG or PNG that is whole; anything else is given back.

    Returns
    -------
    bytes
    """
    if raw.startswith(PNG_SIGNATURE):
        return PNG_SIGNATURE + b"".join(part for kind, part in _chunks(raw) if kind not in _PNG_NOTES)
    if raw.startswith(JPEG_SIGNATURE):
        parts = segments(raw)
        return raw[:2] + b"".join(
            part for marker, part in parts if marker not in _JPEG_NOTES or part[4:].startswith(_COLOURS)
        )
    return raw


def orientation_of(raw: bytes) -> int:
    """Tell how a JPEG says it is to be turned before it is shown: 1 upright, 2 to 8 mirrored or turned (EXIF 2.3)."""
    if not raw.startswith(JPEG_SIGNATURE):
        return UPRIGHT
    for marker, part in segments(raw):
        if marker == 0xE1 and part[4:10] == _EXIF:
            return _exif_orientation(part[10:])
    return UPRIGHT


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        yield raw[at + 4 : at + 8], raw[at : at + 12 + length]
        at += 12 + length


def segments(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the segments of a JPEG before its first scan, each with its marker, then all scans to their end as one."""
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF and raw[at + 1] != _START_OF_SCAN:
        if raw[at + 1] == _FILL:
            at += 1
            continue
        length = int.from_bytes(raw[at + 2 : at + 4], "big")
        yield raw[at + 1], raw[at : at + 2 + length]
        at += 2 + length
    yield _START_OF_SCAN, raw[at : _end_of_scans(raw, at)]


def _end_of_scans(raw: bytes, at: int) -> int:
    """Find where the picture ends: cameras hang further ones behind it, each with notes of its own."""
    while 0 <= at < len(raw) - 1:
        marker = raw[at + 1]
        if marker == _END_OF_PICTURE:
            return at + 2
        if marker in _WITHIN_SCAN:
            at = raw.find(b"\xff", at + (2 if marker != _FILL else 1))
        else:
            at = raw.find(b"\xff", at + 2 + int.from_bytes(raw[at + 2 : at + 4], "big"))
    return len(raw)


def _exif_orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return UPRIGHT
    first = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if first + 2 > len(tiff):
        return UPRIGHT
    entries = struct.unpack_from(f"{order}H", tiff, first)[0]
    for number in range(entries):
        at = first + 2 + 12 * number
        if at + 12 > len(tiff):
            return UPRIGHT
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT
