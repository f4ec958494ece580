"""`shteg weight`: weights from targets in a sheet, a report on them, and the data written anew with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import click

from shteg.cli.options import check_output, json_option
from shteg.errors import DesignError, UsageError

REPORTS = (".html", ".xlsx", ".csv")


@click.command("weight")
@click.argument("wave", metavar="WAVE")
@click.option(
    "--targets",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Sheet of targets (.xlsx, .csv): columns variable, category, target; or a sheet for each margin.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="New data file with the weights: .sav, .dta, .xlsx, .csv, .parquet."
)
@click.option("--report", type=click.Path(path_type=Path), help="The report as a page, workbook or CSV.")
@click.option("--name", default="w_final", show_default=True, help="What the new column is called.")
@click.option(
    "--method",
    type=click.Choice(["rake", "post-stratify", "calibrate"]),
    default="rake",
    show_default=True,
    help="Rake meets margins by factors; post-stratify meets one margin (sex*age); calibrate also meets totals of "
    "numbers, and keeps bounds.",
)
@click.option(
    "--distance",
    type=click.Choice(["linear", "raking", "logit"]),
    default="linear",
    show_default=True,
    help="How calibrate moves weights.",
)
@click.option("--bounds", metavar="LOW,HIGH", help="Least and greatest ratio of new to old weight (calibrate).")
@click.option(
    "--trim", metavar="LOW,HIGH", help="Least and greatest weight in multiples of their mean; margins are kept."
)
@click.option("--scheme", metavar="ID", help="Of a sheet with a column of schemes: the one whose rows count.")
@click.option("--weight", "base", help="Column of the weights before; without it everyone counts 1.")
@click.option("--stratum", help="Data file: column of the strata.")
@click.option("--psu", help="Data file: column of the primary sampling units.")
@click.option("--nest", is_flag=True, help="Data file: codes of PSUs repeat between strata.")
@click.option("--size", type=float, help="Persons in the population; else that of the sheet, or the sum of weights.")
@click.option("--scale-to", metavar="VARIABLE", help="The margin whose total counts where totals disagree.")
@click.option(
    "--missing",
    type=click.Choice(["refuse", "keep"]),
    default="refuse",
    show_default=True,
    help="Respondents without an answer to a weighting variable: refuse them, or let them keep their share.",
)
@click.option("--responded", metavar="COLUMN", help="Column of 1 and 0: who answered; the others' weight goes to them.")
@click.option("--classes", metavar="COLUMNS", help="Classes within which that is done, joined by commas.")
@click.option("--encoding", metavar="NAME", help="Encoding of a text file, such as cp1250.")
@click.option("--language", help="Language of the report; default: each one (a page or workbook for each).")
@json_option
def command(
    wave: str,
    targets: Path,
    out: Path | None,
    report: Path | None,
    name: str,
    as_json: bool,
    language: str | None,
    **asked: Any,
) -> None:
    """Make weights for WAVE (a data file, CASE/WAVE, or the folder of a wave) that meet the targets of a sheet.

    Prints margins before and after, and what the weights cost. Without --out nothing is written.
    """
    from shteg.cli.weighting.data import open_data
    from shteg.cli.weighting.report import as_json_report, print_report, report_of, write_report
    from shteg.survey.readers.writing import write_responses
    from shteg.survey.weights.target_match import match_targets
    from shteg.survey.weights.target_sheet import read_target_sheet
    from shteg.survey.weights.weigh import make_weights

    plan = _plan(asked)
    _check_places(targets, out, report)
    size = asked["size"]
    if size is not None and not 0 < size < float("inf"):
        raise UsageError(f"{size} is no number of persons", "give a number above 0", "--size")
    try:
        sheet = read_target_sheet(_there(targets), asked["encoding"], asked["scheme"])
    except UsageError as error:
        _speak(error, asked)
        raise
    data = open_data(wave, {**asked, "language": language})
    tongues = tuple(one for one in data.words if language in (None, one))
    if not tongues:
        hint = "choose one of " + ", ".join(data.words)
        raise UsageError(f"there is no language {language!r}", hint, "--language")
    for path, option in ((out, "--out"), (report, "--report")):
        if path is not None and any(path.resolve().is_relative_to(one) for one in data.read):
            raise UsageError(f"{path} is read, or lies in the case that is", "name a place outside", option)
    if not name.strip() or name != name.strip():
        raise UsageError(f"{name!r} is no name of a column", "give it a name without blanks around it", "--name")
    if name in data.responses.frame.columns:
        raise UsageError(f"the data have a column {name!r} already", "choose another name", "--name")
    try:
        aims = match_targets(sheet, data.weighed, size=size, scale_to=asked["scale_to"], missing=asked["missing"])
        result = make_weights(data.design(aims.data), plan, aims.margins, aims.totals, aims.size)
    except (DesignError, UsageError) as error:
        _speak(error, asked)
        raise
    weights = data.in_file_order(result)
    found = report_of(result, aims, sheet, data.title, data.words)
    if as_json:
        click.echo(as_json_report(found))
    else:
        print_report(found, tongues[0])
    written: list[Path] = []
    if out is not None:
        notes = write_responses(data.responses, out, added={name: weights}, labels={name: f"Weight ({sheet.file})"})
        for note in notes:
            click.echo(f"Note: {note}", err=True)
        written.append(out)
    if report is not None:
        written += write_report(found, report, tongues)
    if not as_json:
        click.echo("\n".join(map(str, written)))


def _plan(asked: dict[str, Any]) -> Any:
    from shteg.survey.weights.weigh import WeightPlan

    low, high = _pair(asked["bounds"], "--bounds") if asked["bounds"] else (float("-inf"), float("inf"))
    lower, upper = _pair(asked["trim"], "--trim") if asked["trim"] else (None, None)
    classes = tuple(one.strip() for one in (asked["classes"] or "").split(",") if one.strip())
    return WeightPlan(
        method=asked["method"],
        distance=asked["distance"],
        bounds=(low, high),
        lower=lower,
        upper=upper,
        responded=asked["responded"],
        classes=classes,
    )


def _pair(text: str, option: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(
            f"{text!r} is no pair of numbers", "write two joined by a comma, such as 0.3,3", option
        ) from None
    if not 0 <= low < high:
        raise UsageError(f"{text!r} leaves no room", "write the lower one first, 0 or more", option)
    return low, high


def _check_places(targets: Path, out: Path | None, report: Path | None) -> None:
    """Refuse places that cannot be written, and those that would replace the targets or each other."""
    from shteg.survey.readers.writing import FORMATS

    if out is not None and report is not None and out.resolve() == report.resolve():
        raise UsageError("data and report would be the same file", "name two files", "--report")
    for path, option, kinds in ((out, "--out", FORMATS), (report, "--report", REPORTS)):
        if path is None:
            continue
        if path.suffix.lower() not in kinds:
            raise UsageError(f"{path.name} ends in none of {', '.join(kinds)}", "give it such an ending", option)
        if path.resolve() == targets.resolve():
            raise UsageError(f"{path.name} would be replaced, which is read", "name a new file", option)
        check_output(path, option, make_folders=True)


def _there(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "give the sheet of targets", "--targets")
    return path


_OPTIONS: Sequence[tuple[str, str]] = (
    ("set `lonely_psu` to", "leave --stratum out, or merge strata: set lonely_psu to"),
)


def _speak(error: DesignError | UsageError, asked: Collection[str]) -> None:
    """Put what the engine says in the words of the command line."""
    if error.where in asked:
        error.where = f"--{error.where.replace('_', '-')}"
    for engine, spoken in _OPTIONS:
        error.hint = error.hint.replace(engine, spoken)
