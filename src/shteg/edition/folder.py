"""Put a finished folder in the place of the last one, so that a crash leaves either the old or the new one whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shteg.errors import EditionError

MARKER = ".shteg"
"""A file that says: this folder was made by shteg and may be replaced by it."""


@contextmanager
def replace_folder(target: Path) -> Iterator[Path]:
    """Give a new, empty folder; when the block ends without an error, put it in the place of `target`.

    The work happens beside `target` (same disk), so that the last step is a rename. If the block fails, the work is
    removed and `target` stays as it was.

    Raises
    ------
    EditionError
        `target` exists and was not made by shteg: nothing of the user's is ever deleted.
    """
    target = target.absolute()
    if target.exists() and not _is_ours(target):
        raise EditionError(
            "the folder exists and was not made by shteg",
            "name another folder with --out, or empty this one",
            str(target),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.parent / f".{target.name}.building"
    last = target.parent / f".{target.name}.last"
    _recover(target, last)
    _remove(work)
    work.mkdir()
    try:
        yield work
        (work / MARKER).write_text("made by shteg; replaced at every build\n", encoding="utf-8")
    except BaseException:
        _remove(work)
        raise
    if target.exists():
        target.rename(last)
    work.rename(target)
    _remove(last)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARKER).is_file() or not any(folder.iterdir()))


def _recover(target: Path, last: Path) -> None:
    """Finish what a crash between the two renames left: the last edition goes back to its place."""
    if last.exists():
        if target.exists():
            _remove(last)
        else:
            last.rename(target)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
