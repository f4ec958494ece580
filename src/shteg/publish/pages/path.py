"""The page of the path: rungs with probabilities, last consents, the ladder of others, programmes, chronicle."""

from __future__ import annotations

from typing import Any

from shteg.publish.html.tables import TableView, make_table, values_table
from shteg.publish.pages.answers import answer_sentences, answer_tables
from shteg.publish.pages.skill import base_rate_table, leads_text, leads_with_base_rate
from shteg.publish.printed import Voice
from shteg.report.language.locale import exact

LAST_SHOWN = 8
"""Members in the table of last consents."""


def path_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `path.html.j2` needs, charts aside."""
    return {
        "forecast": _forecast(voice),
        "leads": leads_text(voice) if leads_with_base_rate(voice) else "",
        "base_rate": base_rate_table(voice) if leads_with_base_rate(voice) else None,
        "rungs": [_rung(voice, step) for step in voice.edition.steps],
        "blockers": _blockers(voice),
        "missing_text": voice.t("path.missing.votes" if _by_votes(voice) else "path.missing.text"),
        "answers": answer_sentences(voice),
        "answer_tables": answer_tables(voice),
        "ladder": [table for table in (_ladder_summary(voice), _ladder_days(voice)) if table],
        "programmes": [table for table in (_programmes(voice), _partnerships(voice)) if table],
        "chronicle": _chronicle(voice),
    }


def forecast_years(voice: Voice) -> list[str]:
    """List the years that forecasts are given for."""
    found = {value_id.rsplit(".", 1)[1] for value_id in voice.edition.values if value_id.startswith("forecast.")}
    return sorted(year for year in found if year.isdigit())


def _rung(voice: Voice, step: dict[str, Any]) -> dict[str, Any]:
    median = f"forecast.median-year.{step['id']}"
    sponsors = ", ".join(voice.named(f"country:{code}") for code in step.get("sponsors") or ())
    count = len(_members(voice))
    needed = votes_needed(str(step["rule"]), count)
    votes = voice.t("rule.votes", needed=voice.number(needed), count=voice.number(count)) if needed else ""
    taken = voice.edition.steps_taken().get(step["id"])
    return {
        "id": step["id"],
        "taken": voice.t("path.taken", date=voice.date(taken)) if taken else "",
        "title": voice.own(step["title"]),
        "median": voice.value(median, "range") if voice.has(median) and not taken else "",
        "rule": voice.t(f"rule.{step['rule']}", sponsors=sponsors) + (f" {votes}" if votes else ""),
        "after": ", ".join(voice.named(f"step:{name}") for name in step.get("prerequisites") or ()),
    }


def _members(voice: Voice) -> list[str]:
    known = "evidence.members" in voice.edition.table_names
    return voice.edition.table("evidence.members")["member"].to_list() if known else []


def votes_needed(rule: str, members: int) -> int:
    """Give how many members must consent where some suffice; 0 where the rule is no count of this kind."""
    if not members:
        return 0
    return {"two_thirds": -(-2 * members // 3), "majority": members // 2 + 1}.get(rule, 0)


def steps_ahead(voice: Voice) -> list[dict[str, Any]]:
    """List the steps that the aspirant has not taken; all of them once none is left."""
    taken = voice.edition.steps_taken()
    return [step for step in voice.edition.steps if step["id"] not in taken] or list(voice.edition.steps)


def _forecast(voice: Voice) -> TableView | None:
    years = forecast_years(voice)
    rows = []
    for step in steps_ahead(voice):
        ids = [f"forecast.{step['id']}.{year}" for year in years]
        if any(voice.has(one) for one in ids):
            rows.append(
                (voice.own(step["title"]), *(voice.with_interval(one) if voice.has(one) else "" for one in ids))
            )
    if not rows:
        return None
    headers = [voice.t("column.step"), *years]
    return make_table(voice.t("path.table"), headers, rows, range(1, len(headers)))


def last_shares(voice: Voice) -> dict[str, dict[str, float]]:
    """Give, by step and member, how often the member is the last to consent (a share)."""
    shares: dict[str, dict[str, float]] = {}
    for step in voice.edition.steps:
        start = f"blocker.last.{step['id']}."
        found = {
            value_id.removeprefix(start): float(exact(value.number))
            for value_id, value in voice.edition.values.items()
            if value_id.startswith(start) and not isinstance(value.number, str)
        }
        if found:
            shares[step["id"]] = found
    return shares


def _by_votes(voice: Voice) -> bool:
    """Tell whether some of the members suffice for every step ahead that they decide on."""
    rules = {step["rule"] for step in steps_ahead(voice)} - {"none"}
    return bool(rules) and rules <= {"two_thirds", "majority"}


def _blockers(voice: Voice) -> TableView | None:
    shares = last_shares(voice)
    if not shares:
        return None
    members = sorted({code for found in shares.values() for code in found})
    members.sort(key=lambda code: -max(found.get(code, 0.0) for found in shares.values()))
    rows = [
        (
            voice.named(f"member:{code}"),
            *(voice.value(f"blocker.last.{step}.{code}") if code in shares[step] else "" for step in shares),
        )
        for code in members[:LAST_SHOWN]
    ]
    headers = [voice.t("column.member"), *(voice.named(f"step:{step}") for step in shares)]
    return make_table(voice.t("path.missing"), headers, rows, range(1, len(headers)))


def _ladder_summary(voice: Voice) -> TableView | None:
    ids = [one for one in voice.edition.values if one.startswith("ladder.") and not one.startswith("ladder.days.")]
    return values_table(voice, voice.t("path.ladder.summary"), ids)


def _ladder_days(voice: Voice) -> TableView | None:
    found = [one.split(".")[2:] for one in voice.edition.values if one.startswith("ladder.days.")]
    spans = sorted({tuple(parts[1:]) for parts in found if len(parts) == 3})
    if not spans:
        return None
    countries = sorted(
        {parts[0] for parts in found if len(parts) == 3}, key=lambda code: voice.named(f"country:{code}")
    )
    rows = [
        (
            voice.named(f"country:{code}"),
            *(
                voice.value(f"ladder.days.{code}.{start}.{end}", "plain")
                if voice.has(f"ladder.days.{code}.{start}.{end}")
                else ""
                for start, end in spans
            ),
        )
        for code in countries
    ]
    headers = [voice.t("column.country")]
    headers += [f"{voice.event(start)} → {voice.event(end)}" for start, end in spans]
    return make_table(voice.t("path.ladder.days"), headers, rows, range(1, len(headers)))


def _programmes(voice: Voice) -> TableView | None:
    if "evidence.programmes" not in voice.edition.table_names:
        return None
    names = ("name", "body", "rule", "prerequisites")
    rows = [
        (
            voice.field(row, "title"),
            voice.field(row, "decision_body"),
            voice.t(f"rule-short.{row['decision_rule']}"),
            voice.field(row, "prerequisites"),
            voice.cited(row),
        )
        for row in voice.edition.table("evidence.programmes").iter_rows(named=True)
    ]
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    return make_table(voice.t("path.programmes"), headers, rows)


def _partnerships(voice: Voice) -> TableView | None:
    if "evidence.partnerships" not in voice.edition.table_names:
        return None
    rows = [
        (
            voice.field(row, "name"),
            voice.named(f"country:{row['partner']}"),
            voice.date(row["happened_on"]),
            voice.cited(row),
        )
        for row in voice.edition.table("evidence.partnerships").iter_rows(named=True)
    ]
    headers = [*(voice.t(f"column.{name}") for name in ("name", "partner", "since-date")), voice.t("source")]
    return make_table(voice.t("path.partnerships"), headers, rows)


def _chronicle(voice: Voice) -> TableView | None:
    if "evidence.chronicle" not in voice.edition.table_names:
        return None
    frame = voice.edition.table("evidence.chronicle").sort("happened_on", "id")
    rows = [
        (voice.date(row["happened_on"]), voice.field(row, "title"), voice.cited(row))
        for row in frame.iter_rows(named=True)
    ]
    headers = [voice.t("column.date"), voice.t("column.event"), voice.t("source")]
    return make_table(voice.t("path.chronicle"), headers, rows)
