"""`shteg check`: every problem in the case and in its language editions."""

import json
import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import build_options, case_argument, json_option, make_options, text_option
from shteg.cli.past_day import ANOTHER_DAY, left_out_notices
from shteg.cli.progress import progress_bars
from shteg.edition import build_edition
from shteg.errors import Problem
from shteg.evidence import check_case, find_case, read_case


@click.command("check")
@case_argument
@click.option("--evidence-only", is_flag=True, help="Check the evidence; leave the texts and their values out.")
@text_option
@build_options
@json_option
def command(
    case: str,
    evidence_only: bool,
    no_text: bool,
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
    options = make_options(as_of, verified_only, threads, cache, no_cache, no_text)
    if not problems:
        left_out_notices(folder, options)
    if not problems and not evidence_only:
        with tempfile.TemporaryDirectory() as work, progress_bars(quiet=as_json) as tell:
            edition = build_edition(read_case(folder), Path(work) / "edition", options, tell)
            problems = check_texts(open_edition(edition))
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
        if problems and options.as_of is not None and not (evidence_only or no_text):
            click.echo(f"Hint: {ANOTHER_DAY}")
        scope = "evidence" if evidence_only or no_text else "evidence and texts"
        click.echo(
            f"{len(problems)} problems" if problems else f"No problem in {scope} of {folder}", err=bool(problems)
        )
    return EXIT_FINDING if problems else 0
