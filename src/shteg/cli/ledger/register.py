"""`shteg register`: what the edition of today says would happen, as lines of the ledger."""

from __future__ import annotations

import json

import click

from shteg.cli.ledger.shared import today, write_option, writing
from shteg.cli.options import build_options, case_argument, json_option
from shteg.cli.progress import progress_bars
from shteg.edition import Options
from shteg.edition.register import lines_of, plan_registration
from shteg.evidence import find_case, read_case
from shteg.hints import counted
from shteg.ledger.writing import append_forecasts


@click.command("register")
@case_argument
@write_option
@build_options
@json_option
def command(case: str, write: bool, options: Options, as_json: bool) -> None:
    """Write each dated probability of today's edition of CASE into its ledger.csv, once.

    `shteg build` writes nothing into a case; this does, if asked with `--write`.
    """
    folder = find_case(case, to_write=write)
    with writing(folder, write):
        whole = read_case(folder)
        plan = plan_registration(whole, options)
        written = plan.is_written(whole)
        lines = []
        if not written:
            with progress_bars(quiet=as_json) as tell:
                lines = lines_of(plan, options, today(), tell)
            if write:
                append_forecasts(folder, lines)
    if as_json:
        head = {"edition": plan.edition, "registered_before": written, "written": write and bool(lines)}
        click.echo(json.dumps(head | {"forecasts": lines}, ensure_ascii=False, indent=1))
        return
    if written:
        click.echo(f"Edition {plan.edition} is in the ledger already.")
        return
    for line in lines:
        click.echo(f"{line['probability']:>8}  {line['step']}, by {line['due']}")
    done = f"added to {folder / 'ledger.csv'}" if write else "to add; nothing is written without --write"
    click.echo(f"Edition {plan.edition}, as of {plan.case.header.as_of}: {counted(len(lines), 'line')} {done}")
