"""Who must agree: the first step that members decide on, as things stand, if some agreed, and if all did."""

from __future__ import annotations

from dataclasses import dataclass

from shteg.estimates import Value
from shteg.report.charts.decisive import decisive_act
from shteg.report.charts.parts import Chart, ChartSpec, chart_spec, number_of, with_ends
from shteg.report.charts.pool import shown_year
from shteg.report.edition_view import EditionView
from shteg.report.language.marked import Marked
from shteg.report.language.words import Words
from shteg.report.layout.axes import percent_axis
from shteg.report.layout.forms import bars
from shteg.report.layout.frames import Spec
from shteg.report.layout.palette import PALETTE

SETS = "pathways.blocking_sets"
SIMULATED, BEST, EVERYONE = "value.pathways.forecast", "value.pathways.best_set", "value.pathways.everyone"
MOST_NAMES = 6
"""Members that are named; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """What a step's probability is, and what it would be if members agreed.

    Attributes
    ----------
    step, year : str
        Which step, by the end of which year.
    members : tuple of str
        Codes of those without the decisive act.
    now, some, everyone : Value
        As things stand; if those members always agreed; if all did.
    """

    step: str
    year: str
    members: tuple[str, ...]
    now: Value
    some: Value
    everyone: Value


def agreements(edition: EditionView) -> Agreements | None:
    """Give the three values of the first step ahead that has them; None where an edition has no such step.

    The middle one is that of the best set of members, and has a place only where these are those without the act.
    """
    acted, year = decisive_act(edition), shown_year(edition)
    if acted is None or not year:
        return None
    codes = {row["member"] for row in edition.rows("evidence.members")} & acted.missing
    for step in sorted(edition.steps_ahead(), key=lambda one: (one.rung < 1, one.rung)):
        about = {"step": f"step:{step.id}", "year": year}
        now, everyone = edition.find(SIMULATED, **about), edition.find(EVERYONE, **about)
        some = edition.find(BEST, **about, count=str(len(codes)))
        if now is None or everyone is None or some is None:
            continue
        rows = [row for row in edition.rows(SETS) if (row["step"], str(row["year"])) == (step.id, year)]
        same = [row for row in rows if set(str(row["members"]).split()) == codes and row["size"] == len(codes)]
        if same and same[0]["probability"] == some.number:
            members = tuple(sorted(codes))
            return Agreements(step=step.id, year=year, members=members, now=now, some=some, everyone=everyone)
    return None


def who_must_agree(words: Words) -> ChartSpec:
    """How likely is the step as things stand, if those without the decisive act agreed, and if all did?"""
    found, acted = agreements(words.edition), decisive_act(words.edition)
    assert found is not None
    assert acted is not None
    members = sorted((words.in_sentence(code) for code in found.members), key=words.sort_key)
    some = words.text("chart.who-must-agree.some", members=words.listed(members))
    if len(members) > MOST_NAMES:
        some = words.text("chart.who-must-agree.many", count=len(members))
    names = [words.text("chart.who-must-agree.now"), some, words.text("chart.who-must-agree.everyone")]
    values = [found.now, found.some, found.everyone]
    longest = max(number_of(value) if value.high is None else float(value.high) for value in values)
    top = next(end for end in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if longest <= end)
    x: Spec = {"type": "quantitative", "axis": percent_axis(), "scale": {"domain": [0, top]}}
    step = words.named(f"step:{found.step}")
    told = {
        name: words.show(value, "frequency") for name, value in zip(("now", "some", "everyone"), values, strict=True)
    }
    return chart_spec(
        words,
        "who-must-agree",
        bars("case", "share", names, x, step=46, bar={"height": 22, "color": PALETTE["series-1"], "opacity": 0.75}),
        [{"case": name} | with_ends(value, "share") for name, value in zip(names, values, strict=True)],
        title=words.text("chart.who-must-agree.title", step=step, year=found.year),
        sentence=words.text("chart.who-must-agree.sentence", members=words.listed(members), **told),
        note=words.text("chart.who-must-agree.note", act=words.named(f"item:{acted.item}")),
        sources=values,
        columns=("case", "=probability", "=interval", "frequency"),
        cells=[
            (name, words.show(value), words.interval(value), Marked(words.show(value, "frequency")))
            for name, value in zip(names, values, strict=True)
        ],
    )


CHARTS = (Chart(id="who-must-agree", place=0, holds=agreements, make=who_must_agree),)
