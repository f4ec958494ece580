"""Options that several commands share."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from shteg.edition import Options
from shteg.errors import UsageError
from shteg.evidence import Case, default_case
from shteg.keeping import user_cache

Command = TypeVar("Command", bound=Callable[..., Any])


def case_argument(function: Command) -> Command:
    """The case: a folder, or the name of a shipped one."""
    return click.argument("case", default=default_case)(function)


def json_option(function: Command) -> Command:
    """`--json`: results for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(function)


def language_option(function: Command) -> Command:
    """`--language`: the language of what is printed."""
    return click.option("--language", help="Language of what is printed; default: the first of the case.")(function)


def require_language(case: Case, language: str | None) -> str:
    """Give a language of the case with its messages, the first one if none is named; refuse any other."""
    if language is None:
        return case.header.languages[0]
    found = next((one for one in case.header.languages if one == language), None)
    if found is None:
        hint = "choose one of " + ", ".join(case.header.languages)
        raise UsageError(f"the case has no language {language!r}", hint, "--language")
    return found


def build_options(function: Command) -> Command:
    """The options that choose evidence and the ways of working, given to the command as one, `options`.

    The environment is read here and nowhere below. `--no-cache` is stronger than `--cache`; without both, results are
    kept in the user's cache folder.
    """

    @wraps(function)
    def with_options(
        *args: Any,
        as_of: datetime | None,
        verified_only: bool,
        threads: int | None,
        cache: Path | None,
        no_cache: bool,
        no_text: bool = False,
        **others: Any,
    ) -> Any:
        place = None if no_cache else cache or user_cache(sys.platform, os.environ)
        day = as_of.date() if as_of else None
        options = Options(as_of=day, verified_only=verified_only, text=not no_text, threads=threads, cache=place)
        return function(*args, options=options, **others)

    decorated: Any = with_options
    for decorate in (
        click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Only what was public on that day."),
        click.option("--verified-only", is_flag=True, help="Leave out rows whose source nobody has read."),
        click.option("--threads", type=click.IntRange(1), help="Threads to use; results never depend on it."),
        click.option("--cache", type=click.Path(path_type=Path), help="Folder for kept stage results."),
        click.option("--no-cache", is_flag=True, help="Compute everything anew and keep nothing."),
    ):
        decorated = decorate(decorated)
    return cast(Command, decorated)


def text_option(function: Command) -> Command:
    """`--no-text`: without the texts, which quote the figures of the day they were written for."""
    return click.option(
        "--no-text", is_flag=True, help="Leave the texts out: for a past day, whose figures they do not quote."
    )(function)


def check_output(path: Path, option: str, *, make_folders: bool = False) -> None:
    """Refuse a file that cannot be written.

    Parameters
    ----------
    path : Path
        The file, or a folder for several.
    option : str
        The option that names it.
    make_folders : bool
        Folders that are missing will be made.

    Raises
    ------
    UsageError
        The folder is not there, is none, or cannot be written to; or the name is a link that leads nowhere.
    """
    folder = path if path.is_dir() else path.parent
    while make_folders and not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not os.path.lexists(folder):
        raise UsageError(f"there is no folder {folder}", "make it first, or name another place", option)
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name another place", option)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"nothing may be written in {folder}", "change its permissions, or name another place", option)
    if path.is_symlink() and not path.exists():
        raise UsageError(f"the link {path} leads nowhere", "name another file", option)
