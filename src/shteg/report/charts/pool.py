"""Why the models differ: each part of the pool beside the published forecast, for the first and the last step."""

from __future__ import annotations

from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import (
    Chart,
    ChartSpec,
    chart_spec,
    with_ends,
)
from shteg.report.charts.path import FORECAST
from shteg.report.edition_view import AT, EditionView, Row, subject
from shteg.report.language.lists import join_clauses
from shteg.report.language.words import Words
from shteg.report.layout.axes import percent_axis
from shteg.report.layout.forms import dots
from shteg.report.layout.frames import Spec
from shteg.report.layout.names import Heading, Label, Name
from shteg.report.layout.palette import PALETTE

PARTS, DIFFERENCES = "pool.parts", "pool.differences"
YEARS_AHEAD = 10
"""The report year nearest to so many years ahead is shown."""
KINDS = {
    "base_rate": "value.pool.part.base-rate",
    "reference_class": "value.pool.part.reference-class",
    "full": "value.pool.part.ladder",
    "pathways": "value.pathways.forecast",
}
"""Message of the values of each part."""


def shown_year(edition: EditionView) -> str:
    """Give the report year for which the parts are compared."""
    years = sorted({int(subject(value, "year")) for value in edition.select(FORECAST)})
    wanted = int(edition.case.as_of[:4]) + YEARS_AHEAD
    return str(min(years, key=lambda year: (abs(year - wanted), year))) if years else ""


def part_values(edition: EditionView, step: str, year: str) -> dict[str, Value]:
    """Give what each part says of a step by the end of a year, and the pool last; empty for a step of one part.

    Parameters
    ----------
    edition : EditionView
    step : str
        Id of the step.
    year : str
        A report year.

    Returns
    -------
    dict
        Part → value.
    """
    about = {"step": f"step:{step}", "year": year}
    found = {part: edition.find(kind, **about) for part, kind in KINDS.items()}
    spoken = {row["model"] for row in edition.rows(PARTS) if row["step"] == step and str(row["year"]) == year}
    known = {part: value for part, value in found.items() if value is not None and part in spoken}
    pooled = edition.find(FORECAST, **about)
    return {**known, "pool": pooled} if len(known) > 1 and pooled is not None else {}


def compared(edition: EditionView) -> dict[str, dict[str, Value]]:
    """Give the first and the last step ahead that several parts foretell, each with its parts."""
    year = shown_year(edition)
    steps = [step.id for step in sorted(edition.steps_ahead(), key=lambda step: step.rung)] if year else []
    found = {step: values for step in steps if (values := part_values(edition, step, year))}
    ends = list(found)
    return {step: found[step] for step in dict.fromkeys([*ends[:1], *ends[-1:]])}


def difference(edition: EditionView, step: str, year: str) -> Row | None:
    """Give the row that says why the forecast of a step is as wide as it is.

    Parameters
    ----------
    edition : EditionView
    step : str
        Id of the step.
    year : str
        A report year.

    Returns
    -------
    Row or None
    """
    rows = (row for row in edition.rows(DIFFERENCES) if row["step"] == step and str(row["year"]) == year)
    return next(rows, None)


def sentence(words: Words, row: Row) -> str:
    """Say by rule how the parts of a step's forecast differ, or what is known of the one that stands alone.

    Parameters
    ----------
    words : Words
    row : Row
        Of the table of differences.

    Returns
    -------
    str
    """
    step = words.named(f"step:{row['step']}")
    if row["spread"] == "alone":
        return words.text(f"sentence.pool.alone.{row['tried']}", step=step)
    year = str(row["year"])
    values = part_values(words.edition, row["step"], year)
    told = {
        "step": step,
        "year": year,
        "share": words.show(values["pool"], "range"),
        "lowest": words.text(f"pool.part.{row['lowest']}"),
        "highest": words.text(f"pool.part.{row['highest']}"),
        "low": words.show(values[row["lowest"]]),
        "high": words.show(values[row["highest"]]),
    }
    if row["spread"] != "agree":
        told["between"] = words.placed(DIFFERENCES, row[AT], "between", "percent")
    return words.text(f"sentence.pool.{row['spread']}", **told)


def models_differ(words: Words) -> ChartSpec:
    """Why do the models differ?"""
    found, year = compared(words.edition), shown_year(words.edition)
    names = {step: words.named(f"step:{step}") for step in found}
    rows: list[dict[str, Any]] = []
    listed: list[Name] = []
    for step, values in found.items():
        listed.append(Heading(names[step]))
        for part, value in values.items():
            kind = words.text("pool.part.pool") if part == "pool" else words.text("column.model")
            listed.append(Label(f"{step}/{part}", words.text(f"pool.part.{part}")))
            rows.append({"model": f"{step}/{part}", "kind": kind} | with_ends(value, "share"))
    x: Spec = {"type": "quantitative", "axis": percent_axis()}
    colour: Spec = {
        "field": "kind",
        "type": "nominal",
        "scale": {
            "domain": [words.text("pool.part.pool"), words.text("column.model")],
            "range": [PALETTE["series-1"], PALETTE["muted"]],
        },
        "legend": None,
    }
    clauses = [
        words.text("chart.models-differ.clause", step=names[step], share=words.show(values["pool"], "range"))
        for step, values in found.items()
    ]
    return chart_spec(
        words,
        "models-differ",
        dots("model", "share", listed, x, step=24, size=70, colour=colour),
        rows,
        sentence=words.text("chart.models-differ.sentence", year=year, clauses=join_clauses(clauses)),
        sources=[value for values in found.values() for value in values.values()],
        columns=("step", "model", "=probability", "=interval"),
        cells=[
            (names[step], words.text(f"pool.part.{part}"), words.show(value), words.interval(value))
            for step, values in found.items()
            for part, value in values.items()
        ],
    )


CHARTS = (Chart(id="models-differ", place=2, holds=compared, make=models_differ),)
