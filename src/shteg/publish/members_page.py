"""The page of members: a map and a table of stances, who comes last, and the acts behind it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from shteg.publish.map_drawing import (
    CLASSES,
    PAPER_STYLE,
    StanceClass,
    can_be_drawn,
    class_of,
    draw_map,
    legend_swatch,
    without_shape,
)
from shteg.publish.path_page import last_shares
from shteg.publish.table_view import TableView, make_table, values_table
from shteg.publish.voice import Voice
from shteg.report.locale import exact, rounded

Row = dict[str, Any]
WEIGHTS = "stance.act_weights"
AT = "#"
"""Key under which a row keeps its place in its table."""


def members_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `members.html.j2` needs, charts aside."""
    members = _rows(voice, "evidence.members")
    members.sort(key=lambda row: voice.sort_key(voice.named(f"member:{row['member']}")))
    acts = _rows(voice, "evidence.acts")
    acts.sort(key=lambda row: (str(row["happened_on"]), row["row"]))
    by_member: dict[str, list[Row]] = {row["member"]: [] for row in members}
    for row in acts:
        if row["actor"] in by_member:
            by_member[row["actor"]].append(row)
    weights = {(row["member"], row["item"], row["happened_on"]): row for row in _rows(voice, WEIGHTS)}
    return {
        "map": members_map(voice),
        "stances": _stances(voice, members, by_member),
        "counts": _counts(voice),
        "members": [_member(voice, code, rows, weights) for code, rows in by_member.items()],
    }


def _rows(voice: Voice, table: str) -> list[Row]:
    if table not in voice.edition.table_names:
        return []
    return [row | {AT: at} for at, row in enumerate(voice.edition.table(table).iter_rows(named=True))]


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
    theta = f"stance.theta.{code}"
    return {
        "code": code,
        "name": name,
        "count": voice.number(len(rows)),
        "stance": voice.value(theta, "range") if voice.has(theta) else "",
        "acts": make_table(voice.t("members.table.acts", name=name), headers, cells, (3,)),
    }


def _shift(voice: Voice, row: Row | None) -> str:
    """Print by how much the stance would differ without an act; acts that the model does not use have none."""
    return "" if row is None else voice.cell(WEIGHTS, row[AT], "shift", "signed")


def _stances(voice: Voice, members: list[Row], acts: dict[str, list[Row]]) -> TableView:
    last = last_shares(voice)
    step = next(reversed(last), "")
    rows = []
    for row in members:
        code = row["member"]
        support, blocker = f"stance.support.{code}", f"blocker.last.{step}.{code}"
        rows.append(
            (
                Markup('<a href="#member-{}">{}</a>').format(code, voice.named(f"member:{code}")),
                voice.date(row["member_since"]),
                Markup('<span class="held">{}{}</span>').format(_bar(voice, support), voice.value(support))
                if voice.has(support)
                else "",
                voice.bare_interval(support) if voice.has(support) else "",
                voice.value(blocker) if voice.has(blocker) else "",
                voice.number(len(acts[code])),
            )
        )
    headers = [voice.t(f"column.{name}") for name in ("member", "since", "support", "interval")]
    headers += [voice.t("column.last", step=voice.named(f"step:{step}")) if step else "", voice.t("column.acts")]
    if not step:
        return make_table(
            voice.t("members.table"), [*headers[:4], headers[5]], [(*row[:4], row[5]) for row in rows], (4,)
        )
    return make_table(voice.t("members.table"), headers, rows, (4, 5))


def _bar(voice: Voice, value_id: str) -> Markup:
    value = voice.edition.value(value_id)
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
    wanted = [one for one in voice.edition.values if one.startswith(("acts.", "stance.acts."))]
    return values_table(voice, voice.t("members.acts"), wanted)


def _classes(voice: Voice) -> dict[str, StanceClass]:
    start = "stance.support."
    return {
        value_id.removeprefix(start): class_of(float(value.number))
        for value_id, value in voice.edition.values.items()
        if value_id.startswith(start) and not isinstance(value.number, str)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    drawing: Markup
    sentence: str
    note: str
    classes: frozenset[StanceClass]


def _draw(voice: Voice) -> _Map | None:
    members = {row["member"] for row in _rows(voice, "evidence.members")}
    classes = {code: name for code, name in _classes(voice).items() if code in members}
    subject = voice.edition.case["aspirant"]
    if not classes or not can_be_drawn(frozenset(classes), subject):
        return None
    unlikely = [code for code, name in classes.items() if name in ("unclear", "against")]
    sentence = _sentence(voice, len(classes), unlikely)
    footnote = voice.own(voice.edition.case.get("footnote"))
    star = "*" if footnote else ""
    small = sorted((voice.named(f"member:{one}") for one in without_shape(frozenset(classes))), key=voice.sort_key)
    notes = [f"{star} {footnote}"] if footnote else []
    notes += [voice.t("members.map.small", names=", ".join(small))] if small else []
    names = {code: voice.named(f"country:{code}") for code in unlikely}
    names[subject] = voice.named(f"country:{subject}").removesuffix("*") + star
    return _Map(
        drawing=draw_map(classes, subject=subject, names=names, sentence=sentence, language=voice.language),
        sentence=sentence,
        note=" ".join(notes),
        classes=frozenset(classes.values()),
    )


def _sentence(voice: Voice, count: int, unlikely: list[str]) -> str:
    if not unlikely:
        return voice.t("members.map.sentence-none", count=voice.number(count))
    shown = sorted((voice.named(f"member:{code}") for code in unlikely), key=voice.sort_key)
    return voice.t(
        "members.map.sentence",
        count=voice.number(count),
        high=voice.number(count - len(shown)),
        low=voice.number(len(shown)),
        names=", ".join(shown),
    )


def members_map(voice: Voice) -> Markup:
    """Draw the map with legend and notes; empty if the members have no shape (a made-up world)."""
    found = _draw(voice)
    if found is None:
        return Markup()
    return Markup(
        '<figure class="figure map" id="members-map"><figcaption><span class="kind">{}</span>'
        '<span class="head">{}</span></figcaption><div class="plot fits">{}</div>{}<p class="says">{}</p>'
        '<p class="note">{}{}</p></figure>'
    ).format(
        voice.t("figure"),
        voice.t("members.map.title"),
        found.drawing,
        _legend(voice, found.classes),
        found.sentence,
        Markup("{}<br>").format(found.note) if found.note else "",
        voice.t("members.map.note"),
    )


def paper_map(voice: Voice) -> tuple[str, str, str, str] | None:
    """Draw the map for paper: drawing, title, sentence, note; None if the members have no shape."""
    found = _draw(voice)
    if found is None:
        return None
    svg = str(found.drawing).replace("<defs>", f"<defs><style>{PAPER_STYLE}</style>", 1)
    return svg, voice.t("members.map.title"), found.sentence, f"{found.note} {voice.t('members.map.note')}".strip()


def _legend(voice: Voice, used: frozenset[StanceClass]) -> Markup:
    half, most, least = (voice.percent(share) for share in (0.5, 0.9, 0.1))
    words = {
        "support": voice.t("members.class.support", share=most),
        "open": voice.t("members.class.open", low=half, high=most),
        "unclear": voice.t("members.class.unclear", low=least, high=half),
        "against": voice.t("members.class.against", share=least),
    }
    items = [Markup("<li>{}{}</li>").format(legend_swatch(name), words[name]) for name in CLASSES if name in used]
    return Markup('<p class="label">{}</p><ul class="legend">{}</ul>').format(
        voice.t("column.support"), Markup().join(items)
    )
