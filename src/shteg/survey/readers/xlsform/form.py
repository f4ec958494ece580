"""XLSForm (ODK, Kobo): the closed questions of a form as questionnaire, in all its languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field

from shteg.errors import DesignError
from shteg.evidence.records.base import Localised
from shteg.evidence.records.surveys import Questionnaire, WaveItem
from shteg.languages import package_languages
from shteg.survey.readers.field.asked import Asked
from shteg.survey.readers.xlsform.choices import (
    Choices,
    Labels,
    other_word,
    read_choices,
    read_labels,
    with_references,
)
from shteg.survey.readers.xlsform.layout import expand_matrices, lay_out
from shteg.survey.readers.xlsform.sheets import Sheet, is_yes, language_code, read_form_sheets, setting
from shteg.survey.readers.xlsform.survey import Question, read_questions

SUFFIXES = (".xlsx", ".xlsm")


class FormQuestionnaire(Questionnaire):
    """The closed questions of a form."""

    notes: tuple[str, ...] = Field(
        default=(),
        description="What of the form is left out or stands for something missing, with sheet and row, one a sentence.",
    )
    asked: tuple[Asked, ...] = Field(
        default=(), description="Every question, open ones too, with its groups: how an export calls its column."
    )


def read_xlsform(path: Path | str, *, language: str | None = None) -> FormQuestionnaire:
    """Read the closed questions of a form.

    Parameters
    ----------
    path : Path or str
        A workbook with a sheet `survey` (type, name, label…) and, where a question needs it, `choices` (list_name,
        name, label…) or `external_choices`. Names of sheets, columns and types know no case. Labels stand in columns
        such as `label::English (en)` or `label::English`; `label` is of the language that `default_language` of
        `settings` says.
    language : str, optional
        Code or name of a language of which every label is needed: of a form that does not say its own, or of several
        of which others are incomplete. Without it every language of the form must be told and complete.

    Returns
    -------
    FormQuestionnaire
        One item for each `select_one` and `select_multiple` (`multiple = true`), by the question's name; filters of
        choices are not applied. `or_other` adds the option `other`. Rows of a table (`table-list`, `list-nolabel`,
        matrices of KoboToolbox) are a battery; `asked` says the groups of each question. `notes`
        tells what is left out: types without options, ranks, choices in other files.

    Raises
    ------
    DesignError
        A sheet, a column, a list, a name or a label is missing, a name stands twice, groups do not close, a type is
        none of XLSForm, or no closed question is left. File, sheet and row are named.
    """
    path = Path(path)
    wanted = _wanted(language)
    sheets = _read_sheets(path)
    sheets["survey"] = expand_matrices(sheets["survey"], sheets.get("choices"))
    questions, notes = read_questions(sheets["survey"])
    lists = _read_lists(sheets, questions)
    default = language_code(setting(sheets, "default_language"))
    used = [sheets["survey"], *(one.sheet for one in lists.values())]
    labels = read_labels(used, default, wanted)
    read = [_read_item(question, sheets["survey"], lists[question.select.source], labels) for question in questions]
    items = {}
    for question, (title, options) in zip(questions, read, strict=True):
        label = Localised(labels.complete(title))
        items[question.name] = WaveItem(
            title=label,
            wording=label,
            options={code: Localised(labels.complete(texts)) for code, texts in options.items()},
            multiple=question.select.multiple,
        )
    notes += [*_references(sheets["survey"], items), *_others(sheets["survey"], questions, labels), *labels.remarks()]
    told = {question.name: one for question, one in zip(questions, read, strict=True)}
    layout = lay_out(sheets["survey"], labels, told)
    return FormQuestionnaire(items=items, batteries=layout.batteries, asked=tuple(layout.asked), notes=tuple(notes))


def _wanted(language: str | None) -> str | None:
    if language is None:
        return None
    code = language_code(language)
    if code is None:
        raise DesignError(f"{language!r} is no language", "give a code such as en, sq, sr-latn or tr", "language")
    return code


def _read_sheets(path: Path) -> dict[str, Sheet]:
    if not path.is_file():
        raise DesignError("there is no such file", "check the name", path.name)
    if path.suffix.lower() not in SUFFIXES:
        hint = "open the form in a spreadsheet program and save it as .xlsx"
        raise DesignError(
            f"a form is read from .xlsx, not from {path.suffix or 'a file without suffix'}", hint, path.name
        )
    return read_form_sheets(path)


def _read_lists(sheets: Mapping[str, Sheet], questions: Sequence[Question]) -> dict[str, Choices]:
    """Read the sheets of choices that the questions need."""
    duplicates = is_yes(setting(sheets, "allow_choice_duplicates"))
    found: dict[str, Choices] = {}
    for question in questions:
        name = question.select.source
        if name not in sheets:
            place = f"{sheets['survey'].where}, row {question.row}"
            hint = "add it, with the columns list_name, name and label"
            raise DesignError(f"the form has no sheet {name!r}, and {question.name!r} needs it", hint, place)
        if name not in found:
            found[name] = read_choices(sheets[name], duplicates=duplicates or name == "external_choices")
    return found


def _read_item(
    question: Question, survey: Sheet, lists: Choices, labels: Labels
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    place = f"{survey.where}, row {question.row}"
    title = labels.of(survey, question.row, question.cells, question.name)
    return title, lists.options(question.select, labels, place)


def _references(survey: Sheet, items: Mapping[str, WaveItem]) -> list[str]:
    """Name the questions whose labels show answers of the respondent: tables print them as they stand, `${name}`."""
    shown = [
        name
        for name, item in items.items()
        if with_references(item.title.root) or any(with_references(label.root) for label in item.options.values())
    ]
    if not shown:
        return []
    return [f"{survey.where}: labels show answers of the respondent and are printed as they stand: {', '.join(shown)}"]


def _others(survey: Sheet, questions: Sequence[Question], labels: Labels) -> list[str]:
    """Tell where `or_other` adds an option in languages for which no word is known here."""
    added = [question.name for question in questions if question.select.or_other]
    missing = [code for code in labels.languages if code not in package_languages() and code not in labels.incomplete]
    if not added or not missing:
        return []
    word, tongues = other_word(missing[0]), ", ".join(missing)
    return [f"{survey.where}: the option that `or_other` adds is called {word!r} in {tongues} too: {', '.join(added)}"]
