"""A page for each member: where it stands, what it did, what would move it, how often it is the last to consent."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.html.naming import member_link, member_slug
from shteg.publish.html.page import Material, Page
from shteg.publish.html.tables import values_table
from shteg.publish.pages.texts import text_parts
from shteg.publish.printed import Voice
from shteg.publish.records.member import TABLE, acts_of, said_by
from shteg.report import EditionView, TableView
from shteg.report.charts.parts import number_of
from shteg.report.charts.single import member_stance
from shteg.report.edition_view import AT, Row
from shteg.report.language.locale import exact
from shteg.report.language.tables import make_table

TEXT = "members"
"""The text of the case on its members: a part for each, under a heading of level 2 with its code as id."""
WEIGHTS = "stance.act_weights"
OBJECTIONS, GOVERNMENTS = "evidence.objections", "evidence.governments"
PLACES, TRAJECTORY, WOULD_CHANGE = "stance.members", "stance.trajectory", "stance.would_change"
LAST = ("value.pathways.blocker_last_consent", "value.pathways.blocker_last_ratification")
HELD = ("value.pathways.blocker_horizon_consent", "value.pathways.blocker_horizon_ratification")
IMPORTANCE = ("value.pathways.blocker_importance",)
RATES = ("value.consent.onset", "value.consent.end", "value.accession.next-days")


def in_order(voice: Voice) -> list[Row]:
    """Give the members as a reader of the language looks them up."""
    rows = voice.edition.rows("evidence.members")
    return sorted(rows, key=lambda row: voice.sort_key(voice.named(f"member:{row['member']}")))


@lru_cache(maxsize=8)
def member_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each member."""
    return tuple(_member_page(row["member"]) for row in edition.rows("evidence.members"))


def _member_page(code: str) -> Page:
    return Page(
        slug=member_slug(code),
        template="member",
        context=lambda material: member_context(material, code),
        title=lambda material: material.voice.named(f"member:{code}"),
        within="members",
    )


def member_context(material: Material, code: str) -> dict[str, Any]:
    """Give what the template `member.html.j2` needs.

    Parameters
    ----------
    material : Material
        Language and texts.
    code : str
        Of the member.

    Returns
    -------
    dict
    """
    voice = material.voice
    before, after = _neighbours(voice, code)
    slug, chart = member_slug(code), member_stance(voice, code)
    own = text_parts(material, TEXT, member_slug(code), only=code.lower())
    return {
        "charts": {"stance": [material.figures.figure_of(slug, chart)] if chart else []},
        "facts": _facts(voice, code),
        "place": _place(voice, code),
        "text": own[0]["body"] if own else "",
        "record": _record(voice, code),
        "trajectory": _trajectory(voice, code),
        "would_change": _would_change(voice, code),
        "next_acts": values_table(voice, voice.t("member.next"), _about(voice, code, "value.stance.next")),
        "last": _last(voice, code),
        "rates": values_table(voice, voice.t("member.rates"), _about(voice, code, *RATES)),
        "objections": _objections(voice, code),
        "governments": _governments(voice, code),
        "before": before,
        "after": after,
    }


def _neighbours(voice: Voice, code: str) -> tuple[Markup, Markup]:
    codes = voice.edition.once(("members in order", voice.language), lambda: [row["member"] for row in in_order(voice)])
    at = codes.index(code)
    before = member_link(voice, codes[at - 1]) if at else Markup()
    return before, member_link(voice, codes[at + 1]) if at + 1 < len(codes) else Markup()


def _about(voice: Voice, code: str, *kinds: str) -> list[Value]:
    return voice.edition.select(*kinds, member=f"member:{code}")


def _facts(voice: Voice, code: str) -> list[tuple[str, Any]]:
    """Give the figures that a reader looks for first, each with what it is and how firmly it is known."""
    found = []
    for kind in ("value.stance.support", "value.stance.theta"):
        for value in _about(voice, code, kind)[:1]:
            printed = Markup("{} {}").format(voice.value(value, "range"), voice.tag(value.label))
            found.append((voice.what(value), printed))
    for row in voice.edition.rows("evidence.members"):
        if row["member"] == code:
            since = Markup("{} ({})").format(voice.date(row["member_since"]), voice.cited(row))
            found.append((voice.t("column.since"), since))
    return found


def _place(voice: Voice, code: str) -> Markup:
    """Say where it stands among the members, and a rank only where it can be told apart."""
    rows = voice.edition.rows(PLACES)
    for row in rows:
        if row["member"] == code:
            low, high = (voice.placed(PLACES, row[AT], f"rank_{end}", "count") for end in ("low", "high"))
            count = voice.edition.find("value.case.members")
            told = {"count": voice.show(count) if count else voice.number(len(rows))}
            if row["rank_low"] == row["rank_high"]:
                return voice.figured(voice.t("member.rank", rank=low, **told))
            wide = row["rank_high"] - row["rank_low"] + 1 > len(rows) / 2
            kind = "member.rank.most" if wide else "member.rank.between"
            return voice.figured(voice.t(kind, low=low, high=high, **told))
    return Markup()


