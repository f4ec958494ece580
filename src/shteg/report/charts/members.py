"""Charts of the members: where each stands, and how long each took to ratify."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.estimates import Value
from shteg.report.charts.decisive import DecisiveAct, decisive_act
from shteg.report.charts.parts import Chart, ChartSpec, chart_spec, falling, with_ends
from shteg.report.charts.ranking import named_first
from shteg.report.edition_view import EditionView, subject
from shteg.report.language.marked import join
from shteg.report.language.words import Words
from shteg.report.layout.axes import number_axis
from shteg.report.layout.forms import dots
from shteg.report.layout.frames import Spec
from shteg.report.layout.palette import PALETTE


def stance_values(edition: EditionView) -> list[Value]:
    """Give the stance of each member, the most favourable first."""
    return falling(edition.select("value.stance.theta"), "member")


def members_stance(words: Words) -> ChartSpec:
    """Where does each member stand?"""
    found = stance_values(words.edition)
    names = _names(words, found)

    def write(named: Sequence[Value]) -> str:
        return words.listed(_in_sentence(words, named))

    ends = (
        named_first(words, "chart.members-stance.most", found, min(3, max(1, len(names) - 3)), write),
        named_first(words, "chart.members-stance.least", found[::-1], min(3, len(names) - 1) or 1, write),
    )
    sentence = join(" ", ends)
    x: Spec = {"type": "quantitative", "axis": number_axis("", 5), "scale": {"zero": False}}
    acted = decisive_act(words.edition)
    kinds = [] if acted is None else [_kind_of(words, acted, value) for value in found]
    colour, shape = _told_apart(words, acted)
    sides = words.text("chart.stance.reluctant"), words.text("chart.stance.supportive")
    note = words.text("chart.members-stance.note")
    return _by_member(
        words,
        "members-stance",
        "theta",
        "score",
        x,
        found,
        sentence,
        kinds,
        look={"colour": colour, "shape": shape, "ends": sides},
        note=note,
    )


def _kind_of(words: Words, acted: DecisiveAct, value: Value) -> str:
    done = subject(value, "member") not in acted.missing
    return words.text(f"chart.act.{'done' if done else 'missing'}", act=words.named(f"item:{acted.item}"))


def _told_apart(words: Words, acted: DecisiveAct | None) -> tuple[Spec | None, Spec | None]:
    """Give colour and shape of those that have done the decisive act and of those that have not."""
    if acted is None:
        return None, None
    kinds = [words.text(f"chart.act.{kind}", act=words.named(f"item:{acted.item}")) for kind in ("done", "missing")]

    def by(ways: list[str]) -> Spec:
        return {"field": "kind", "type": "nominal", "scale": {"domain": kinds, "range": ways}}

    return by([PALETTE["series-1"], PALETTE["negative"]]), by(["circle", "square"])


def ratification_values(edition: EditionView) -> list[Value]:
    """Give the days that each member would take to ratify, the slowest first."""
    return falling(edition.select("value.accession.next-days"), "member")


def ratification(words: Words) -> ChartSpec:
    """How many days would each member take to ratify?"""
    found = ratification_values(words.edition)

    def write(named: Sequence[Value]) -> str:
        return words.listed(map(words.with_figure, _in_sentence(words, named), named))

    last = words.edition.find("value.accession.next-all")
    told = [words.text("chart.ratification.all", days=words.show(last, "range"))] if last else []
    sentence = join(" ", (*told, named_first(words, "chart.ratification.slowest", found, 3, write)))
    x = {"type": "quantitative", "axis": number_axis(words.text("chart.ratification.axis"))}
    return _by_member(words, "ratification", "days", "days", x, found, sentence)


def _in_sentence(words: Words, found: Sequence[Value]) -> list[str]:
    return [words.in_sentence(subject(value, "member")) for value in found]


def _names(words: Words, found: Sequence[Value]) -> list[str]:
    return [words.named(f"country:{subject(value, 'member')}") for value in found]


def _by_member(
    words: Words,
    chart_id: str,
    field: str,
    column: str,
    x: Spec,
    found: Sequence[Value],
    sentence: str,
    kinds: Sequence[str] = (),
    *,
    look: Spec | None = None,
    note: str = "",
) -> ChartSpec:
    names = _names(words, found)
    rows = [{"member": name} | with_ends(value, field) for name, value in zip(names, found, strict=True)]
    rows = [row | {"kind": kind} for row, kind in zip(rows, kinds, strict=True)] if kinds else rows
    return chart_spec(
        words,
        chart_id,
        dots("member", field, names, x, **(look or {})),
        rows,
        sentence=sentence,
        note=note,
        sources=found,
        columns=("member", f"={column}", "=interval"),
        cells=[(name, words.show(one), words.interval(one)) for name, one in zip(names, found, strict=True)],
    )


CHARTS = (
    Chart(id="members-stance", place=3, holds=stance_values, make=members_stance),
    Chart(id="ratification", place=9, holds=ratification_values, make=ratification),
)
