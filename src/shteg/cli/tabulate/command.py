"""`shteg tabulate`: toplines and banners of a wave, as a workbook, a Word file, a page, CSV or Parquet."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shteg.cli.options import check_output, json_option
from shteg.cli.tabulate.options import FORMATS, comparison_options, data_options, output_options, what_options
from shteg.errors import ShtegError, UsageError

if TYPE_CHECKING:
    from shteg.cli.tabulate.asked import Asked
    from shteg.cli.wave.names import Loaded
    from shteg.survey.tables import Tables

MISSING = "declare the code missing in the data file, or list it under `missing` of the item in a --questionnaire"

_OF_FILES = (
    (r"set `lonely_psu` to", "set --lonely-psu to"),
    (r"list it under `missing`", MISSING),
)

_OF_CASES = (
    (r"set `lonely_psu` to", "set `lonely_psu` of design.toml to"),
    (r"list it under `missing`", "list it under `missing` of the item in questionnaire.toml"),
)

_OF_BOTH = (
    (r"then use estimate_means", "then ask for its mean with --means"),
    (r"then ask for its mean$", "then ask for its mean with --means"),
    (r"^name a grouping variable$", "name a grouping variable with --by"),
    (r"^forget what was printed earlier$", "give --forget: what was printed earlier is forgotten"),
)

_PLACES = {
    "level": "--level",
    "letters": "--letters",
    "percent": "--percent",
    "by": "--by",
    "grouping": "--by",
    "groupings": "--by",
    "item": "--items",
    "source": "WAVE",
    "encoding": "--encoding",
    "language": "--language",
    "changes": "--changes",
}


@click.command("tabulate")
@click.argument("waves", metavar="WAVE…", nargs=-1, required=True)
@what_options
@comparison_options
@output_options
@data_options
@json_option
def command(waves: Sequence[str], as_json: bool, **given: Any) -> None:
    """Tabulate WAVE: CASE/WAVE (for example demo/2025), the folder of a wave, or a data file with its design.

    Several waves, or several weights, stand side by side. Without --out or --chart they are printed.
    """
    from shteg.cli.tabulate.asked import base_names, option_values
    from shteg.cli.tabulate.chart import write_charts
    from shteg.cli.tabulate.log import add_to_log, read_log, that_fit
    from shteg.cli.tabulate.output import write_tables
    from shteg.cli.tabulate.terminal import print_tables
    from shteg.cli.wave.data_file import is_data_file
    from shteg.cli.wave.load import choose_languages
    from shteg.survey.tables import tabulate

    out, chart, language, forget = (given.pop(name) for name in ("out", "chart", "language", "forget"))
    form = _format_of(out, given.pop("form"))
    _check_files(out, chart)
    asked = option_values(given)
    bases = base_names(asked.bases)
    data_file = any(is_data_file(wave) for wave in waves)
    try:
        loaded = _load(waves, given, asked, language)
        languages = choose_languages(loaded, language)
        earlier = read_log([source.sample for source in loaded.sources], forget=forget)
        tables = replace(
            tabulate(
                loaded.sources,
                loaded.items,
                loaded.groupings,
                rules=loaded.rules,
                minimum_base=loaded.minimum_base,
                earlier=that_fit(loaded.sources, earlier),
                grids=loaded.grids,
                **given,
            ),
            bases=bases,
        )
    except ShtegError as error:
        speak_command_line(error, data_file=data_file)
        raise
    add_to_log(tables.printed, earlier)
    written = [] if out is None else write_tables(tables, loaded, out, form, languages)
    written += [] if chart is None else write_charts(tables, chart, languages)
    if written:
        click.echo(json.dumps([str(path) for path in written], indent=1) if as_json else "\n".join(map(str, written)))
    elif as_json:
        click.echo(json.dumps(_records(tables), ensure_ascii=False, indent=1))
    else:
        print_tables(tables, languages[0])


def _check_files(out: Path | None, chart: Path | None) -> None:
    from shteg.cli.tabulate.chart import check_chart

    if chart is not None:
        check_chart(chart)
        check_output(chart, "--chart", make_folders=True)
    if out is not None:
        check_output(out, "--out", make_folders=True)


def _load(waves: Sequence[str], given: dict[str, Any], asked: Asked, language: str | None) -> Loaded:
    """Read the waves, with the items of grids, and put into them what was asked for."""
    from shteg.cli.tabulate.asked import grid_items, prepare, quoted
    from shteg.cli.wave.load import load_waves
    from shteg.cli.wave.names import DataOptions, Request

    options = DataOptions(
        language=language,
        weights=tuple(given.pop("weights")),
        **{name: given.pop(name) for name in ("stratum", "psu", "nest", "lonely_psu", "questionnaire")},
        **{name: given.pop(name) for name in ("encoding", "minimum_base", "replicates", "replicate_type")},
    )
    items, means, by = (given.pop(name) for name in ("items", "means", "by"))
    of_grids = [quoted(name) for _, names in grid_items(asked.grids) for name in names]
    loaded = load_waves(waves, options, Request(items=[*items, *of_grids], means=means, by=by))
    return prepare(loaded, asked, given["percent"])


def _records(tables: Tables) -> object:
    """The cells; with p values also the tests."""
    cells = tables.frame.to_dicts()
    return {"cells": cells, "tests": tables.tests.to_dicts()} if tables.p_values else cells


def _format_of(out: Path | None, form: str | None) -> str:
    suffix = out.suffix.lower().lstrip(".") if out is not None and not out.is_dir() else ""
    if suffix and suffix not in FORMATS:
        raise UsageError(f"tables are not written as .{suffix}", "choose " + ", ".join(FORMATS), "--out")
    if form and suffix and form != suffix:
        raise UsageError(f"the file is called .{suffix}, the format is {form}", "make them agree", "--format")
    return form or suffix or "xlsx"


def speak_command_line(error: ShtegError, *, data_file: bool) -> None:
    """Put the hint and the place of an error in the words of `shteg tabulate`: of a data file, or of a wave's files."""
    for pattern, words in (*(_OF_FILES if data_file else _OF_CASES), *_OF_BOTH):
        error.hint = re.sub(pattern, lambda _, words=words: words, error.hint)  # type: ignore[misc]
    error.where = _PLACES.get(error.where, error.where)
