"""`shteg doctor`: what this machine has of what shteg needs, and how to mend what it lacks; no network is asked."""

import json
from pathlib import Path

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import json_option
from shteg.cli.start.libraries import check_libraries, check_optional
from shteg.cli.start.machine import check_machine
from shteg.cli.start.programs import check_programs
from shteg.cli.start.verdict import BROKEN, MISSING, Verdict
from shteg.hints import counted

_MARKS = {"ok": "ok     ", MISSING: "missing", BROKEN: "BROKEN "}


@click.command("doctor")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), help="The folder in which publications are to be written."
)
@json_option
def command(out: Path, as_json: bool) -> int:
    """Check versions, fonts, programs, folders and the terminal; exit code 1 if something needed is broken.

    `missing` is not needed for a build: the line says what does not work without it.
    """
    found = [*check_libraries(), *check_optional(), *check_programs(), *check_machine(out)]
    broken = [one for one in found if one.state == BROKEN]
    if as_json:
        click.echo(json.dumps([one.plain() for one in found], ensure_ascii=False, indent=1))
        return EXIT_FINDING if broken else 0
    width = max(len(one.name) for one in found)
    for one in found:
        click.echo(_line(one, width))
    click.echo(_summary(len(broken)), err=True)
    return EXIT_FINDING if broken else 0


def _line(one: Verdict, width: int) -> str:
    lines = [f"{_MARKS[one.state]}  {one.name:{width}}  {one.found}"]
    lines += [f"{'':9}{'':{width}}  Hint: {one.hint}"] if one.hint else []
    return "\n".join(lines)


def _summary(broken: int) -> str:
    if not broken:
        return "Everything that a build needs is there"
    return f"{counted(broken, 'thing')} that a build needs {'is' if broken == 1 else 'are'} broken"
