"""The annex of a report: its key figures in tables, each with its interval and how firmly it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.pages.path import forecast_years, last_consents
from shteg.publish.paper.typst import framed_figure, typst_table
from shteg.publish.paper.typst_escape import escape
from shteg.publish.printed import Voice
from shteg.report import TableView
from shteg.report.charts.path import EFFECT, EFFECT_OF_ALL, FORECAST, effect_values
from shteg.report.edition_view import subject
from shteg.report.language.marked import Style
from shteg.report.language.tables import make_table
from shteg.report.marks import value_marks

YEARS = 4
"""Years of a forecast on paper; the others are on the site."""
STEPS = 3
"""Steps that the effects of measures are printed for."""
MOST_ROWS = 60


def annex(voice: Voice) -> str:
    """Write the tables of the annex under their heading; empty where the edition has none of them."""
    tables = [one for one in (forecasts(voice), members(voice), measures(voice)) if one is not None]
    if not tables:
        return ""
    head = f"#heading(level: 1, numbering: none)[{escape(voice.t('paper.annex'))}]"
    words = voice.t("table")
    written = [framed_figure(typst_table(table, words, most_rows=MOST_ROWS)) for table in tables]
    return "\n\n".join((head, escape(voice.t("paper.annex.text")), *written))


def kinds(voice: Voice, values: Iterable[Value]) -> str:
    """Say how firmly figures are known: their labels, and whether part of what they rest on is unverified."""
    found = list(values)
    words = dict.fromkeys(voice.label(one.label) for one in found)
    marks = dict.fromkeys(voice.text(f"mark.{mark}") for one in found for mark in value_marks(one))
    return ", ".join(dict.fromkeys((*words, *marks)))


def forecasts(voice: Voice) -> TableView | None:
    """List the steps ahead with their probabilities by the end of some years."""
    years = _spread(forecast_years(voice), YEARS)
    rows = []
    for step in voice.edition.steps_ahead():
        values = {subject(one, "year"): one for one in voice.edition.select(FORECAST, step=f"step:{step.id}")}
        if values:
            cells = (_cell(voice, values.get(year)) for year in years)
            rows.append((voice.own(step.title), *cells, kinds(voice, values.values())))
    headers = [voice.t("column.step"), *years, voice.t("column.label")]
    return make_table(voice.t("path.table"), headers, rows, range(1, len(years) + 1)) if rows else None


def _spread(years: Sequence[str], most: int) -> list[str]:
    """Take years evenly from first to last."""
    if len(years) <= most:
        return list(years)
    return [years[round(at * (len(years) - 1) / (most - 1))] for at in range(most)]


def _cell(voice: Voice, value: Value | None, style: Style = "number") -> Markup:
    """Print a value over its interval."""
    if value is None:
        return Markup("–")
    number = voice.figured(voice.show(value, style))
    interval = voice.bare_interval(value)
    return Markup('{}<br><span class="note">{}</span>').format(number, interval) if interval else number


def members(voice: Voice) -> TableView | None:
    """List the members with how likely they support the aspirant and how often they are the last to consent."""
    last = last_consents(voice)
    step, consents = next(iter(last.items())) if last else ("", {})
    rows = []
    for row in voice.edition.rows("evidence.members"):
        code = row["member"]
        support = voice.edition.find("value.stance.support", member=f"member:{code}")
        held = [one for one in (support, consents.get(code)) if one is not None]
        if not held:
            continue
        said = [_figures(voice, support), voice.bare_interval(support)]
        said += [_figures(voice, consents.get(code))] if step else []
        rows.append((voice.named(f"member:{code}"), *said, kinds(voice, held)))
    rows.sort(key=lambda row: voice.sort_key(row[0]))
    headers = [voice.t(f"column.{name}") for name in ("member", "support", "interval")]
    headers += [voice.t("column.last", step=voice.named(f"step:{step}"))] if step else []
    headers += [voice.t("column.label")]
    return make_table(voice.t("members.table"), headers, rows, range(1, len(headers) - 1)) if rows else None


def _figures(voice: Voice, value: Value | None) -> Markup:
    return Markup("–") if value is None else voice.figured(voice.show(value))


def measures(voice: Voice) -> TableView | None:
    """List the measures with what each would change for the first steps ahead, in the order of the case."""
    shown = effect_values(voice.edition)
    if not shown:
        return None
    year = subject(shown[0], "year")
    found = {one.id: _effects(voice, year, EFFECT, measure=f"measure:{one.id}") for one in voice.edition.measures}
    found["all"] = _effects(voice, year, EFFECT_OF_ALL)
    ahead = [step.id for step in voice.edition.steps_ahead() if any(step.id in effects for effects in found.values())]
    steps = ahead[:STEPS]
    rows = [
        (
            voice.t("measure.all") if one == "all" else voice.named(f"measure:{one}"),
            *(_cell(voice, effects.get(step), "plain") for step in steps),
            kinds(voice, (effects[step] for step in steps if step in effects)),
        )
        for one, effects in found.items()
        if effects
    ]
    headers = [voice.t("column.measure")]
    headers += [voice.t("column.effect", step=voice.named(f"step:{step}"), year=year) for step in steps]
    headers += [voice.t("column.label")]
    return make_table(voice.t("recommendations.overview"), headers, rows, range(1, len(steps) + 1)) if rows else None


def _effects(voice: Voice, year: str, kind: str, **about: str) -> dict[str, Value]:
    """Give what a measure, or all of them, change by the end of a year, by step."""
    return {subject(value, "step"): value for value in voice.edition.select(kind, year=year, **about)}
