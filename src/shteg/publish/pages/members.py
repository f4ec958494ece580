"""The page of members: a map and a table of stances, which lead to a page for each."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.html.members_map import members_map
from shteg.publish.html.naming import member_link
from shteg.publish.html.page import Material, Page
from shteg.publish.html.tables import values_table
from shteg.publish.pages.member import in_order
from shteg.publish.pages.path import last_consents
from shteg.publish.printed import Voice
from shteg.publish.records.member import acts_of
from shteg.report import TableView
from shteg.report.language.locale import exact, rounded
from shteg.report.language.tables import make_table


def _members(material: Material) -> dict[str, Any]:
    voice = material.voice
    return {"map": members_map(voice), "stances": _stances(voice), "counts": _counts(voice)}


def _stances(voice: Voice) -> TableView:
    acts = acts_of(voice.edition)
    last = last_consents(voice)
    step, consents = list(last.items())[-1] if last else ("", {})
    rows = []
    for row in in_order(voice):
        code = row["member"]
        support = voice.edition.find("value.stance.support", member=f"member:{code}")
        held = (
            Markup('<span class="held">{}{}</span>').format(_bar(support), voice.value(support, "short"))
            if support
            else ""
        )
        rows.append(
            (
                member_link(voice, code),
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
    return make_table(voice.t("members.table"), headers, rows, range(4, len(headers)), main=2)


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
