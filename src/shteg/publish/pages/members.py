"""The page of members: a map and a table of stances, who comes last, and the acts behind it all."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.publish.drawing.members_map import members_map
from shteg.publish.html.tables import TableView, make_table, values_table
from shteg.publish.pages.path import last_shares
from shteg.publish.printed import AT, Row, Voice, rows_of
from shteg.report.language.locale import exact, rounded

WEIGHTS = "stance.act_weights"


def members_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `members.html.j2` needs, charts aside."""
    members = rows_of(voice, "evidence.members")
    members.sort(key=lambda row: voice.sort_key(voice.named(f"member:{row['member']}")))
    acts = rows_of(voice, "evidence.acts")
    acts.sort(key=lambda row: (str(row["happened_on"]), row["row"]))
    by_member: dict[str, list[Row]] = {row["member"]: [] for row in members}
    for row in acts:
        if row["actor"] in by_member:
            by_member[row["actor"]].append(row)
    weights = {(row["member"], row["item"], row["happened_on"]): row for row in rows_of(voice, WEIGHTS)}
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
