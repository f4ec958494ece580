"""What the scripts of the page of switches are given: the package of the edition, and the words of a language."""

from __future__ import annotations

import json
from collections.abc import Mapping

from shteg.publish.html.naming import citation
from shteg.publish.printed import Voice, script_json
from shteg.report import EditionView
from shteg.report.charts.pool import PARTS, shown_year
from shteg.report.edition_view import MeasureView, StepView

PACKAGE, BASE = "explorer.package", "explorer.base"
WORDS = (
    *("step", "year", "rule", "ratification", "settlement", "intensity", "intensity.of", "busy", "disagrees"),
    *("rule.case", "rule.all", "rule.three_quarters", "rule.two_thirds", "rule.majority"),
    *("settlement.estimated", "settlement.never", "settlement.now", "member.always", "member.never"),
    *("state.estimated", "state.always", "state.never", "members.always", "members.estimated"),
    *("none", "every", "fewer", "times", "noise", "noise.none"),
    *("change.base", "change.none", "change.more", "change.fewer", "change.unsure"),
    *("headline", "bar", "bar.base", "line.now", "line.base", "curve.title"),
    *("published", "pool.alone", "pool.base", "pool.moved", "differs.none", "undo", "undo.of"),
    *("waterfall.title", "waterfall.order", "waterfall.table", "waterfall.rest"),
    *("column.switch", "column.change", "column.after", "column.member", "column.holds", "column.alone"),
    *("stop", "stop.none", "stop.text", "stop.consent", "stop.readiness", "stop.procedure", "stop.ratification"),
    *("stop.withdrawal", "blockers.title", "blockers.more", "let", "let.of"),
    *("sets.text", "sets.nothing", "sets.none", "sets.smallest", "sets.more", "sets.best", "sets.searched"),
    *("table.title", "link.copied", "link.hand", "picture.foot", "picture.done"),
    *("opened.form", "opened.edition", "opened.ignored"),
)
"""Messages `publish.explorer.…` that the script fills in; a placeholder of theirs stands in braces, a figure of the
edition in square brackets."""
PLACEHOLDERS = (
    *("step", "year", "frequency", "member", "intensity", "walked", "of", "times", "low", "high", "change", "base"),
    *("before", "now", "name", "what", "count", "nobody", "everyone", "needed", "size", "searched", "outside"),
    *("edition", "own", "names"),
)
FIGURES = ("published", "weight", "simulated")


def steps_asked(edition: EditionView) -> list[StepView]:
    """List the steps that can be asked about: those ahead that the explorer walks."""
    walked = {row["step"] for row in edition.rows(BASE)}
    return [step for step in edition.steps_ahead() if step.id in walked]


def words_script(voice: Voice) -> str:
    """Write `window.SHTEG_EXPLORER_WORDS`: words, names, and the parts of the pool as the edition holds them."""
    edition = voice.edition
    asked = steps_asked(edition)
    figures = {name: f"[{name}]" for name in FIGURES} | {name: f"{{{name}}}" for name in PLACEHOLDERS}
    members = {row["member"]: voice.named(f"member:{row['member']}") for row in edition.rows("evidence.members")}
    rungs = [step for step in sorted(asked, key=lambda step: step.rung) if step.rung > 0] or asked
    book = {
        "words": {name: _message(voice, name, figures) for name in WORDS},
        "steps": {step.id: voice.own(step.title) for step in edition.steps},
        "ahead": [step.id for step in asked],
        "members": members,
        "memberOrder": sorted(members, key=lambda code: voice.sort_key(members[code])),
        "measures": {one.id: _measure(voice, one) for one in edition.measures},
        "parts": _parts(edition),
        "first": {"step": rungs[0].id, "year": int(shown_year(edition))},
        "edition": edition.manifest.edition,
        "site": voice.own(edition.case.title),
        "citation": citation(voice),
        "decimal": voice.number(0.5, 1)[1:-1],
        "group": voice.number(1000)[1:-3],
    }
    return f"window.SHTEG_EXPLORER_WORDS = {script_json(book)};\n"


def _message(voice: Voice, name: str, figures: Mapping[str, str]) -> str:
    return voice.t(f"explorer.{name}", **figures)


def _measure(voice: Voice, one: MeasureView) -> dict[str, str]:
    return {"title": voice.own(one.title), "note": voice.t("explorer.effect", label=voice.label(one.label))}


def _parts(edition: EditionView) -> dict[str, dict[str, list[tuple[float, float | None]]]]:
    """Give, by step and year, weight and probability of each part; None where the page walks its own worlds."""
    found: dict[str, dict[str, list[tuple[float, float | None]]]] = {}
    for row in edition.rows(PARTS):
        own = found.setdefault(row["step"], {}).setdefault(str(row["year"]), [])
        own.append((row["weight"], None if row["model"] == "pathways" else row["probability"]))
    return found


def package_script(edition: EditionView) -> str:
    """Write `window.SHTEG_EXPLORER_PACKAGE`: the package of the edition and its counts before anything is switched.

    Parameters
    ----------
    edition : EditionView

    Returns
    -------
    str
        A classic script; empty where the edition has no package.
    """
    rows = edition.rows(PACKAGE)
    if not rows:
        return ""
    base: dict[str, list[int]] = {}
    for row in edition.rows(BASE):
        base.setdefault(row["step"], []).append(row["reached"])
    book = {
        "parts": {row["part"]: json.loads(row["content"]) for row in rows if row["low"] is None},
        "columns": [[row["part"], row["low"], row["high"], row["content"]] for row in rows if row["low"] is not None],
        "base": list(base.values()),
    }
    return f"window.SHTEG_EXPLORER_PACKAGE = {script_json(book)};\n"
