"""`shteg diff`: what changed between two editions, and which evidence moved the forecast."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shteg.cli.options import json_option
from shteg.cli.progress import progress_bars
from shteg.edition import Options
from shteg.errors import UsageError
from shteg.keeping import user_cache

if TYPE_CHECKING:
    from rich.console import Console

    from shteg.changes.sides import Side
    from shteg.changes.stage import Comparison

POOL = "pool"
LISTED = 12
"""Figures listed in the terminal; `--all`, `--markdown` and `--json` list more."""


@click.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--step", help="The step whose change is shared out; default: the last one.")
@click.option("--year", type=int, help="By the end of which year; default: the first that both report.")
@click.option("--all", "everything", is_flag=True, help="Every figure that moved, not only forecasts and quoted ones.")
@click.option("--no-attribution", is_flag=True, help="Compare only; do not compute which evidence moved the forecast.")
@click.option("--sets", type=click.IntRange(4), help="The most sets of groups to compute; with more, orders are drawn.")
@click.option("--markdown", is_flag=True, help="A table of figures, from, to and why, for a change log.")
@click.option("--language", help="Language of what is printed; default: the first of the later edition.")
@click.option("--verified-only", is_flag=True, help="Leave out rows whose source nobody has read (of cases).")
@click.option("--threads", type=click.IntRange(1), help="Threads to use; results never depend on it.")
@click.option("--cache", type=click.Path(path_type=Path), help="Folder for kept results.")
@click.option("--no-cache", is_flag=True, help="Compute everything anew and keep nothing.")
@json_option
def command(
    before: str,
    after: str,
    step: str | None,
    year: int | None,
    everything: bool,
    no_attribution: bool,
    sets: int | None,
    markdown: bool,
    language: str | None,
    verified_only: bool,
    threads: int | None,
    cache: Path | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Say what changed from BEFORE to AFTER: figures, evidence, and which evidence moved the forecast.

    Each is an edition (its folder, its site, or a zip of one), a case (a folder, or a shipped one), or a case as of an
    earlier day: CASE@2022-01-01.
    """
    from shteg.changes.shapley import MOST_SETS
    from shteg.changes.sides import open_side
    from shteg.changes.stage import compare_sides

    place = None if no_cache else cache or user_cache(sys.platform, os.environ)
    options = Options(verified_only=verified_only, threads=threads, cache=place)
    with progress_bars(quiet=as_json) as tell:
        sides = [open_side(given, options, tell) for given in (before, after)]
        compared = compare_sides(
            *sides, cache=place, threads=threads, progress=lambda done, total: tell("changes", done, total),
            attributed=not no_attribution, most_sets=sets or MOST_SETS,
        )  # fmt: skip
    spoken = _language(sides[1], language)
    if as_json:
        click.echo(json.dumps(_plain(compared), ensure_ascii=False, indent=1))
    elif markdown:
        lines = [_heads(spoken), "| --- | --- | --- | --- |", *_markdown(compared, spoken, everything)]
        click.echo("\n".join(lines))
    else:
        _print(compared, _Asked(spoken, step, year, everything))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a comparison is printed, and in which language."""

    language: str
    step: str | None
    year: int | None
    everything: bool


def _language(side: Side, wanted: str | None) -> str:
    found = next((one for one in side.languages if wanted in (None, one)), None)
    if found is None or not found.known:
        hint = "choose one of " + ", ".join(side.languages)
        raise UsageError(f"{side.name} has no language {wanted!r}", hint, "--language")
    return found


def _rows(compared: Comparison, table: str) -> list[dict[str, Any]]:
    return compared.result.tables[table].frame.to_dicts()


def _plain(compared: Comparison) -> dict[str, Any]:
    tables = {name: _rows(compared, name) for name in compared.result.tables}
    return {"case": compared.after.case_id, **tables}


def _heads(language: str) -> str:
    from shteg.report.language.messages import message

    return "| " + " | ".join(message(language, f"cli.diff.{one}") for one in ("figure", "from", "to", "why")) + " |"


def _markdown(compared: Comparison, language: str, everything: bool) -> Iterator[str]:
    for what, one, other, why in _moved(compared, language, everything):
        cells = (what, one, other, why)
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _moved(compared: Comparison, language: str, everything: bool) -> Iterator[tuple[str, str, str, str]]:
    """Give figures that print otherwise: id with what it is, from, to, why; forecasts and quoted ones first."""
    from shteg.report.language.messages import message
    from shteg.report.language.values import format_value

    before, after = compared.before, compared.after
    quoted = before.quoted | after.quoted
    nothing = message(language, "cli.diff.none")

    def printed(side: Side, name: str) -> str:
        value = side.values.get(name)
        if value is None:
            return nothing
        return format_value(value, language, style="range" if value.low is not None else "number", lexicon=_names(side))

    for row in _rows(compared, "figures"):
        name = row["moved_value"]
        leads = row["label_key"] == "value.pool.forecast" or name in quoted
        if not (leads or everything):
            continue
        one, other = printed(before, name), printed(after, name)
        if one != other:
            groups = [message(language, f"changes.group.{group}") for group in row["why"].split()]
            yield f"`{name}`", one, other, "; ".join(groups)


def _names(side: Side) -> dict[str, dict[str, str]]:
    return {key: dict(names) for key, names in side.lexicon.items()}


def _named(compared: Comparison, step: str, language: str) -> str:
    for side in (compared.after, compared.before):
        names = side.lexicon.get(f"step:{step}", {})
        if language in names:
            return names[language]
    return step


def _print(compared: Comparison, asked: _Asked) -> None:
    from rich.console import Console
    from rich.table import Table

    from shteg.report.language.editions import edition_name
    from shteg.report.language.locale import format_date
    from shteg.report.language.messages import message

    language, console = asked.language, Console()

    def t(key: str, **args: str) -> str:
        return message(language, key, args)

    told = [
        t("cli.diff.editions", name=edition_name(side.spoken, language), edition=side.edition,
          day=format_date(side.day.isoformat(), language))
        for side in (compared.before, compared.after)
    ]  # fmt: skip
    console.print(t("cli.diff.title", before=told[0], after=told[1]), highlight=False)
    if compared.attribution is None:
        console.print(t("cli.diff.not-attributable", reason=compared.reason), highlight=False)
    else:
        _print_contributions(compared, asked, console)
    table = Table(title=t("cli.diff.evidence"), title_justify="left")
    for number, name in enumerate(("group", "added", "changed", "withdrawn", "cause")):
        table.add_column(t(f"column.{name}"), justify="right" if 0 < number < 4 else "left")
    for row in _rows(compared, "groups"):
        counts = [str(row[name]) for name in ("added", "changed", "withdrawn")]
        if row["cause"] == "swapped" or counts != ["0"] * 3:
            table.add_row(t(f"changes.group.{row['group']}"), *counts, t(f"changes.cause.{row['cause']}"))
    console.print(table if table.rows else t("cli.diff.nothing"))
    _print_figures(compared, asked, console)


def _print_contributions(compared: Comparison, asked: _Asked, console: Console) -> None:
    from rich.table import Table

    from shteg.report.language.cells import format_cell
    from shteg.report.language.messages import message

    language = asked.language
    forecasts = [row for row in _rows(compared, "forecast") if row["model"] == POOL]
    step, year = _chosen(forecasts, asked)
    (whole,) = (row for row in forecasts if (row["step"], row["year"]) == (step, year))
    ends = {name: format_cell(whole[name], "share", language) for name in ("before", "after")}
    title = message(
        language, "cli.diff.contributions", {"step": _named(compared, step, language), "year": str(year), **ends}
    )
    table = Table(title=title, title_justify="left")
    table.add_column(message(language, "column.group"))
    table.add_column(message(language, "column.change"), justify="right")
    for row in _rows(compared, "contributions"):
        if (row["model"], row["step"], row["year"]) == (POOL, step, year):
            exact = row["change"] == 0.0
            shown = "none" if exact else "points-2"
            number = row["shown"] if row["shown"] else row["change"]
            table.add_row(message(language, f"changes.group.{row['group']}"), format_cell(number, shown, language))
    table.add_section()
    table.add_row(message(language, "changes.total"), format_cell(whole["shown"], "points-2", language))
    console.print(table)
    (how,) = _rows(compared, "attribution")
    key = "exact" if how["all_sets"] else "orders"
    console.print(message(language, f"cli.diff.{key}", {"sets": str(how["sets"])}), highlight=False)


def _chosen(forecasts: Sequence[dict[str, Any]], asked: _Asked) -> tuple[str, int]:
    steps = list(dict.fromkeys(row["step"] for row in forecasts))
    step = asked.step or steps[-1]
    if step not in steps:
        raise UsageError(f"both editions foretell no step {step!r}", f"choose one of {', '.join(steps)}", "--step")
    years = [row["year"] for row in forecasts if row["step"] == step]
    year = years[0] if asked.year is None else asked.year
    if year not in years:
        listed = ", ".join(map(str, years))
        raise UsageError(f"both editions report no year {year}", f"choose one of {listed}", "--year")
    return step, year


def _print_figures(compared: Comparison, asked: _Asked, console: Console) -> None:
    from rich.table import Table

    from shteg.report.language.messages import message

    language, rows = asked.language, _rows(compared, "figures")
    counts = {state: str(sum(row["became"] == state for row in rows)) for state in ("moved", "added", "gone")}
    console.print(message(language, "cli.diff.figures", counts), highlight=False)
    listed = list(_moved(compared, language, asked.everything))
    if not listed:
        console.print(message(language, "cli.diff.figures.none"), highlight=False)
        return
    table = Table()
    for name in ("figure", "from", "to", "why"):
        table.add_column(message(language, f"cli.diff.{name}"), overflow="fold")
    for row in listed if asked.everything else listed[:LISTED]:
        table.add_row(*row)
    console.print(table)
    if not asked.everything and len(listed) > LISTED:
        console.print(message(language, "cli.diff.more", {"count": str(len(listed) - LISTED)}), highlight=False)
