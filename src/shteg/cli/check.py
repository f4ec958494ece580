"""`shteg check`: every problem in the case and in its language editions."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import build_options, case_argument, json_option, text_option
from shteg.cli.past_day import ANOTHER_DAY, left_out_notices
from shteg.cli.progress import progress_bars
from shteg.edition import Options, build_edition
from shteg.edition.case_problems import evidence_problems, problems_of
from shteg.errors import Problem, ShtegError
from shteg.evidence import find_case, inspect_case, read_case
from shteg.hints import counted
from shteg.keeping import work_folder


@click.command("check")
@case_argument
@click.option("--evidence-only", is_flag=True, help="Check the evidence; leave the texts and their values out.")
@text_option
@build_options
@json_option
def command(
    case: str,
    evidence_only: bool,
    options: Options,
    as_json: bool,
) -> int:
    """Report every problem of CASE with file, line and hint; exit code 1 if there is any.

    The evidence with the data of its waves is checked first; if it holds, the texts with their values.
    """
    folder = find_case(case)
    inspection = inspect_case(folder)
    problems = evidence_problems(inspection, folder)
    if not problems:
        left_out_notices(folder, options)
        if not evidence_only:
            problems |= set(_edition_problems(folder, options, quiet=as_json))
    elif not evidence_only and options.text:
        from shteg.report import check_written_texts

        problems |= set(check_written_texts(inspection.texts, inspection.languages, not_yet=inspection.not_yet))
    return _print(sorted(problems), folder, options, evidence_only=evidence_only, as_json=as_json)


def _print(problems: list[Problem], folder: Path, options: Options, *, evidence_only: bool, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1))
        return EXIT_FINDING if problems else 0
    for problem in problems:
        click.echo(str(problem))
    if not problems:
        scope = "evidence and texts" if options.text and not evidence_only else "evidence"
        click.echo(f"No problem in {scope} of {folder}")
        return 0
    if options.as_of is not None and options.text and not evidence_only:
        click.echo(f"Hint: {ANOTHER_DAY}")
    click.echo(f"{counted(len(problems), 'problem')}", err=True)
    return EXIT_FINDING


def _edition_problems(folder: Path, options: Options, *, quiet: bool) -> tuple[Problem, ...]:
    """Do what a build does before it prints: whatever stops it is a problem of the case."""
    from shteg.report import check_texts, open_edition

    options.filter(read_case(folder))  # an option that does not fit the case is no problem of the case
    try:
        place = Path(tempfile.gettempdir()) / "shteg-check"
        with work_folder(place) as work, progress_bars(quiet=quiet) as tell:
            edition = build_edition(read_case(folder), work / "edition", options, tell)
            return check_texts(open_edition(edition))
    except ShtegError as error:
        return problems_of(error, folder)
