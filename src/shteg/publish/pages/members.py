"""The page of members: a map and a table of stances, who comes last, and the acts behind it all."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.drawing.members_map import members_map
from shteg.publish.html.page import Material, Page
from shteg.publish.html.tables import values_table
from shteg.publish.pages.path import last_consents
from shteg.publish.printed import Voice
from shteg.report import TableView
from shteg.report.edition_view import AT, Row
from shteg.report.language.locale import exact, rounded
from shteg.report.language.tables import make_table

WEIGHTS = "stance.act_weights"


def _members(material: Material) -> dict[str, Any]:
    voice = material.voice
    members = voice.edition.rows("evidence.members")
    members.sort(key=lambda row: voice.sort_key(voice.named(f"member:{row['member']}")))
    acts = voice.edition.rows("evidence.acts")
    votes = voice.edition.rows("evidence.membership_votes")
    acts += [row | {"actor": row["member"]} for row in votes if row["candidate"] == voice.edition.case.aspirant]
    acts.sort(key=lambda row: (str(row["happened_on"]), row["row"]))
    by_member: dict[str, list[Row]] = {row["member"]: [] for row in members}
    for row in acts:
        if row["actor"] in by_member:
            by_member[row["actor"]].append(row)
    weights = {(row["member"], row["item"], row["happened_on"]): row for row in voice.edition.rows(WEIGHTS)}
    return {
        "map": members_map(voice),
        "stances": _stances(voice, members, by_member),
        "counts": _counts(voice),
        "members": [_member(voice, code, rows, weights) for code, rows in by_member.items()],
    }


def _member(voice: Voice, code: str, rows: list[Row], weights: dict[tuple[str, str, str], Row]) -> dict[str, Any]:
    """Give one member: its stance, its acts, and by how much each of them moved the stance."""
    name = voice.named(f"member:{code}")
    cells = [
        (
            voice.date(row["happened_on"]),
            voice.named(f"item:{row['item']}"),
            voice.stand(row["value"]),
            _shift(voice, weights.get((code, row["item"], str(row["happened_on"])))),
            voice.cited(row),
        )
        for row in rows
    ]
    headers = [voice.t("column.date"), voice.t("column.act"), voice.t("column.stand")]
    headers += [voice.t("column.moved"), voice.t("source")]
    return {
        "code": code,
        "name": name,
        "count": voice.number(len(rows)),
        "stance": voice.value(voice.edition.find("value.stance.theta", member=f"member:{code}"), "range"),
        "acts": make_table(voice.t("members.table.acts", name=name), headers, cells, (3,)),
    }


def _shift(voice: Voice, row: Row | None) -> str:
    """Print by how much the stance would differ without an act; acts that the model does not use have none."""
    return "" if row is None else voice.cell(WEIGHTS, row[AT], "shift", "signed")


def _stances(voice: Voice, members: list[Row], acts: dict[str, list[Row]]) -> TableView:
    last = last_consents(voice)
    step, consents = list(last.items())[-1] if last else ("", {})
    rows = []
    for row in members:
        code = row["member"]
        support = voice.edition.find("value.stance.support", member=f"member:{code}")
        held = (
            Markup('<span class="held">{}{}</span>').format(_bar(support), voice.value(support, "short"))
            if support
            else ""
        )
        rows.append(
            (
                Markup('<a href="#member-{}">{}</a>').format(code, voice.named(f"member:{code}")),
                voice.date(row["member_since"]),
                held,
                voice.bare_interval(support),
                *([voice.value(consents.get(code), "short")] if step else []),
                voice.number(len(acts[code])),
            )
        )
    headers = [voice.t(f"column.{name}") for name in ("member", "since", "support", "interval")]
    headers += [voice.t("column.last", step=voice.named(f"step:{step}"))] if step else []
    headers += [voice.t("column.acts")]
    return make_table(voice.t("members.table"), headers, rows, range(4, len(headers)))


def _bar(value: Value) -> Markup:
    if isinstance(value.number, str):
        return Markup()
    low, high = (value.low, value.high) if value.low is not None and value.high is not None else (0.0, 0.0)
    width, left, right = (rounded(exact(number) * 100, 0) for number in (value.number, low, high))
    return Markup(
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="share" width="{width}" height="10"/>'
        f'<rect class="ends" x="{left}" y="4" width="{right - left}" height="2"/></svg>'
    )


def _counts(voice: Voice) -> TableView | None:
    kinds = ("value.stance.acts", "value.stance.acts-used", "value.stance.acts-unused")
    return values_table(voice, voice.t("members.acts"), voice.edition.select(*kinds))


PAGES = (Page(slug="members", place=4, group="publication", context=_members, charts={"stances": ("members-stance",)}),)
