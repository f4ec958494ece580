"""`shteg cache`: where results are kept, how much that is, and clearing it."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from shteg.cli.options import json_option
from shteg.cli.start.kept_files import KINDS, Kept, kept_in, spoken_size
from shteg.errors import UsageError
from shteg.hints import counted
from shteg.keeping import remove, user_cache, work_name

_NAMES = tuple(kind.name for kind in KINDS)


def _folder_option(function: click.decorators.FC) -> click.decorators.FC:
    """The cache folder, where it is not the user's."""
    return click.option(
        "--cache", type=click.Path(path_type=Path, file_okay=False), help="Another folder than the user's."
    )(function)


@click.group("cache")
def command() -> None:
    """What shteg keeps for later runs: results by content. It may be cleared at any time and is made anew."""


@command.command("where")
@_folder_option
def where(cache: Path | None) -> None:
    """Print the folder in which results are kept."""
    click.echo(str(_place(cache)))


@command.command("size")
@_folder_option
@json_option
def size(cache: Path | None, as_json: bool) -> None:
    """Print what is kept, by kind: number, size, and what it is."""
    found = kept_in(_place(cache))
    if as_json:
        told = [{"kind": kind.name, **_count(found, kind.name), "says": kind.says} for kind in KINDS]
        click.echo(json.dumps({"folder": str(_place(cache)), "kinds": told}, ensure_ascii=False, indent=1))
        return
    for kind in KINDS:
        count = _count(found, kind.name)
        click.echo(f"{kind.name:10} {count['entries']:6}  {spoken_size(count['bytes']):>8}  {kind.says}")
    click.echo(f"{'all':10} {len(found):6}  {spoken_size(sum(one.size for one in found)):>8}  in {_place(cache)}")


def _count(found: Sequence[Kept], kind: str) -> dict[str, int]:
    of_kind = [one.size for one in found if one.kind == kind]
    return {"entries": len(of_kind), "bytes": sum(of_kind)}


@command.command("clear")
@click.option("--older-than", type=click.FloatRange(0), metavar="DAYS", help="Only what was not used for so long.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_NAMES), help="Only this kind (repeatable).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_folder_option
def clear(older_than: float | None, kinds: Sequence[str], yes: bool, cache: Path | None) -> None:
    """Delete what is kept, after a question; never what has another name than shteg gives, nor what is under way.

    The log of printed tables stays unless `--kind tabulated` names it: it guards small cells.
    """
    folder = _place(cache)
    wanted = tuple(kinds) or tuple(name for name in _NAMES if name != "tabulated")
    found = [one for one in kept_in(folder, wanted) if older_than is None or one.age >= older_than]
    if not found:
        click.echo(f"Nothing to clear in {folder}")
        return
    many = f"{counted(len(found), 'entry', 'entries')}, {spoken_size(sum(one.size for one in found))}"
    if not yes and not _agreed(f"Delete {many} in {folder}?"):
        click.echo("Nothing was deleted")
        return
    left = [one for one in found if not _delete(one)]
    click.echo(f"{len(found) - len(left)} of {len(found)} deleted in {folder}")
    if left:
        hint = "close the programs that use it, or change its permissions, and try again"
        raise UsageError(
            f"{counted(len(left), 'entry', 'entries')} could not be deleted, among them {left[0].path}", hint
        )


def _place(cache: Path | None) -> Path:
    return cache or user_cache(sys.platform, os.environ)


def _agreed(question: str) -> bool:
    if not sys.stdin or not sys.stdin.isatty():
        raise UsageError("nobody is here to be asked", "add --yes to delete without a question", "--yes")
    return click.confirm(question, err=True)


def _delete(one: Kept) -> bool:
    """Take a folder away under another name first, so that no other process sees half of it."""
    path = one.path
    if path.is_dir():
        work = work_name(path)
        try:
            path.rename(work)
        except FileNotFoundError:  # another process was faster
            return True
        except OSError:
            return False
        path = work
    remove(path)
    return not path.exists()
