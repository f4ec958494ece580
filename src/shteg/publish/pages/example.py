"""One member followed from its votes to the forecast: what the method does, shown on bound figures."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.formulas import formula_pages
from shteg.publish.html.naming import member_link
from shteg.publish.printed import Voice
from shteg.publish.records.member import acts_of, said_by
from shteg.report.charts.parts import number_of
from shteg.report.edition_view import subject
from shteg.report.language.locale import exact

MOST_VOTES = 4
"""Acts shown: those that moved the stance most, in the order in which they happened."""
LAST, IMPORTANCE = "value.pathways.blocker_last_consent", "value.pathways.blocker_importance"
WEIGHTS = "stance.act_weights"
FORECAST, SIMULATED = "value.pool.forecast", "value.pathways.forecast"
YEARS_AHEAD = 10


def worked_example(voice: Voice) -> dict[str, Any] | None:
    """Follow the member that is most often the last to consent to the next step; None where no member can be.

    Parameters
    ----------
    voice : Voice
        The language.

    Returns
    -------
    dict or None
        Member, acts and the sentences of each stage.
    """
    last = _chosen(voice)
    if last is None:
        return None
    code, step = subject(last, "member"), subject(last, "step")
    names = {"member": voice.named(f"member:{code}"), "step": voice.named(f"step:{step}")}
    return {
        "intro": voice.t("example.intro", **names),
        "link": member_link(voice, code),
        "acts": _acts(voice, code),
        "stages": [
            {"title": voice.t(f"example.{name}.title"), "text": text, "formulas": f"formulas-{page}.html"}
            for name, page, text in (
                ("stance", "stance", _stance(voice, code, names)),
                ("consent", "consent", _consent(voice, names)),
                ("last", "pathways", _last(voice, last, code, step, names)),
                ("forecast", "pool", _forecast(voice, step, names)),
            )
            if text and page in formula_pages()
        ],
    }


def _chosen(voice: Voice) -> Value | None:
    """Give the value that says how often a member is the last to consent to the next step: the largest of them."""
    for step in voice.edition.steps_ahead():
        values = [one for one in voice.edition.select(LAST, step=f"step:{step.id}") if number_of(one) > 0]
        if values:
            return max(values, key=lambda value: (number_of(value), value.id))
    return None


def _acts(voice: Voice, code: str) -> list[Markup]:
    rows = {(row["item"], str(row["happened_on"])): row for row in acts_of(voice.edition)[code]}
    moved = [
        (weight, rows[weight["item"], weight["happened_on"]])
        for weight in voice.edition.rows(WEIGHTS)
        if weight["member"] == code and (weight["item"], weight["happened_on"]) in rows
    ]
    strongest = sorted(moved, key=lambda pair: -abs(exact(pair[0]["shift"])))[:MOST_VOTES]
    return [
        Markup("{}: {} {} ({})").format(
            voice.date(row["happened_on"]),
            said_by(voice, row),
            voice.named(f"item:{row['item']}"),
            voice.cited(row),
        )
        for _, row in sorted(strongest, key=lambda pair: str(pair[1]["happened_on"]))
    ]


def _filled(voice: Voice, key: str, values: dict[str, Value | None], names: dict[str, str]) -> Markup:
    """Fill a sentence with figures; without one of them nothing is said."""
    if any(value is None for value in values.values()):
        return Markup()
    shown = {name: voice.show(value, "range") for name, value in values.items() if value is not None}
    return voice.figured(voice.t(key, **names, **shown))


def _stance(voice: Voice, code: str, names: dict[str, str]) -> Markup:
    of = {"member": f"member:{code}"}
    support = voice.edition.find("value.stance.support", **of)
    item = voice.about(support, "item") if support else ""
    values = {"theta": voice.edition.find("value.stance.theta", **of), "support": support}
    return _filled(voice, "example.stance.text", values, {"member": names["member"], "item": item})


def _consent(voice: Voice, names: dict[str, str]) -> Markup:
    values = {name: voice.edition.find(f"value.consent.{name}") for name in ("slope", "statehood")}
    return _filled(voice, "example.consent.text", values, {})


def _last(voice: Voice, last: Value, code: str, step: str, names: dict[str, str]) -> Markup:
    gain = voice.edition.find(IMPORTANCE, member=f"member:{code}", step=f"step:{step}")
    return _filled(voice, "example.last.text", {"last": last, "gain": gain}, names)


def _forecast(voice: Voice, step: str, names: dict[str, str]) -> Markup:
    wanted = int(voice.edition.case.as_of[:4]) + YEARS_AHEAD
    pooled = voice.edition.select(FORECAST, step=f"step:{step}")
    if not pooled:
        return Markup()
    value = min(pooled, key=lambda one: (abs(int(subject(one, "year")) - wanted), one.id))
    year = subject(value, "year")
    path = voice.edition.find(SIMULATED, step=f"step:{step}", year=year)
    return _filled(voice, "example.forecast.text", {"path": path, "pool": value}, {"step": names["step"], "year": year})
