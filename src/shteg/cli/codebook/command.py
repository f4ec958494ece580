"""`shteg codebook`: a wave as DDI, page or Word file; a form as a printable questionnaire, its languages compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from shteg.cli.options import check_output, json_option
from shteg.errors import ShtegError, UsageError

FORMATS = ("xml", "html", "docx")


@click.command("codebook")
@click.argument("wave", metavar="WAVE")
@click.option("--out", type=click.Path(path_type=Path), help="File: .xml (DDI-Codebook), .html or .docx.")
@click.option("--language", help="Language to write; default: every one of the case or the form.")
@click.option("--stratum", help="Data file: column of the strata.")
@click.option("--psu", help="Data file: column of the primary sampling units.")
@click.option("--weight", help="Column of the weights.")
@click.option("--nest", is_flag=True, help="Data file: codes of PSUs repeat between strata.")
@click.option("--lonely-psu", type=click.Choice(["fail", "remove", "adjust", "average", "certainty"]), default="fail")
@click.option(
    "--questionnaire",
    type=click.Path(path_type=Path),
    help="Data file: questionnaire.toml, XLSForm or structure of LimeSurvey (.lss, .txt).",
)
@click.option("--encoding", metavar="NAME", help="Data file: encoding of its texts, such as cp1250.")
@click.option("--minimum-base", type=click.IntRange(1), help="Fewest respondents of a figure that is shown.")
@click.option("--forget", is_flag=True, help="Forget which tables were printed of these data before.")
@json_option
def command(
    wave: str,
    out: Path | None,
    language: str | None,
    stratum: str | None,
    psu: str | None,
    weight: str | None,
    nest: bool,
    lonely_psu: str,
    questionnaire: Path | None,
    encoding: str | None,
    minimum_base: int | None,
    forget: bool,
    as_json: bool,
) -> None:
    """Write the codebook of WAVE: CASE/WAVE (for example demo/2025), the folder of a wave, or a data file.

    Of an XLSForm (.xlsx) its questionnaire is written for print, one file for each language, and what differs between
    the languages is reported: exit code 1 if something does.
    """
    from shteg.cli.codebook.questionnaire import is_form, report_form
    from shteg.cli.wave.names import DataOptions

    form = _format_of(out)
    if is_form(wave):
        code = report_form(Path(wave), out, form, language, as_json=as_json)
        click.get_current_context().exit(code)
    if out is None:
        raise UsageError("a codebook is written to a file", "give --out codebook.html, .docx or .xml", "--out")
    options = DataOptions(
        stratum=stratum,
        psu=psu,
        weights=(weight,) if weight else (),
        nest=nest,
        lonely_psu=lonely_psu,
        questionnaire=questionnaire,
        encoding=encoding,
        language=language if questionnaire else None,
        minimum_base=minimum_base,
    )
    written = _write_codebook(wave, options, out, form, language, forget=forget)
    say_written(written, as_json=as_json)


def _format_of(out: Path | None) -> str:
    if out is None:
        return ""
    check_output(out, "--out", make_folders=True)
    form = out.suffix.lower().lstrip(".")
    if form not in FORMATS:
        problem = f"a codebook is not written as {out.suffix or 'a folder'}"
        raise UsageError(problem, "choose .xml, .html or .docx", "--out")
    return form


def say_written(written: Sequence[Path], *, as_json: bool) -> None:
    """Print the files that were written."""
    click.echo(json.dumps([str(path) for path in written], indent=1) if as_json else "\n".join(map(str, written)))


def _write_codebook(
    name: str, options: object, out: Path, form: str, language: str | None, *, forget: bool
) -> list[Path]:
    from shteg.cli.codebook.collect import count_variables, find_variables, make_codebook
    from shteg.cli.codebook.output import write_book
    from shteg.cli.tabulate.command import speak_command_line
    from shteg.cli.tabulate.log import add_to_log, read_log, that_fit
    from shteg.cli.wave.load import choose_languages

    try:
        found = find_variables(name, options)  # type: ignore[arg-type]
        languages = choose_languages(found.loaded, language)
        samples = [source.sample for source in found.loaded.sources]
        earlier = read_log(samples, forget=forget)
        tables = count_variables(found, that_fit(found.loaded.sources, earlier)) if found.items else None
    except ShtegError as error:
        speak_command_line(error, data_file=Path(name).is_file())
        raise
    book = make_codebook(found, tables, languages, found.loaded.file or name)
    written = write_book(book, found, out, form, languages)
    if tables is not None:
        add_to_log(tables.printed, earlier)
    return written
