"""`shteg new-wave`: a wave of a case out of a survey file, with what the file says, and placeholders for the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

import click

from shteg.cli.start.questions import somebody_is_there
from shteg.cli.start.survey import METHODOLOGY, Columns, Told, add_source, sort_columns, with_ids, write_wave
from shteg.cli.wave.names import require_names, split_names
from shteg.errors import CaseError, Problem, UsageError
from shteg.evidence import Case, find_case, read_case
from shteg.evidence.find_case import shipped_cases
from shteg.evidence.records.base import is_id
from shteg.evidence.records.surveys import Questionnaire
from shteg.hints import counted, list_names, suggest
from shteg.survey.readers import Responses, read_questionnaire, read_responses
from shteg.survey.readers.missing_codes import box_columns
from shteg.survey.waves.check_waves import check_wave

ROLES = ("weight", "stratum", "psu")
PLACEHOLDER = "survey"
"""Id of a source that is not described yet."""


@click.command("new-wave")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--case", "case", default=".", show_default=True, help="Folder of the case.")
@click.option("--id", "wave", help="Name of the wave; default: the year of the fieldwork.")
@click.option("--happened-on", metavar="DATE", help="When the fieldwork was: a day, a month or a year.")
@click.option("--title", help="What the wave is called.")
@click.option("--source", metavar="ID", help="Id in sources.toml of the survey; without it a placeholder is added.")
@click.option("--weight", help="Column of the weights; “none” for none.")
@click.option("--stratum", help="Column of the strata; “none” for none.")
@click.option("--psu", help="Column of the primary sampling units; “none” for none.")
@click.option("--items", multiple=True, metavar="COLUMN", help="Questions; default: columns with few answers.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Columns by which results are broken down.")
@click.option(
    "--questionnaire",
    type=click.Path(path_type=Path),
    help="XLSForm, structure of LimeSurvey (.lss, .txt) or questionnaire.toml of the survey.",
)
@click.option(
    "--language",
    "spoken",
    multiple=True,
    metavar="CODE",
    help="Language in which the texts of the file are; may be repeated.",
)
@click.option("--encoding", metavar="NAME", help="Encoding of the texts of the file, such as cp1250.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(
    file: Path,
    case: str,
    wave: str | None,
    happened_on: str | None,
    title: str | None,
    source: str | None,
    weight: str | None,
    stratum: str | None,
    psu: str | None,
    items: tuple[str, ...],
    by: tuple[str, ...],
    questionnaire: Path | None,
    spoken: tuple[str, ...],
    encoding: str | None,
    dry_run: bool,
) -> None:
    """Write surveys/ID/ of a case from FILE: SPSS, Stata, Excel, CSV, Parquet or an export of a field tool.

    Labels, codes, missing codes, weights and groups are taken from the file; a person at the terminal is asked for the
    rest, and what stays open is marked EDIT ME.
    """
    if not file.is_file():
        raise UsageError(f"there is no file {file}", "write the path as your file manager shows it", "FILE")
    folder = _own_case(case)
    evidence = read_case(folder)
    languages = evidence.header.languages
    _refuse_languages(spoken, languages)
    form = None
    if questionnaire is not None:
        form = read_questionnaire(questionnaire, language=spoken[0] if len(spoken) == 1 else None)
    responses = with_ids(read_responses(file, encoding=encoding, form=form), form)
    notes = (*responses.notes, *getattr(form, "notes", ()), *_language_notes(form, spoken, languages))
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    columns = _columns(responses, {"weight": weight, "stratum": stratum, "psu": psu}, items, by, form)
    told = Told(
        title=title or "",
        happened_on=happened_on or "",
        source=source or "",
        encoding=encoding or "",
        questionnaire=form,
        spoken=spoken,
    )
    if somebody_is_there():
        told = _ask(told)
    if told.source and told.source not in evidence.sources:
        hint = suggest(told.source, evidence.sources, "add it to sources.toml first, or leave the option out")
        raise UsageError(f"sources.toml has no source {told.source!r}", hint, "--source")
    year = re.match(r"\d{4}", told.happened_on)
    name = wave or (year[0] if year else str(evidence.header.as_of.year))
    _refuse_name(folder, name)
    _write(folder, name, file, responses, columns, told, evidence, dry_run=dry_run)
    _say(folder / "surveys" / name, responses, columns, told, dry_run=dry_run)


def _own_case(text: str) -> Path:
    folder = find_case(text)
    if folder.resolve() in {one.resolve() for one in shipped_cases().values()}:
        raise UsageError("a shipped case is not written to", "make your own with `shteg new`", "--case")
    return folder


def _refuse_languages(spoken: Sequence[str], languages: Sequence[str]) -> None:
    for one in spoken:
        if one not in languages:
            hint = suggest(one, languages, list_names(languages, "its languages are"))
            raise UsageError(f"the case has no language {one!r}", hint, "--language")


def _language_notes(form: Questionnaire | None, spoken: Sequence[str], languages: Sequence[str]) -> list[str]:
    """Say which language the texts are taken to be in, where several are possible and nobody said it."""
    if form is not None:
        told = {code for item in form.items.values() for code in item.title.root}
        lacking = [one for one in languages if one not in told]
        return [f"the form has no texts in {', '.join(lacking)}: those in another language stand there"] * bool(lacking)
    if spoken or len(languages) < 2:
        return []
    listed = ", ".join(languages)
    return [f"the texts of the file stand under {listed} alike: --language says in which of them they are"]


def _refuse_name(folder: Path, name: str) -> None:
    if not is_id(name):
        raise UsageError(f"{name!r} cannot name a wave", "use letters, digits, - and _", "--id")
    if (folder / "surveys" / name).exists():
        raise UsageError(f"the case has a wave {name!r} already", "give another name with --id", "--id")


def _columns(
    responses: Responses,
    roles: Mapping[str, str | None],
    items: tuple[str, ...],
    by: tuple[str, ...],
    form: Questionnaire | None,
) -> Columns:
    """Take columns for what the options say, and the others for what they look like."""
    found, names, owner = sort_columns(responses), responses.frame.columns, f"the file {responses.name}"
    taken, called = dict(found.roles), responses.renamed
    items, by = (tuple(called.get(one, one) for one in texts) for texts in (items, by))
    for role in ROLES:
        asked = called.get(roles[role] or "", roles[role])
        if asked == "none":
            taken.pop(role, None)
        elif asked is not None:
            require_names([asked], names, owner, f"--{role}")
            taken[role] = asked
    groups, questions = list(found.groups), list(found.items)
    if by:
        groups = list(split_names(by, names, "--by"))
        require_names(groups, names, owner, "--by")
    if items:
        questions = list(split_names(items, names, "--items"))
        require_names(questions, names, owner, "--items")
    used = {*taken.values(), *groups}
    if form is not None:
        return _asked_columns(responses, form, questions if items else list(form.items), taken, groups)
    questions = [one for one in questions if one not in used]
    sets = () if items else found.sets
    if not questions and not sets:
        raise UsageError("no column is left as a question", "name them with --items", "--items")
    boxes = {column for name in sets for column in responses.sets[name].columns}
    others = [one for one in names if one not in used and one not in questions and one not in boxes]
    return Columns(roles=taken, groups=groups, items=questions, others=others, sets=sets)


def _asked_columns(
    responses: Responses, form: Questionnaire, wanted: Sequence[str], roles: Mapping[str, str], groups: Sequence[str]
) -> Columns:
    """Take the questions of a form that the file has answers to."""
    frame = responses.frame
    boxes: dict[str, list[str]] = {}
    for name, item in form.items.items():
        if item.multiple:
            codes = [code for code in item.options if code not in item.missing]
            boxes[name] = list(box_columns(name, codes, frame.columns).values())
    if stranger := next((name for name in wanted if name not in form.items), None):
        hint = suggest(stranger, form.items, "leave the form out to use the labels of the file")
        raise UsageError(f"the form has no closed question {stranger!r}", hint, "--items")
    asked: list[str] = []
    unanswered: list[str] = []
    for name in wanted:
        columns = [name] if name in frame.columns else boxes.get(name, [])
        answered = any(not frame[column].is_null().all() for column in columns)
        (asked if answered else unanswered).append(name)
    if not asked:
        hint = "is it the form of this survey? or name the columns with --items, without the form"
        raise UsageError("the file answers no question of the form", hint, "--questionnaire")
    used = {*roles.values(), *groups, *asked, *(column for name in asked for column in boxes.get(name, ()))}
    others = [one for one in frame.columns if one not in used]
    return Columns(roles=roles, groups=groups, items=asked, others=others, unanswered=unanswered)


def _ask(told: Told) -> Told:
    """Ask a person for what no option said; Enter leaves it open."""

    def ask(text: str) -> str:
        return str(click.prompt(text, default="", show_default=False, err=True)).strip()

    click.echo("Enter leaves an answer open; the files then say that it is open.", err=True)
    title = told.title or ask("What is the wave called?")
    happened = told.happened_on or ask("When was the fieldwork? (2025, 2025-10 or 2025-10-14)")
    source = told.source or ask("Which source of sources.toml is it? (its id)")
    said = {key: text for key, question in METHODOLOGY.items() if (text := ask(question))}
    return replace(told, title=title, happened_on=happened, source=source, methodology=said)


def _write(
    folder: Path,
    name: str,
    file: Path,
    responses: Responses,
    columns: Columns,
    told: Told,
    evidence: Case,
    *,
    dry_run: bool,
) -> None:
    """Write the wave in a copy of the case, have it checked as `shteg check` would, and only then in the case."""
    languages = evidence.header.languages
    described = told.source or PLACEHOLDER in evidence.sources
    told = replace(told, source=told.source or PLACEHOLDER)

    def make(place: Path) -> None:
        write_wave(place, name, file, responses, columns, languages, told, evidence.header.as_of.year)
        if not described:
            add_source(place, languages[0])

    with TemporaryDirectory() as work:
        copy = Path(work) / "case"
        copytree(folder, copy, ignore=ignore_patterns("site", ".git"))
        make(copy)
        made = next(one for one in read_case(copy).waves if one.id == name)
        if problems := check_wave(made, copy):
            raise CaseError([_of_file(one, name, file) for one in problems])
    if not dry_run:
        make(folder)


def _of_file(problem: Problem, name: str, file: Path) -> Problem:
    """Give a problem of the written data under the name of the file that a person has."""
    data = problem.file.startswith(f"surveys/{name}/answers")
    return replace(problem, file=file.name) if data else problem


def _say(place: Path, responses: Responses, columns: Columns, told: Told, *, dry_run: bool) -> None:
    rows = counted(responses.frame.height, "respondent")
    click.echo(f"{'Would write' if dry_run else 'Written:'} {place} ({rows})")
    for role in ROLES:
        click.echo(f"  {role}: {columns.roles.get(role, 'none')}")
    click.echo(f"  questions: {', '.join(columns.items)}")
    click.echo(f"  broken down by: {', '.join(columns.groups) or 'nothing'}")
    if columns.unanswered:
        click.echo(f"  questions of the form without answers: {', '.join(columns.unanswered)}")
    if columns.others:
        click.echo(f"  left out: {', '.join(columns.others)}")
    if columns.sets:
        click.echo(f"  questions with several answers: {', '.join(columns.sets)}")
    if not dry_run:
        click.echo(f"Next: complete what is marked EDIT ME, then `shteg tabulate {place}`")
