"""`shteg check`: every problem in the case and in its language editions."""

import json
import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import build_options, case_argument, json_option, make_options
from shteg.cli.progress import progress_bars
from shteg.edition import build_edition
from shteg.errors import Problem
from shteg.evidence import check_case, find_case, read_case
from shteg.keeping import work_folder


@click.command("check")
@case_argument
@click.option("--evidence-only", is_flag=True, help="Check the evidence; leave the texts and their values out.")
@build_options
@json_option
def command(
    case: str,
    evidence_only: bool,
    as_of: datetime | None,
    verified_only: bool,
    threads: int | None,
    cache: Path | None,
    no_cache: bool,
    as_json: bool,
) -> int:
    """Report every problem of CASE with file, line and hint; exit code 1 if there is any."""
    from shteg.report import check_texts, open_edition

    folder = find_case(case)
    problems: tuple[Problem, ...] = check_case(folder)
    if not problems and not evidence_only:
        options = make_options(as_of, verified_only, threads, cache, no_cache)
        place = Path(tempfile.gettempdir()) / "shteg-check"
        with work_folder(place) as work, progress_bars(quiet=as_json) as tell:
            edition = build_edition(read_case(folder), work / "edition", options, tell)
            problems = check_texts(open_edition(edition))
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
        scope = "evidence" if evidence_only else "evidence and texts"
        click.echo(
            f"{len(problems)} problems" if problems else f"No problem in {scope} of {folder}", err=bool(problems)
        )
    return EXIT_FINDING if problems else 0
