"""The survey that a case is begun from: its file in the case, with what is to be completed beside it."""

import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from shteg.cli.wave.questionnaire_text import (
    Tongues,
    key,
    options_of,
    questionnaire_of_file,
    questionnaire_of_form,
    quoted,
    title_of,
)
from shteg.errors import UsageError
from shteg.evidence.beginning import Beginning
from shteg.evidence.records.base import is_id
from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.field.measures import measure
from shteg.survey.readers.field.tools import delivered_by, is_added
from shteg.survey.readers.responses import MultipleSet
from shteg.survey.readers.sets import SIGN

MOST_OPTIONS = 12
"""Of more different answers a column is no question with options."""
_ROLES = {
    "stratum": ("stratum", "strata", "shtresa", "shtresimi"),
    "psu": ("psu", "cluster", "primary_unit", "pika", "klasteri", "njësia", "njesia"),
    "weight": ("weight", "weights", "wgt", "w", "pesha", "peshat", "ponderimi"),
}
_GROUPS = (
    *("sex", "gender", "gjinia", "age", "age_group", "agegroup", "mosha", "grupmosha", "grup_moshe"),
    *("region", "rajoni", "municipality", "komuna", "community", "komuniteti", "ethnicity", "etnia", "nationality"),
    *("education", "arsimi", "shkollimi", "settlement", "vendbanimi", "residence", "vendbanimi"),
)
"""Names of columns by which results are broken down."""
METHODOLOGY: Mapping[str, str] = {
    "sponsor": "Who paid?",
    "conductor": "Who carried it out?",
    "instrument": "What was asked, and where does the wording stand?",
    "population": "Who does the survey stand for?",
    "frame": "What were people drawn from, and whom does it miss?",
    "sample_design": "How were people drawn?",
    "mode": "How were people asked, and in which languages?",
    "dates": "When?",
    "size_and_precision": "How many were asked, and how precise are the results?",
    "weighting": "How were the answers weighted?",
    "processing": "How were the answers checked, edited and completed?",
}
"""The items of methodology.toml, each as a question."""
_WORDS = {
    "en": ("Survey (title not written yet)", "Not written yet.", "A survey file of this house"),
    "sq": ("Anketa (titulli ende i pashkruar)", "Ende e pashkruar.", "Një skedar ankete i këtij botuesi"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of a survey file are taken for, by their names and by how many different answers they hold."""

    roles: Mapping[str, str]
    groups: Sequence[str]
    items: Sequence[str]
    others: Sequence[str]
    sets: Sequence[str] = ()
    unanswered: Sequence[str] = ()
    """Questions of the form that the file has no answers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person has said of a wave; what is empty stays a placeholder that is marked for editing."""

    title: str = ""
    happened_on: str = ""
    source: str = "survey"
    encoding: str = ""
    methodology: Mapping[str, str] = field(default_factory=dict)
    questionnaire: Questionnaire | None = None
    spoken: Sequence[str] = ()
    """Languages of the texts in the file; none: taken for all of the case."""


def sort_columns(responses: Responses) -> Columns:
    """Tell design, groups and questions apart.

    Parameters
    ----------
    responses : Responses
        The file as read.

    Returns
    -------
    Columns

    Raises
    ------
    UsageError
        No column looks like a question with options.
    """
    frame = responses.frame
    roles = {role: column for role, names in _ROLES.items() for column in _called(frame, names)[:1]}
    groups, items, others = [], [], []
    sets = [name for name in responses.sets if is_id(name.lstrip(SIGN)) and name.lstrip(SIGN) not in frame.columns]
    boxes = {column for name in sets for column in responses.sets[name].columns}
    headings = {column: responses.labels.get(column, column) for column in frame.columns}
    tool = delivered_by((*headings, *headings.values()))
    for column in frame.columns:
        if column in roles.values() or column in boxes:
            continue
        if tool is not None and (is_added(column) or is_added(headings[column])):
            others.append(column)
            continue
        answers = len(options_of(responses, column))
        if not 2 <= answers <= MOST_OPTIONS or answers == frame.height:  # a number of the respondent
            others.append(column)
        elif _folded(column) in _GROUPS:
            groups.append(column)
        elif measure(responses, column).kind in ("number", "text"):
            others.append(column)
        else:
            items.append(column)
    if not items and not sets:
        hint = f"a question is a column with 2 to {MOST_OPTIONS} different answers below its name in the first line"
        raise UsageError("the file holds no question", hint, responses.name)
    return Columns(roles=roles, groups=groups, items=items, others=others, sets=sets)


def add_survey(case: Path, file: Path, responses: Responses, beginning: Beginning) -> str:
    """Put a survey into a case that is being begun.

    Parameters
    ----------
    case : Path
        The folder with the files of the case.
    file : Path
        The survey.
    responses : Responses
        What stands in it.
    beginning : Beginning
        The answers from which the case is begun.

    Returns
    -------
    str
        Name of the wave.
    """
    wave, columns, languages = str(beginning.as_of.year), sort_columns(responses), beginning.languages
    write_wave(case, wave, file, responses, columns, languages)
    add_source(case, languages[0])
    labels = case / "labels.toml"
    if labels.is_file():
        named = labels.read_text(encoding="utf-8")
        line = f"[labels.source]\nsurvey = {_inline(languages, 2)}\n"
        _write(labels, named.replace("[labels.source]\n", line, 1))
    return wave


def write_wave(
    case: Path,
    wave: str,
    file: Path,
    responses: Responses,
    columns: Columns,
    languages: Sequence[str],
    told: Told | None = None,
    year: int | None = None,
) -> None:
    """Write the folder of a wave: its data, and what the file says of design, questions and methodology.

    Parameters
    ----------
    case : Path
        The folder of the case.
    wave : str
        Name of the wave.
    file : Path
        The survey.
    responses : Responses
        What stands in it, with ids for columns.
    columns : Columns
        What its columns are taken for.
    languages : sequence of str
        Of the case.
    told : Told, optional
        What a person has said of the wave.
    year : int, optional
        When the fieldwork is taken to have been where nobody said it, marked as unverified; default: what `wave` says.
    """
    told = told or Told()
    guessed = wave if year is None else str(year)
    folder = case / "surveys" / wave
    folder.mkdir(parents=True)
    data = _copy(file, responses, folder)
    _write(folder / "design.toml", _design(data, told.happened_on or guessed, columns, responses, languages, told))
    tongues = Tongues(languages=languages, spoken=told.spoken)
    if told.questionnaire is not None:
        asked = questionnaire_of_form(told.questionnaire, columns.items, columns.unanswered, tongues)
    else:
        asked = questionnaire_of_file(responses, columns.items, columns.sets, columns.others, tongues)
    _write(folder / "questionnaire.toml", asked)
    _write(folder / "methodology.toml", _methodology(languages, told.methodology))


def read_survey(text: str) -> tuple[Path, Responses]:
    """Read the file of a survey.

    Raises
    ------
    UsageError
        There is no such file, or it holds no question.
    DesignError
        It cannot be read.
    """
    path = Path(text.strip().strip('"'))  # as Windows copies a path
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "write the path as your file manager shows it", "--survey")
    responses = with_ids(read_responses(path))
    sort_columns(responses)
    return path, responses


def with_ids(responses: Responses, form: Questionnaire | None = None) -> Responses:
    """Give columns that are called by a whole question an id; the question becomes their label.

    Parameters
    ----------
    responses : Responses
        As read.
    form : Questionnaire, optional
        Under whose names: boxes of its questions with several answers, `question/option`, keep theirs.

    Returns
    -------
    Responses
        The same where every name is an id.
    """
    asked = form.items.items() if form else ()
    boxes = {f"{name}/{code}" for name, item in asked if item.multiple for code in item.options}
    names: dict[str, str] = {}
    for column in responses.frame.columns:
        number = len(names) + 1
        told = column in boxes or is_id(column)
        name = _box_id(responses, column, number) or (column if told else _id_of(column, number))
        names[column] = name if name not in names.values() else f"{name}-{len(names) + 1}"
    if all(old == new for old, new in names.items()):
        return responses
    return replace(
        responses,
        frame=responses.frame.rename(names),
        labels={new: responses.labels.get(old) or old for old, new in names.items()},
        value_labels={names[old]: said for old, said in responses.value_labels.items()},
        missing={names[old]: codes for old, codes in responses.missing.items()},
        declared={names[old]: one for old, one in responses.declared.items()},
        sets=_box_sets(responses, names),  # the data are written as CSV, which declares no others
        batteries={_id_of_set(name): tuple(names[one] for one in of) for name, of in responses.batteries.items()},
        rewritten=True,
        renamed={
            **{old: new for old, new in names.items() if old != new},
            **{heading: names[column] for heading, column in responses.renamed.items() if column in names},
        },
    )


def _box_sets(responses: Responses, names: Mapping[str, str]) -> dict[str, MultipleSet]:
    """Keep the sets whose columns are called `set/option` and hold 1 and 0, as a CSV file has them."""
    return {
        _id_of_set(name): replace(one, columns=tuple(names[column] for column in one.columns))
        for name, one in responses.sets.items()
        if all(column.startswith(f"{name}/") for column in one.columns)
    }


def _id_of_set(name: str) -> str:
    return name if is_id(name) else _id_of(name, 1)


def _box_id(responses: Responses, column: str, number: int) -> str | None:
    """Name a box of a set: `set/option`, each an id; None of other columns."""
    for name, one in responses.sets.items():
        if column in one.columns and column.startswith(f"{name}/"):
            option = column.removeprefix(f"{name}/")
            return f"{_id_of_set(name)}/{option if is_id(option) else _id_of(option, number)}"
    return None


def _id_of(text: str, number: int) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:6]) or f"q{number}"


def _copy(file: Path, responses: Responses, folder: Path) -> str:
    """Copy the file; where columns got other names or answers became codes, write the answers under these as CSV."""
    if not responses.rewritten:
        data = f"answers{file.suffix.lower()}"
        shutil.copyfile(file, folder / data)
        return data
    responses.frame.write_csv(folder / "answers.csv")
    return "answers.csv"


def _called(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    return [column for column in frame.columns if _folded(column) in names]


def _folded(column: str) -> str:
    return re.sub(r"[\s-]+", "_", column.strip().casefold())


def _design(
    data: str, happened_on: str, columns: Columns, responses: Responses, languages: Sequence[str], told: Told
) -> str:
    tongues = Tongues(languages=languages, spoken=told.spoken)
    lines = [
        "# Which columns hold the sampling design. EDIT ME: when the fieldwork was, and what the survey is called.",
        f"data = {quoted(data)}",
        *([f"encoding = {quoted(told.encoding)}"] if told.encoding and data.endswith((".sav", ".dta")) else []),
        *([] if told.happened_on else ["# Unverified: the year of the case."]),
        f"happened_on = {quoted(happened_on)}",
        f"title = {Tongues(languages=languages).say(told.title) if told.title else _inline(languages, 0)}",
    ]
    for role in _ROLES:
        lines.append(
            f"{role} = {quoted(columns.roles[role])}"
            if role in columns.roles
            else f'# No column was taken for it: {role} = "…". Without it the intervals are those of a simple sample.'
        )
    lines += [f"source = {quoted(told.source)}", ""]
    if columns.groups:
        lines += ["# Columns by which results are broken down. EDIT ME: their titles.", "[domains]"]
        lines += [f"{key(one)} = {_domain_title(responses, one, told, tongues)}" for one in columns.groups]
        for one in columns.groups:
            lines += ["", f"[codes.{key(one)}]"]
            lines += [f"{key(code)} = {said}" for code, said in _domain_codes(responses, one, told, tongues).items()]
    return "\n".join(lines)


def _domain_title(responses: Responses, column: str, told: Told, tongues: Tongues) -> str:
    item = told.questionnaire.items.get(column) if told.questionnaire else None
    return tongues.of(item.title.root) if item else tongues.say(title_of(responses, column))


def _domain_codes(responses: Responses, column: str, told: Told, tongues: Tongues) -> dict[str, str]:
    item = told.questionnaire.items.get(column) if told.questionnaire else None
    if item is not None:
        return {code: tongues.of(label.root) for code, label in item.options.items()}
    return {code: tongues.say(said) for code, said in options_of(responses, column).items()}


def _methodology(languages: Sequence[str], said: Mapping[str, str] | None = None) -> str:
    lines = [
        "# EDIT ME: the items that the AAPOR Transparency Initiative asks for. Pages print them as they stand here."
    ]
    known, every = said or {}, Tongues(languages=languages)
    return "\n".join(
        [
            *lines,
            *(f"{one} = {every.say(known[one]) if one in known else _inline(languages, 1)}" for one in METHODOLOGY),
        ]
    )


def _source(language: str) -> str:
    return (
        "\n# EDIT ME: the survey. Give it a grade once its methodology stands in the case.\n"
        f"[sources.survey]\ntitle = {quoted(_words(language)[2])}\npublisher = {quoted(_publisher(language))}\n"
        f'grade = "F6"\nlanguage = {quoted(language)}\n'
    )


def add_source(case: Path, language: str) -> None:
    """Add the placeholder of the survey's source to the sources of a case."""
    with (case / "sources.toml").open("a", encoding="utf-8", newline="\n") as sources:
        sources.write(_source(language))


def _publisher(language: str) -> str:
    from shteg.evidence.beginning.writing import phrases

    return phrases(language)["source_publisher"]


def _words(language: str) -> tuple[str, str, str]:
    """Give the placeholders in a language; where the package has none, in English: they are marked for editing."""
    return _WORDS.get(language, _WORDS["en"])


def _inline(languages: Sequence[str], place: int) -> str:
    return "{ " + ", ".join(f"{one} = {quoted(_words(one)[place])}" for one in languages) + " }"


def _write(path: Path, text: str) -> None:
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
