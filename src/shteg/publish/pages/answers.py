"""The answers of the simulation as readers see them: sentences, and tables with names for codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from shteg.publish.printed import Voice
from shteg.report import TableView, render_explanations
from shteg.report.charts.path import EFFECT
from shteg.report.edition_view import AT
from shteg.report.language.explanations import TABLE as SENTENCES
from shteg.report.language.locale import exact
from shteg.report.language.tables import make_table

MOST_ROWS = 8
SIMULATED = "value.pathways.forecast"
SHOWN_YEARS_AHEAD = 10


def answer_sentences(voice: Voice) -> list[Markup]:
    """Write what the forecast comes to; nothing if the edition has no such table."""
    edition = voice.edition
    sentences = render_explanations(edition.rows(SENTENCES), voice.language, edition.lexicon, edition.values)
    return [voice.figured(sentence) for sentence in sentences]


def answer_tables(voice: Voice) -> list[TableView]:
    """Show routes, sets that must move, tornado and value of information, for the first step they are given for."""
    return [one for one in (_routes(voice), _sets(voice), _tornado(voice), _information(voice)) if one]


def shares_table(voice: Voice) -> TableView | None:
    """Show what each measure adds to the package beside what it changes alone and when left out."""
    rows = _focus(voice, "pathways.shapley")
    if not rows:
        return None
    step, year = rows[0]["step"], rows[0]["year"]
    rows.sort(key=lambda row: (-exact(row["share"]), row[AT]))
    kinds = ("share", "alone", "but_one")
    cells = [
        (
            voice.measure(row["measure"]) if row["player"] == "measure" else voice.named(f"area:{row['measure']}"),
            _with_ends(voice, "shapley", row, "share", "share", points=True),
            _alone(voice, row),
            _with_ends(voice, "shapley", row, "but_one", "but_one", points=True),
            voice.tag(row["label"]),
        )
        for row in rows
    ]
    headers = [_column(voice, "shapley", name) for name in ("measure", *kinds, "label")]
    note = f"{_note(voice, 'shapley')} {voice.t('answers.alone')}".strip()
    return make_table(_caption(voice, "shapley", step, year), headers, cells, (1, 2, 3), note)


def _alone(voice: Voice, row: Mapping[str, Any]) -> Markup:
    """Print the effect of a measure as every other table does: one number for one quantity."""
    about = {"measure": f"measure:{row['measure']}", "step": f"step:{row['step']}", "year": str(row["year"])}
    effect = voice.edition.find(EFFECT, **about) if row["player"] == "measure" else None
    if effect is None:
        return _with_ends(voice, "shapley", row, "alone", "alone", points=True)
    return voice.with_interval(effect, "plain")


def _focus(voice: Voice, table: str) -> list[dict[str, Any]]:
    """Give the rows of the first step, by the year nearest to ten years ahead."""
    rows = voice.edition.rows(table)
    if not rows:
        return []
    wanted = int(voice.edition.case.as_of[:4]) + SHOWN_YEARS_AHEAD
    year = min({row["year"] for row in rows}, key=lambda one: (abs(one - wanted), one))
    step = rows[0].get("step")
    return [row for row in rows if row.get("step") == step and row["year"] == year]


def _caption(voice: Voice, table: str, step: str, year: int) -> str:
    return f"{voice.table_title(f'pathways.{table}')}: {voice.named(f'step:{step}')}, {year}"


def _note(voice: Voice, table: str) -> str:
    return voice.table_note(f"pathways.{table}")


def _column(voice: Voice, table: str, name: str) -> str:
    return voice.column(f"pathways.{table}", name)


def _cell(voice: Voice, table: str, row: Mapping[str, Any], column: str, form: str) -> Markup:
    return voice.cell(f"pathways.{table}", row[AT], column, form)


def _with_ends(
    voice: Voice, table: str, row: Mapping[str, Any], name: str, prefix: str = "", *, points: bool = False
) -> Markup:
    start = f"{prefix}_" if prefix else ""
    columns = (name, f"{start}low", f"{start}high")
    return voice.triple(f"pathways.{table}", row[AT], columns, "points" if points else "share")


def _names(voice: Voice, kind: str, codes: str) -> str:
    return ", ".join(voice.named(f"{kind}:{code}") for code in codes.split())


def _routes(voice: Voice) -> TableView | None:
    name = "pathways.routes"
    rows = voice.edition.rows(name)
    if not rows:
        return None
    years = sorted({row["year"] for row in rows})
    shown = years if len(years) <= 4 else [years[i * (len(years) - 1) // 3] for i in range(4)]
    cells = []
    for route in dict.fromkeys(row["route"] for row in rows):
        mine = {row["year"]: row for row in rows if row["route"] == route}
        one = mine[years[0]]
        cells.append(
            (
                voice.named(f"route:{route}"),
                *(_with_ends(voice, "routes", mine[year], "probability") for year in shown),
                _cell(voice, "routes", one, "mean_years", "tenth"),
                _names(voice, "requirement-area", one["areas"]),
                _names(voice, "member", one["blockers"]),
                voice.tag(one["label"]),
            )
        )
    headers = [_column(voice, "routes", "route"), *(str(year) for year in shown)]
    headers += [_column(voice, "routes", one) for one in ("mean_years", "areas", "blockers", "label")]
    numeric = range(1, len(shown) + 2)
    return make_table(voice.table_title(name), headers, cells, numeric, voice.table_note(name))


def _sets(voice: Voice) -> TableView | None:
    rows = _focus(voice, "pathways.blocking_sets")
    if not rows:
        return None
    best: dict[int, dict[str, Any]] = {}
    for row in rows:
        kept = best.get(row["size"])
        if row["members"] != "all" and (kept is None or exact(row["probability"]) > exact(kept["probability"])):
            best[row["size"]] = row
    everyone = [row for row in rows if row["members"] == "all"]
    cells = [
        (
            _cell(voice, "blocking_sets", row, "size", "count"),
            voice.t("answers.everyone")
            if row["members"] == "all"
            else _names(voice, "member", row["members"]) or voice.t("answers.nobody"),
            _probability_of_set(voice, row),
            voice.t("yes" if exact(row["probability"]) >= exact(row["needed"]) else "no"),
        )
        for row in [*(best[size] for size in sorted(best)), *everyone]
    ]
    headers = [
        _column(voice, "blocking_sets", "size"),
        _column(voice, "blocking_sets", "members"),
        _column(voice, "blocking_sets", "probability"),
        voice.t("answers.enough"),
    ]
    caption = _caption(voice, "blocking_sets", rows[0]["step"], rows[0]["year"])
    note = f"{_note(voice, 'blocking_sets')} {voice.t('answers.runs')}".strip()
    return make_table(caption, headers, cells, (0, 2), note)


def _probability_of_set(voice: Voice, row: Mapping[str, Any]) -> Markup:
    """Print the forecast of the simulated path where nobody is moved: one number for one quantity."""
    about = {"step": f"step:{row['step']}", "year": str(row["year"])}
    forecast = voice.edition.find(SIMULATED, **about) if row["size"] == 0 else None
    if forecast is None:
        return _with_ends(voice, "blocking_sets", row, "probability")
    return voice.with_interval(forecast)


def _tornado(voice: Voice) -> TableView | None:
    rows = _focus(voice, "pathways.tornado")[:MOST_ROWS]
    if not rows:
        return None
    cells = [
        (
            voice.named(row["title_id"]),
            _cell(voice, "tornado", row, "at_low", "share"),
            _cell(voice, "tornado", row, "at_high", "share"),
            voice.tag(row["label"]),
        )
        for row in rows
    ]
    headers = [_column(voice, "tornado", name) for name in ("parameter", "at_low", "at_high", "label")]
    caption = _caption(voice, "tornado", rows[0]["step"], rows[0]["year"])
    return make_table(caption, headers, cells, (1, 2), _note(voice, "tornado"))


def _information(voice: Voice) -> TableView | None:
    rows = [row for row in _focus(voice, "pathways.value_of_information") if row["clear"] == "yes"]
    rows = [row for row in rows if row["kind"] != "effect"][:MOST_ROWS]
    if not rows:
        return None
    cells = [
        (
            _quantity(voice, row),
            _cell(voice, "value_of_information", row, "explained", "end"),
            _cell(voice, "value_of_information", row, "floor", "end"),
            _cell(voice, "value_of_information", row, "expected_change", "points"),
            voice.tag(row["label"]),
        )
        for row in rows
    ]
    headers = [
        _column(voice, "value_of_information", name)
        for name in ("parameter", "explained", "floor", "expected_change", "label")
    ]
    caption = _caption(voice, "value_of_information", rows[0]["step"], rows[0]["year"])
    return make_table(caption, headers, cells, (1, 2, 3), _note(voice, "value_of_information"))


def _quantity(voice: Voice, row: Mapping[str, Any]) -> str:
    """Name a quantity, saying of a member or a step what of it is meant."""
    name = voice.named(row["title_id"])
    kind = str(row["kind"])
    return voice.t(f"answers.{kind}", name=name) if kind in ("stance", "rate", "ratification") else name
