"""The case folder on disk: which files may be read, and their bytes as text, without leaving the folder."""

import codecs
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from shteg.errors import Problem
from shteg.evidence.files.pictures import PICTURE_LIMIT
from shteg.evidence.files.twice_encoded import find_twice_encoded

TABLE_LIMIT = 16 * 2**20
"""Largest TOML, CSV or Markdown file, in bytes."""
MICRODATA_LIMIT = 2 * 2**30
"""Largest data file of a survey wave, in bytes."""
OUTPUT_MARKER = ".shteg"
"""A file that says: this folder was made by shteg and may be replaced by it."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
_BLOCK = 2**20
_SMALLER = "leave out what the case does not need; microdata belong into a wave folder under surveys/"


def text_codec(raw: bytes) -> str:
    """Tell how a table is encoded by its mark: UTF-16, which Excel calls “Unicode text”, or else UTF-8."""
    return "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def find_control_character(text: str) -> re.Match[str] | None:
    """Find the first character that no reader sees: control characters, direction overrides, odd line ends."""
    return _CONTROL.search(text)


def place_in(text: str, offset: int) -> tuple[int, int]:
    """Give line and column, both from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@dataclass
class CaseFolder:
    """A folder that is read with suspicion: everything refused ends in `problems`, everything read in `hashes`."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def report(self, file: str, line: int, column: int, problem: str, hint: str) -> None:
        """Add a problem.

        Parameters
        ----------
        file : str
            Relative to the case.
        line, column : int
            From 1; 0 where there is none.
        problem, hint : str
            What is wrong, and how to mend it.
        """
        self.problems.append(Problem(file, line, column, problem, hint))

    def names(self, relative: str = "") -> tuple[str, ...]:
        """List a subfolder, sorted, without hidden files and what shteg made; one that cannot be read is reported."""
        try:
            found = os.listdir(self.root / relative)
        except OSError as error:
            self.report(relative or ".", 0, 0, f"the folder cannot be read: {_reason(error)}", "check its permissions")
            return ()
        return tuple(sorted(name for name in found if not name.startswith(".") and not self._is_output(relative, name)))

    def _is_output(self, relative: str, name: str) -> bool:
        """Tell whether this is a publication that shteg made: it may lie in a case, and is no part of it."""
        return (self.root / relative / name / OUTPUT_MARKER).is_file()

    def is_folder(self, relative: str, hint: str) -> bool:
        """Tell whether this is a folder inside the case, and report what it is if not."""
        status = self._inspect(relative)
        if status is not None and not stat.S_ISDIR(status.st_mode):
            self.report(relative, 0, 0, "a folder is expected here", hint)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def exists(self, relative: str) -> bool:
        """Tell whether something has this name, a dangling link included."""
        return os.path.lexists(self.root / relative)

    def read_text(self, relative: str) -> str | None:
        """Read a file of the case as UTF-8 text, or report why not and give None."""
        if not self._readable(relative, TABLE_LIMIT):
            return None
        try:
            raw = (self.root / relative).read_bytes()
        except OSError as error:
            self.report(relative, 0, 0, f"the file cannot be read: {_reason(error)}", "check its permissions")
            return None
        self.hashes[relative] = hashlib.sha256(raw).hexdigest()
        return self._decode(relative, raw)

    def read_picture(self, relative: str) -> bytes | None:
        """Read the file of a picture whole, or report why not and give None."""
        if not self._readable(relative, PICTURE_LIMIT, "save it smaller: 1,600 pixels are enough"):
            return None
        try:
            raw = (self.root / relative).read_bytes()
        except OSError as error:
            self.report(relative, 0, 0, f"the file cannot be read: {_reason(error)}", "check its permissions")
            return None
        self.hashes[relative] = hashlib.sha256(raw).hexdigest()
        return raw

    def read_hash(self, relative: str) -> bool:
        """Hash a data file without holding it; False and a problem if it must not be read."""
        if not self._readable(relative, MICRODATA_LIMIT):
            return False
        digest = hashlib.sha256()
        try:
            with (self.root / relative).open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            self.report(relative, 0, 0, f"the file cannot be read: {_reason(error)}", "check its permissions")
            return False
        self.hashes[relative] = digest.hexdigest()
        return True

    def _inspect(self, relative: str) -> os.stat_result | None:
        """Follow links inside the folder only; None (and a problem) where the way leads out or nowhere."""
        path = self.root / relative
        if not os.path.lexists(path):
            self.report(relative, 0, 0, "the file does not exist", "add it or correct the name")
            return None
        try:
            target = path.resolve(strict=True)
            status = target.stat()
        except (OSError, RuntimeError):  # RuntimeError: a loop of links, before Python 3.13
            self.report(relative, 0, 0, "the link leads nowhere or in a circle", "put the file itself into the case")
            return None
        if not target.is_relative_to(self.root):
            hint = "copy the file into the case: a case is complete in its own folder"
            self.report(relative, 0, 0, "the link leaves the case folder and is not followed", hint)
            return None
        return status

    def _readable(self, relative: str, limit: int, smaller: str = _SMALLER) -> bool:
        status = self._inspect(relative)
        if status is None:
            return False
        problem, hint = "", ""
        if stat.S_ISDIR(status.st_mode):
            problem, hint = "this is a folder, and a file is expected", "rename or remove the folder"
        elif not stat.S_ISREG(status.st_mode):
            problem, hint = "this is a device or a pipe, and is not opened", "put an ordinary file here"
        elif status.st_size > limit:
            problem = f"the file has {_mebibytes(status.st_size)} MiB; the limit is {_mebibytes(limit)} MiB"
            hint = smaller
        elif status.st_size == 0:
            problem, hint = "the file is empty", "fill it or remove it; `shteg new` makes a case to start from"
        if problem:
            self.report(relative, 0, 0, problem, hint)
        return not problem

    def _decode(self, relative: str, raw: bytes) -> str | None:
        codec = text_codec(raw) if relative.endswith(".csv") else "utf-8-sig"
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            column = error.start - raw.rfind(b"\n", 0, error.start)
            guess = " (it looks like UTF-16)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
            found = f"byte 0x{raw[error.start]:02x} at offset {error.start} is not UTF-8{guess}"
            if codec == "utf-16":
                line, column, found = 0, 0, "the file says that it is UTF-16, and is cut off or damaged"
            self.report(relative, line, column, found, "save the file as UTF-8 (in Excel: “CSV UTF-8”)")
            return None
        if hidden := find_control_character(text):
            line, column = place_in(text, hidden.start())
            found = f"control character U+{ord(hidden[0]):04X}"
            self.report(relative, line, column, found, "delete it: it cannot be seen, and must not be published")
            return None
        if not text.strip():
            self.report(relative, 0, 0, "the file holds nothing but blanks", "fill it or remove it")
            return None
        self._report_wrong_letters(relative, text)
        return text

    def _report_wrong_letters(self, relative: str, text: str) -> None:
        """Report the first word that was read in a wrong encoding before, and the first letter lost that way."""
        if wrong := find_twice_encoded(text):
            problem = f"“{wrong.stands}” has been read in a wrong encoding and saved; it was “{wrong.meant}”"
            hint = "open the original again as UTF-8 and save it as UTF-8 (in Excel: “CSV UTF-8”)"
            self.report(relative, *place_in(text, wrong.offset), problem, hint)
        if (lost := text.find("\ufffd")) >= 0:
            problem = "the sign U+FFFD stands for a letter that was lost in a wrong encoding"
            self.report(relative, *place_in(text, lost), problem, "write the letter again, as the source has it")


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:,.0f}"


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def is_inside(relative: str) -> bool:
    """Tell whether a name written in a case stays where it stands: not absolute, no '..', no backslash."""
    path = PurePosixPath(relative)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in relative and ":" not in relative
