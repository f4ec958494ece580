"""`shteg tabulate`: toplines and banners of a wave, as a workbook, a page, CSV or Parquet."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import click

from shteg.cli.options import check_output, json_option
from shteg.errors import ShtegError, UsageError

NAMES = (
    "Items to tabulate (repeatable, or joined by commas). A name that holds a comma or a star is taken whole where it "
    "is a column; or put it in double quotes: '\"Age, in years\",sex'."
)
FORMATS = ("xlsx", "csv", "parquet", "html")


MISSING = "declare the code missing in the data file, or list it under `missing` of the item in a --questionnaire"

_OF_FILES = (
    (r"say `nest=True` if codes repeat between strata", "give --nest if codes repeat between strata"),
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
    (r", in Python `language=\"en\"`", ""),
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
}


@click.command("tabulate")
@click.argument("waves", metavar="WAVE…", nargs=-1, required=True)
@click.option("--items", multiple=True, metavar="ITEM", help=NAMES)
@click.option("--means", multiple=True, metavar="ITEM", help="Numbers to give the mean of; as --items.")
@click.option("--by", multiple=True, metavar="VARIABLE", help="Grouping variable; as --items; a*b nests two.")
@click.option("--out", type=click.Path(path_type=Path), help="File, or folder with one file for each table.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: what the name of the file says.")
@click.option("--language", help="Language of titles and labels; default: every one of the case.")
@click.option(
    "--percent", type=click.Choice(["column", "row", "total"]), default="column", show_default=True, help="Of what."
)
@click.option(
    "--letters",
    type=click.Choice(["none", "bonferroni", "holm", "benjamini-hochberg"]),
    is_flag=False,
    flag_value="holm",
    help="Letters of columns that are significantly lower, and how many tests are allowed for.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Coverage of intervals.")
@click.option("--stratum", help="Data file: column of the strata.")
@click.option("--psu", help="Data file: column of the primary sampling units.")
@click.option("--weight", "weights", multiple=True, help="Column of the weights; repeat to set schemes side by side.")
@click.option("--nest", is_flag=True, help="Data file: codes of PSUs repeat between strata.")
@click.option("--lonely-psu", type=click.Choice(["fail", "remove", "adjust", "average", "certainty"]), default="fail")
@click.option("--questionnaire", type=click.Path(path_type=Path), help="Data file: questionnaire.toml or XLSForm.")
@click.option("--encoding", metavar="NAME", help="Data file: encoding of its texts, such as cp1250.")
@click.option("--minimum-base", type=click.IntRange(1), help="Fewest respondents of a column that is shown.")
@click.option("--forget", is_flag=True, help="Forget which tables were printed of these data before.")
@json_option
def command(
    waves: Sequence[str],
    items: Sequence[str],
    means: Sequence[str],
    by: Sequence[str],
    out: Path | None,
    form: str | None,
    language: str | None,
    percent: str,
    letters: str | None,
    level: float,
    stratum: str | None,
    psu: str | None,
    weights: Sequence[str],
    nest: bool,
    lonely_psu: str,
    questionnaire: Path | None,
    encoding: str | None,
    minimum_base: int | None,
    forget: bool,
    as_json: bool,
) -> None:
    """Tabulate WAVE: CASE/WAVE (for example demo/2025), the folder of a wave, or a data file with its design.

    Several waves, or several weights, stand side by side. Without --out the tables are printed.
    """
    from shteg.cli.tabulate.log import add_to_log, read_log, that_fit
    from shteg.cli.tabulate.output import print_tables, write_tables
    from shteg.cli.wave.data_file import is_data_file
    from shteg.cli.wave.load import choose_languages, load_waves
    from shteg.cli.wave.names import DataOptions, Request
    from shteg.survey.tables import tabulate

    options = DataOptions(
        stratum=stratum,
        psu=psu,
        weights=tuple(weights),
        nest=nest,
        lonely_psu=lonely_psu,
        questionnaire=questionnaire,
        encoding=encoding,
        language=language,
        minimum_base=minimum_base,
    )
    form = _format_of(out, form)
    if out is not None:
        check_output(out, "--out", make_folders=True)
    data_file = any(is_data_file(wave) for wave in waves)
    try:
        loaded = load_waves(waves, options, Request(items=items, means=means, by=by))
        languages = choose_languages(loaded, language)
        earlier = read_log([source.sample for source in loaded.sources], forget=forget)
        tables = tabulate(
            loaded.sources,
            loaded.items,
            loaded.groupings,
            percent=percent,  # type: ignore[arg-type]
            level=level,
            letters=letters,  # type: ignore[arg-type]
            rules=loaded.rules,
            minimum_base=loaded.minimum_base,
            earlier=that_fit(loaded.sources, earlier),
        )
    except ShtegError as error:
        speak_command_line(error, data_file=data_file)
        raise
    add_to_log(tables.printed, earlier)
    if out is not None:
        written = write_tables(tables, loaded, out, form, languages)
        click.echo(json.dumps([str(path) for path in written], indent=1) if as_json else "\n".join(map(str, written)))
    elif as_json:
        click.echo(json.dumps(tables.frame.to_dicts(), ensure_ascii=False, indent=1))
    else:
        print_tables(tables, languages[0])


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