def _record(voice: Voice, code: str) -> TableView | None:
    rows = acts_of(voice.edition)[code]
    shifts = voice.edition.once(
        ("shifts of acts",),
        lambda: {(row["member"], row["item"], row["happened_on"]): row[AT] for row in voice.edition.rows(WEIGHTS)},
    )
    cells = []
    for row in rows:
        at = shifts.get((code, row["item"], str(row["happened_on"])))
        shift = voice.t("member.no-weight") if at is None else voice.cell(WEIGHTS, at, "shift", "signed")
        cells.append((voice.date(row["happened_on"]), _told(voice, row), shift, voice.cited(row)))
    headers = [voice.t(f"column.{name}") for name in ("date", "act", "moved")]
    caption = voice.t("members.table.acts", name=voice.named(f"member:{code}"))
    return make_table(caption, [*headers, voice.t("source")], cells, (2,)) if cells else None


def _told(voice: Voice, row: Row) -> Markup:
    """Say what an act was, with its kind below."""
    return Markup('{}<br><span class="note">{}</span>').format(said_by(voice, row), voice.named(f"item:{row['item']}"))


def _trajectory(voice: Voice, code: str) -> TableView | None:
    rows = [
        (
            voice.cell(TRAJECTORY, row[AT], "year", "year"),
            voice.cell(TRAJECTORY, row[AT], "mean", "signed"),
            _ends(voice, TRAJECTORY, row, "low", "high", "signed"),
        )
        for row in _rows_of(voice, TRAJECTORY, code)
    ]
    headers = [voice.column(TRAJECTORY, "year"), voice.t("member.stance"), voice.t("column.interval")]
    return make_table(voice.t("member.trajectory"), headers, rows, (0, 1, 2)) if rows else None


def _rows_of(voice: Voice, table: str, code: str) -> list[Row]:
    """Give the rows of a table on one member; each table is divided once."""

    def divide() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in voice.edition.rows(table):
            found.setdefault(row["member"], []).append(row)
        return found

    return voice.edition.once(("by member", table), divide).get(code, [])


def _ends(voice: Voice, table: str, row: Row, low: str, high: str, form: str) -> Markup:
    return Markup(voice.t("member.from-to", low="{}", high="{}")).format(
        *(voice.cell(table, row[AT], end, form) for end in (low, high))
    )


def _would_change(voice: Voice, code: str) -> TableView | None:
    found = sorted(_rows_of(voice, WOULD_CHANGE, code), key=lambda row: (-abs(exact(row["shift"])), row[AT]))
    rows = [
        (
            _told(voice, row | {TABLE: WOULD_CHANGE}),
            voice.cell(WOULD_CHANGE, row[AT], "shift", "signed"),
            voice.cell(WOULD_CHANGE, row[AT], "probability", "share"),
        )
        for row in found
    ]
    headers = [voice.t("member.if"), voice.t("member.shift"), voice.t("member.chance")]
    return make_table(voice.t("member.would-change"), headers, rows, (1, 2)) if rows else None


def _last(voice: Voice, code: str) -> TableView | None:
    """Give, by step, how often it is the last to consent, how often it still holds out, what its consent would add."""
    kinds = (LAST, HELD, IMPORTANCE)
    rows = []
    for step in voice.edition.steps:
        values = [voice.edition.find(*kind, member=f"member:{code}", step=f"step:{step.id}") for kind in kinds]
        if any(value is not None and (isinstance(value.number, str) or number_of(value) > 0) for value in values):
            rows.append((voice.own(step.title), *map(voice.with_interval, values)))
    headers = [voice.t(f"member.last.{name}") for name in ("step", "last", "held", "importance")]
    return make_table(voice.t("member.last"), headers, rows, (1, 2, 3)) if rows else None


def _objections(voice: Voice, code: str) -> TableView | None:
    rows = [
        (
            _span(voice, row["began"], row["ended"]),
            voice.word("country", row["candidate"]),
            voice.word("step", row["step"]),
            voice.word("ground", row["ground"] or ""),
            voice.word("ending", row["ending"]) if row["ending"] else voice.t("member.objections.open"),
            voice.cited(row),
        )
        for row in sorted(_rows_of(voice, OBJECTIONS, code), key=lambda row: (str(row["began"]), row["row"]))
    ]
    headers = [voice.t(f"member.objections.{name}") for name in ("when", "candidate", "step", "ground", "ending")]
    return make_table(voice.t("member.objections"), [*headers, voice.t("source")], rows) if rows else None


def _span(voice: Voice, began: str, ended: str | None) -> str:
    return voice.date(f"{began}/{ended}") if ended else voice.t("member.since", date=voice.date(began))


def _governments(voice: Voice, code: str) -> TableView | None:
    found: Iterable[Row] = (row for row in voice.edition.rows(GOVERNMENTS) if row["country"] == code)
    ordered = sorted(found, key=lambda row: (str(row["happened_on"]), row["row"]))
    rows = [(voice.date(row["happened_on"]), voice.cited(row)) for row in ordered]
    headers = [voice.t("member.government"), voice.t("source")]
    return make_table(voice.t("member.governments"), headers, rows) if rows else None


MAKERS = (member_pages,)
