"""The report on weights: margins before and after, what the weights cost, and what was taken for granted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import polars as pl

from shteg.cli.weighting.data import Words
from shteg.keeping import remove_left_over, write_whole
from shteg.report.language.locale import format_number, format_percent
from shteg.report.language.messages import message
from shteg.spreadsheets import AS_TEXT, inert_frame
from shteg.survey.one_pass.domains import JOINT
from shteg.survey.weights.target_forms import CROSS
from shteg.survey.weights.target_match import NO_ANSWER, Aims, Note
from shteg.survey.weights.target_sheet import TargetSheet
from shteg.survey.weights.weigh import WeightResult

COSTS = (
    "n",
    "n_effective",
    "deff",
    "efficiency",
    "mean",
    "min",
    "max",
    "cv",
    "share_top1",
    "share_top5",
    "share_largest",
)
SHARES = ("efficiency", "share_top1", "share_top5", "share_largest")
WHOLE = ("n", "n_effective")
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{padding:.35rem .75rem;border-bottom:1px solid #8886;text-align:right}th:first-child{text-align:left}"
    "tbody th{font-weight:400}.margin{font-weight:600}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightReport:
    """What is told of new weights.

    Attributes
    ----------
    title : str
        Of the data.
    targets : str
        File of the targets.
    margins : polars.DataFrame
        variable, category (as the sheet has them), code, target, before, after (numbers of persons, or totals of a
        number) and, of margins, their shares: target_share, before_share, after_share.
    costs : polars.DataFrame
        Two rows, before and after.
    facts : tuple of (key, count)
        Counts that are told in a sentence each.
    notes : tuple of (key, values)
        What was taken for granted.
    words : mapping of language to Words
        What columns and codes are called.
    """

    title: str
    targets: str
    margins: pl.DataFrame
    costs: pl.DataFrame
    facts: tuple[tuple[str, int], ...]
    notes: tuple[Note, ...]
    words: Mapping[str, Words]


def report_of(
    result: WeightResult, aims: Aims, sheet: TargetSheet, title: str, words: Mapping[str, Words]
) -> WeightReport:
    """Gather what is told of new weights.

    Parameters
    ----------
    result : WeightResult
    aims : Aims
        What they were to reach.
    sheet : TargetSheet
        Where that was written.
    title : str
        Of the data.
    words : mapping of language to Words
        What columns and codes are called.

    Returns
    -------
    WeightReport
    """
    sums: dict[str, list[float]] = {}
    for one in result.constraints:
        known = sums.setdefault(one.margin, [0.0, 0.0, 0.0])
        for place, number in enumerate((one.target, one.before, one.after)):
            known[place] += number
    rows = []
    for one in result.constraints:
        parts = (one.target, one.before, one.after)
        shares = [part / whole if one.category else None for part, whole in zip(parts, sums[one.margin], strict=True)]
        rows.append(
            {
                "variable": one.margin.removesuffix(" (targets)"),
                "category": aims.labels.get((one.margin, one.category), one.category),
                "code": one.category,
                **dict(zip(("target", "before", "after"), parts, strict=True)),
                **dict(zip(("target_share", "before_share", "after_share"), shares, strict=True)),
            }
        )
    costs = result.diagnostics.with_columns(efficiency=pl.col("n_effective") / pl.col("n"))
    return WeightReport(
        title=title,
        targets=sheet.file,
        margins=pl.DataFrame(rows, infer_schema_length=None),
        costs=costs.select("when", *COSTS),
        facts=(("iterations", result.iterations), ("trimmed", result.trimmed)),
        notes=aims.notes,
        words=words,
    )


def as_json_report(report: WeightReport) -> str:
    """Give the report for programs."""
    found = {
        "data": report.title,
        "targets": report.targets,
        "margins": report.margins.to_dicts(),
        "weights": report.costs.to_dicts(),
        **dict(report.facts),
        "notes": [{"note": key, **values} for key, values in report.notes],
    }
    return json.dumps(found, ensure_ascii=False, indent=1)


def _say(language: str, key: str, **args: str) -> str:
    return message(language, f"weighting.{key}", args)


def _margin_rows(report: WeightReport, language: str) -> list[tuple[str, ...]]:
    rows = []
    for row in report.margins.to_dicts():
        if row["target_share"] is None:
            numbers = [format_number(row[name], language, 0) for name in ("before", "after", "target")]
        else:
            numbers = [format_percent(row[f"{name}_share"], language, 1) for name in ("before", "after", "target")]
        rows.append((_variable(report, row["variable"], language), _category(report, row, language), *numbers))
    return rows


def _variable(report: WeightReport, name: str, language: str) -> str:
    """Give what a column, or several crossed, are called; one without a name of its own is called as it is."""
    called, _ = report.words[language]
    return " × ".join(called.get(one, one) for one in name.split(CROSS)) if CROSS in name else called.get(name, name)


def _category(report: WeightReport, row: Mapping[str, Any], language: str) -> str:
    """Give what a category is called; a band, or a code without a name, as the sheet has it."""
    if row["category"] == NO_ANSWER:
        return _say(language, "no_answer")
    _, codes = report.words[language]
    variables, parts = row["variable"].split(CROSS), (row["code"] or "").split(JOINT)
    if len(variables) != len(parts):
        return str(row["category"] or "")
    return " × ".join(codes.get(name, {}).get(part, part) for name, part in zip(variables, parts, strict=True))


def _cost_rows(report: WeightReport, language: str) -> list[tuple[str, str, str]]:
    before, after = report.costs.to_dicts()
    return [
        (_say(language, f"cost.{name}"), _cost(before[name], name, language), _cost(after[name], name, language))
        for name in COSTS
    ]


def _cost(number: float | None, name: str, language: str) -> str:
    if number is None:
        return "–"
    if name in SHARES:
        return format_percent(number, language, 1)
    return format_number(number, language, 0 if name in WHOLE else 3)


def _sentences(report: WeightReport, language: str) -> list[str]:
    facts = [_say(language, f"fact.{key}", count=format_number(count, language)) for key, count in report.facts]
    notes = [
        _say(language, f"note.{key}", **{name: _noted(one, name, language) for name, one in values.items()})
        for key, values in report.notes
    ]
    return [_say(language, "source", targets=report.targets), *facts, *notes]


def _noted(value: str | float, name: str, language: str) -> str:
    if isinstance(value, str):
        return value
    return format_percent(value, language, 1) if name == "share" else format_number(value, language, 0)


def print_report(report: WeightReport, language: str) -> None:
    """Print the report on the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    heads = [_say(language, name) for name in ("variable", "category", "before", "after", "target")]
    margins = Table(title=Text(_say(language, "margins")), title_justify="left")
    for place, head in enumerate(heads):
        margins.add_column(Text(head), justify="right" if place > 1 else "left", overflow="fold")
    last = ""
    for row in _margin_rows(report, language):
        margins.add_row(Text("" if row[0] == last else row[0]), *(Text(cell) for cell in row[1:]))
        last = row[0]
    console.print(margins)
    costs = Table(title=Text(_say(language, "costs")), title_justify="left")
    for place, head in enumerate(("", _say(language, "before"), _say(language, "after"))):
        costs.add_column(Text(head), justify="right" if place else "left")
    for cells in _cost_rows(report, language):
        costs.add_row(*(Text(cell) for cell in cells))
    console.print(costs)
    for sentence in _sentences(report, language):
        click.echo(sentence)


