"""The five questions that `shteg new` asks a person at the terminal; an answer that cannot be read is asked again."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from shteg.cli.start.answers import read_languages, read_members, read_organisation
from shteg.errors import UsageError
from shteg.evidence.beginning import listed_organisations
from shteg.evidence.beginning.organisations import find_country, find_organisation
from shteg.hints import counted, list_names
from shteg.languages import package_languages

Answers = dict[str, str | None]


def somebody_is_there() -> bool:
    """Tell whether a person sits at the terminal: both what is typed and what is printed are theirs."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def ask(given: Answers) -> Answers:
    """Ask for each answer that no option gave; the answer Enter leaves a placeholder.

    Parameters
    ----------
    given : dict
        `organisation`, `aspirant`, `members`, `languages`, `survey`; None where the option was left out.

    Returns
    -------
    dict
        The same keys; None where the person has left it open.
    """
    click.echo("Five questions; Enter leaves one open, and the case then says that it is open.", err=True)
    found = dict(given)
    listed = list_names(list(listed_organisations()), "of the list:")
    languages = list(package_languages())
    if found["organisation"] is None:
        text = f"1. Which organisation? ({listed}; or its own name)"
        found["organisation"] = _asked(text, lambda said: read_organisation(said, languages))
    if found["aspirant"] is None:
        text = "2. Which country wants to join? (name, or code of three letters)"
        found["aspirant"] = _asked(text, lambda said: find_country(said, languages, "--aspirant"))
    if found["members"] is None:
        known = find_organisation(found["organisation"] or "")
        if known:
            click.echo(f"   The list has {counted(len(known.members), 'member')}, unverified.", err=True)
        or_list = "Enter takes those of the list; or " if known else ""
        text = f"3. Which members? ({or_list}ALB,BEL,…, or a CSV file)"
        found["members"] = _asked(text, read_members)
    if found["languages"] is None:
        text = f"4. Which languages? (one or more of {', '.join(languages)})"
        found["languages"] = _asked(text, read_languages, default=",".join(languages))
    if found["survey"] is None:
        text = "5. Start from a survey in Excel, SPSS or CSV? (path of the file)"
        found["survey"] = _asked(text, _existing_file)
    return found


def _asked(text: str, read: Callable[[str], Any], default: str = "") -> str | None:
    def readable(said: str) -> str:
        if said.strip():
            try:
                read(said.strip())
            except UsageError as error:
                raise click.UsageError(f"{error.problem}: {error.hint}") from error
        return said.strip()

    said: str = click.prompt(text, default=default, show_default=bool(default), value_proc=readable, err=True)
    return said or None


def _existing_file(text: str) -> Path:
    path = Path(text.strip('"'))  # as Windows copies a path
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "write the path as your file manager shows it", "--survey")
    return path
