"""A form as a printable questionnaire in each of its languages, and what differs between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click

from shteg.cli.codebook.output import make_speech, write_sheets
from shteg.errors import UsageError
from shteg.publish.codebooks.sheet import Grid, Head, Line, PlainSheet, SheetBlock, Speech
from shteg.report.language.messages import languages as known_languages
from shteg.survey.readers.apart import rows_apart
from shteg.survey.readers.xlsform.parity import compare_languages
from shteg.survey.readers.xlsform.printed import PrintedForm, PrintedRow, read_printed_form

BOX, CIRCLE, BLANK = "☐", "○", "______________________________"
_TAG = re.compile(r"<[^<>]*>")


def is_form(name: str) -> bool:
    """Tell whether a name is a workbook that holds a form: a sheet `survey` with a column `type`."""
    path = Path(name)
    if path.suffix.lower() not in (".xlsx", ".xlsm") or not path.is_file():
        return False
    for sheet, rows in rows_apart(path).items():
        header = [(cell or "").strip().lower() for cell in rows[0]] if rows else []
        if sheet.strip().lower() == "survey" and ("type" in header or "command" in header):
            return True
    return False


def report_form(path: Path, out: Path | None, form: str, language: str | None, *, as_json: bool) -> int:
    """Write the questionnaire of a form, and print what differs between its languages.

    Parameters
    ----------
    path : Path
        The form.
    out : Path, optional
        Where to write it.
    form : str
        `html` or `docx`.
    language : str, optional
        The only language to write; all are compared.
    as_json : bool

    Returns
    -------
    int
        Exit code: 1 if something differs.

    Raises
    ------
    UsageError
        The form has no such language, or is to be written as DDI.
    DesignError
        The form cannot be read.
    """
    if form == "xml":
        hint = "write .html or .docx; for DDI give the data file, with --questionnaire"
        raise UsageError("a form has no answers: it is not written as DDI", hint, "--out")
    found = read_printed_form(path)
    if language is not None and language not in found.languages:
        hint = "choose one of " + ", ".join(found.languages)
        raise UsageError(f"the form has no language {language!r}", hint, "--language")
    spoken = (language,) if language else found.languages
    sheets = [_sheet(found, one) for one in spoken] if out is not None else []
    written = write_sheets(sheets, out, form) if out is not None else []
    differences = compare_languages(found)
    if as_json:
        told = [{"place": one.place, "problem": one.problem, "hint": one.hint} for one in differences]
        click.echo(json.dumps({"written": list(map(str, written)), "differences": told}, ensure_ascii=False, indent=1))
        return int(bool(differences))
    for one in differences:
        click.echo(f"{one.place}: {one.problem}\n  Hint: {one.hint}")
    for file in written:
        click.echo(str(file))
    if len(found.languages) == 1:
        click.echo(f"Note: the form has one language, {found.languages[0]}: nothing to compare", err=True)
    elif not differences:
        click.echo(f"The form asks the same in {', '.join(found.languages)}.")
    return int(bool(differences))


def _sheet(form: PrintedForm, language: str) -> PlainSheet:
    speech = make_speech(language if language in known_languages() else "en")
    blocks = [block for row in _numbered(form) for block in _row(form, row[0], row[1], language, speech)]
    subtitle = speech.tell("codebook.questionnaire")
    return PlainSheet(language=language, title=form.title, subtitle=subtitle, blocks=tuple(blocks))


def _numbered(form: PrintedForm) -> Iterator[tuple[PrintedRow, int]]:
    number = 0
    for row in form.rows:
        number += row.kind == "question"
        yield row, number


def _row(form: PrintedForm, row: PrintedRow, number: int, language: str, speech: Speech) -> Iterator[SheetBlock]:
    label = _said(row, "label", language)
    if row.kind == "end":
        return
    if row.kind == "group":
        if label:
            yield Head(1, label)
        return
    if row.kind == "note":
        yield Line(label)
        return
    yield Head(2, f"{number}. {label or row.name}" + (" *" if row.required else ""))
    remarks = [row.name]
    if row.relevant:
        remarks.append(speech.tell("codebook.only_if", condition=row.relevant))
    if row.list_name:
        remarks.append(speech.tell("codebook.several" if row.multiple else "codebook.one"))
    for kind in ("hint", "guidance_hint", "constraint_message"):
        if text := _said(row, kind, language):
            remarks.append(text)
    yield Line(" · ".join(remarks), quiet=True)
    if not row.list_name:
        yield Line(BLANK)
        return
    choices = form.lists.get(row.list_name, ())
    mark = BOX if row.multiple else CIRCLE
    labels = [_clean(one.labels[language].text) if language in one.labels else "" for one in choices]
    rows = tuple((mark, one.code, label) for one, label in zip(choices, labels, strict=True))
    if rows:
        head = ("", speech.tell("codebook.code"), speech.tell("codebook.label"))
        yield Grid(speech.tell("codebook.codes", name=row.name), head, rows, (False, False, False))


def _said(row: PrintedRow, kind: str, language: str) -> str:
    cell = row.texts.get(kind, {}).get(language)
    return "" if cell is None else _clean(cell.text)


def _clean(text: str) -> str:
    """Leave out marks of form: `<b>`, `**`, which a printed page would show."""
    return _TAG.sub("", text).replace("**", "").strip()