def write_report(report: WeightReport, path: Path, languages: Sequence[str]) -> list[Path]:
    """Write the report: a page or a workbook for each language, or one CSV of the margins.

    Parameters
    ----------
    report : WeightReport
    path : Path
        Its suffix says the format; with several languages the code of each stands before it.
    languages : sequence of str

    Returns
    -------
    list of Path
        The files written.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        buffer = BytesIO()
        inert_frame(report.margins).write_csv(buffer)
        return [_write(path, buffer.getvalue())]
    written = []
    for language in languages:
        named = path if len(languages) == 1 else path.with_suffix(f".{language}{path.suffix}")
        content = _page(report, language) if suffix == ".html" else _workbook(report, language)
        written.append(_write(named, content))
    return written


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_over(path.parent)
    write_whole(path, content)
    return path


def _page(report: WeightReport, language: str) -> bytes:
    title = escape(_say(language, "title", data=report.title))
    heads = "".join(
        f'<th scope="col">{escape(_say(language, one))}</th>' for one in ("category", "before", "after", "target")
    )
    body, last = [], ""
    for variable, *cells in _margin_rows(report, language):
        if variable != last:
            body.append(f'<tr><th class="margin" scope="rowgroup" colspan="4">{escape(variable)}</th></tr>')
            last = variable
        rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
        body.append(f'<tr><th scope="row">{escape(cells[0])}</th>{rest}</tr>')
    costs = "".join(
        f'<tr><th scope="row">{escape(head)}</th><td>{escape(one)}</td><td>{escape(two)}</td></tr>'
        for head, one, two in _cost_rows(report, language)
    )
    both = "".join(f'<th scope="col">{escape(_say(language, one))}</th>' for one in ("before", "after"))
    notes = "".join(f"<li>{escape(one)}</li>" for one in _sentences(report, language))
    margins, paid = escape(_say(language, "margins")), escape(_say(language, "costs"))
    measure = escape(_say(language, "measure"))
    page = (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f'<h2 id="margins">{margins}</h2>\n<div class="scroll" role="region" tabindex="0" aria-labelledby="margins">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>\n"
        f'<h2 id="costs">{paid}</h2>\n<div class="scroll" role="region" tabindex="0" aria-labelledby="costs">'
        f'<table><thead><tr><th scope="col">{measure}</th>{both}</tr></thead><tbody>{costs}</tbody></table></div>\n'
        f"<ul>{notes}</ul>\n</main>\n</body>\n</html>\n"
    )
    return page.encode("utf-8")


def _workbook(report: WeightReport, language: str) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # dear, and needed for workbooks only

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text, bold = book.add_format(AS_TEXT), book.add_format({"bold": True} | AS_TEXT)
    form = {name: book.add_format({"num_format": name}) for name in ("0.0%", "#,##0", "0.000")}
    page = book.add_worksheet(_say(language, "margins")[:31])
    heads = ("variable", "category", "before", "after", "target")
    for place, name in enumerate(heads):
        page.write_string(0, place, _say(language, name), bold)
    for line, row in enumerate(report.margins.to_dicts(), 1):
        shared = row["target_share"] is not None
        page.write_string(line, 0, _variable(report, row["variable"], language), text)
        page.write_string(line, 1, _category(report, row, language), text)
        for place, name in enumerate(heads[2:], 2):
            page.write_number(
                line, place, row[f"{name}_share" if shared else name], form["0.0%" if shared else "#,##0"]
            )
    page.freeze_panes(1, 0)
    page.set_column(0, 1, 28)
    page = book.add_worksheet(_say(language, "costs")[:31])
    for place, head in enumerate((_say(language, "measure"), _say(language, "before"), _say(language, "after"))):
        page.write_string(0, place, head, bold)
    both: list[dict[str, Any]] = report.costs.to_dicts()
    for line, name in enumerate(COSTS, 1):
        page.write_string(line, 0, _say(language, f"cost.{name}"), text)
        kind = "0.0%" if name in SHARES else "#,##0" if name in WHOLE else "0.000"
        for place, one in enumerate(both, 1):
            if one[name] is not None:
                page.write_number(line, place, one[name], form[kind])
    for line, sentence in enumerate(_sentences(report, language), len(COSTS) + 2):
        page.write_string(line, 0, sentence, text)
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 44)
    book.close()
    return buffer.getvalue()
