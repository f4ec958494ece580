"""Put a finished folder in the place of the last one: at every moment either the old or the new one is whole."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from shteg.edition.folders.exchange import exchange
from shteg.edition.folders.lock import Waiting, locked
from shteg.errors import EditionError
from shteg.evidence.files.folder import OUTPUT_MARKER
from shteg.keeping import named, remove

MARKER = OUTPUT_MARKER


@contextmanager
def replace_folder(target: Path, *, keep: Sequence[Path] = (), waiting: Waiting | None = None) -> Iterator[Path]:
    """Give a new, empty folder; when the block ends without an error, put it in the place of `target`.

    The work happens beside the target (same disk), so that the last step is a rename. If the block fails, the work is
    removed and the target stays as it was; what a killed process left is cleared up by the next. A second process
    that wants the same folder waits.

    Parameters
    ----------
    target : Path
        The folder to make; a link is followed, and stays a link.
    keep : sequence of Path
        Folders that must not be replaced: the target is none of them, nor lies in one, nor holds one.
    waiting : callable, optional
        Told the number of the process that is waited for, or None where it is not known.

    Yields
    ------
    Path
        The new folder, empty, beside the target.

    Raises
    ------
    EditionError
        The target was not made by shteg, leads nowhere, or may not be replaced: nothing of the user's is ever deleted.
    """
    place = check_target(target, keep=keep)
    place.parent.mkdir(parents=True, exist_ok=True)
    with locked(place.with_name(f".{place.name}.lock"), waiting):
        check_target(target, keep=keep)  # another build may have changed it
        work, last = place.with_name(f".{place.name}.building"), place.with_name(f".{place.name}.last")
        _recover(place, work, last)
        work.mkdir()
        try:
            with named(target):
                yield work
            (work / MARKER).write_text("made by shteg; replaced at every build\n", encoding="utf-8")
            _put(work, place, last)
        finally:
            _recover(place, work, last)  # by now the work is half a new edition, or the whole of the last one


def check_target(target: Path, *, keep: Sequence[Path] = ()) -> Path:
    """Give the place that a folder to be made really has, or say why nothing can be made there.

    Raises
    ------
    EditionError
        See `replace_folder`.
    """
    where = str(target)
    try:
        place = target.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise EditionError("the link leads in a circle", "name another folder", where) from error
    if target.is_symlink() and not place.exists():
        raise EditionError(f"the link leads to {place}, where nothing is", "make that folder, or name another", where)
    _check_neighbours(place, where, keep)
    if place.exists() and not _is_ours(place):
        raise EditionError(
            "the folder exists and was not made by shteg" if place.is_dir() else "this is a file, not made by shteg",
            "name another folder, or empty this one",
            where,
        )
    return place


def _check_neighbours(place: Path, where: str, keep: Sequence[Path]) -> None:
    """Refuse the root, the folder that the user is in, and what lies around or in a folder to keep."""
    hint = "name another folder"
    here = Path.cwd()
    if here == place or here.is_relative_to(place):
        raise EditionError("the folder you are in would be replaced", f"{hint}, beside or in this one", where)
    kept = [folder.resolve() for folder in keep]
    for one in (*kept, Path(os.path.expanduser("~")).resolve()):
        if one.is_relative_to(place):
            raise EditionError(f"the folder {one} would be replaced with all that is in it", hint, where)
    for one in kept:
        if place.is_relative_to(one):
            raise EditionError(
                f"the folder lies in {one}, which it is made from", f"{hint}, beside the case and not in it", where
            )


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARKER).is_file() or not any(folder.iterdir()))


def _put(work: Path, place: Path, last: Path) -> None:
    """Change the places of the new and the last folder in one step where the system can, else in two."""
    if not os.path.lexists(place):
        work.rename(place)
    elif not exchange(work, place):
        place.rename(last)
        work.rename(place)
        last.rename(work)  # so that what is called `.last` is always whole


def _recover(place: Path, work: Path, last: Path) -> None:
    """Clear up after a process that was killed: the last edition goes back to its place, half-made ones go."""
    if last.exists() and not os.path.lexists(place):
        last.rename(place)
    remove(work)
    remove(last)
