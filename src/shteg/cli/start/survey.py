"""The survey that a case is begun from: its file in the case, with what is to be completed beside it."""

import json
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from shteg.errors import UsageError
from shteg.evidence.beginning import Beginning
from shteg.evidence.records.base import is_id
from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.readers import Responses, read_responses
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person has said of a wave; what is empty stays a placeholder that is marked for editing."""

    title: str = ""
    happened_on: str = ""
    source: str = "survey"
    encoding: str = ""
    methodology: Mapping[str, str] = field(default_factory=dict)
    questionnaire: Questionnaire | None = None


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
    for column in frame.columns:
        if column in roles.values() or column in boxes:
            continue
        answers = len(_options(responses, column))
        if not 2 <= answers <= MOST_OPTIONS or answers == frame.height:  # a number of the respondent
            others.append(column)
        elif _folded(column) in _GROUPS:
            groups.append(column)
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
    data = _copy(file, responses, columns, folder)
    _write(folder / "design.toml", _design(data, told.happened_on or guessed, columns, responses, languages, told))
    asked = _asked(told.questionnaire, languages) if told.questionnaire else None
    _write(folder / "questionnaire.toml", asked or _questionnaire(columns, responses, languages))
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


def with_ids(responses: Responses) -> Responses:
    """Give columns that are called by a whole question an id; the question becomes their label.

    Parameters
    ----------
    responses : Responses
        As read.

    Returns
    -------
    Responses
        The same where every name is an id.
    """
    names: dict[str, str] = {}
    for column in responses.frame.columns:
        name = column if is_id(column) else _id_of(column, len(names) + 1)
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
        sets={},  # the data are written as CSV, which declares none
    )


def _id_of(text: str, number: int) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:6]) or f"q{number}"


def _copy(file: Path, responses: Responses, columns: Columns, folder: Path) -> str:
    """Copy the file; where columns got other names, write the answers under these as CSV."""
    used = (*columns.roles.values(), *columns.groups, *columns.items)
    if all(one not in responses.labels or one in _header(file) for one in used):
        data = f"answers{file.suffix.lower()}"
        shutil.copyfile(file, folder / data)
        return data
    responses.frame.write_csv(folder / "answers.csv")
    return "answers.csv"


def _header(file: Path) -> Sequence[str]:
    return read_responses(file).frame.columns


def _called(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    return [column for column in frame.columns if _folded(column) in names]


def _folded(column: str) -> str:
    return re.sub(r"[\s-]+", "_", column.strip().casefold())


def _options(responses: Responses, column: str) -> dict[str, str]:
    """Give the answers of a column with their words: value labels of the file, else the answers themselves."""
    labels = dict(responses.value_labels.get(column, {}))
    found = responses.frame[column].drop_nulls().str.strip_chars()
    answers = [one for one in found.unique(maintain_order=True).head(10 * MOST_OPTIONS).to_list() if one]
    return {code: labels.get(code, code) for code in sorted(dict.fromkeys([*labels, *answers]))}


def _design(
    data: str, happened_on: str, columns: Columns, responses: Responses, languages: Sequence[str], told: Told
) -> str:
    lines = [
        "# Which columns hold the sampling design. EDIT ME: when the fieldwork was, and what the survey is called.",
        f"data = {_quoted(data)}",
        *([f"encoding = {_quoted(told.encoding)}"] if told.encoding and data.endswith((".sav", ".dta")) else []),
        *([] if told.happened_on else ["# Unverified: the year of the case."]),
        f"happened_on = {_quoted(happened_on)}",
        f"title = {_same(languages, told.title) if told.title else _inline(languages, 0)}",
    ]
    for role in _ROLES:
        lines.append(
            f"{role} = {_quoted(columns.roles[role])}"
            if role in columns.roles
            else f'# No column was taken for it: {role} = "…". Without it the intervals are those of a simple sample.'
        )
    lines += [f"source = {_quoted(told.source)}", ""]
    if columns.groups:
        lines += ["# Columns by which results are broken down. EDIT ME: their titles.", "[domains]"]
        lines += [f"{_key(one)} = {_same(languages, _title(responses, one))}" for one in columns.groups]
        for one in columns.groups:
            lines += ["", f"[codes.{_key(one)}]"]
            lines += [f"{_key(code)} = {_same(languages, said)}" for code, said in _options(responses, one).items()]
    return "\n".join(lines)


def _questionnaire(columns: Columns, responses: Responses, languages: Sequence[str]) -> str:
    lines = [
        "# What was asked. EDIT ME: title and wording of each question, its options in each language, and",
        "# `favourable`: the answers that count together as the share that texts may quote. `missing`: no answer.",
    ]
    if columns.others:
        lines.append(f"# Columns that are no question with options: {', '.join(columns.others)}")
    for item in columns.items:
        title, missing = _title(responses, item), responses.missing.get(item, ())
        lines += ["", f"[items.{_key(item)}]", f"title = {_same(languages, title)}"]
        lines += [f"wording = {_same(languages, title)}", '# favourable = ["…"]']
        lines += [f"missing = [{', '.join(map(_quoted, missing))}]"] if missing else ['# missing = ["…"]']
        lines += ["", f"[items.{_key(item)}.options]"]
        lines += [f"{_key(code)} = {_same(languages, said)}" for code, said in _options(responses, item).items()]
    for name in columns.sets:
        declared, item = responses.sets[name], name.lstrip(SIGN)
        title = declared.label or item
        lines += ["", f"# A set of the file ({', '.join(declared.columns)}).", f"[items.{_key(item)}]"]
        lines += [f"title = {_same(languages, title)}", f"wording = {_same(languages, title)}", "multiple = true"]
        lines += ["", f"[items.{_key(item)}.options]"]
        lines += [f"{_key(code)} = {_same(languages, said)}" for code, said in _set_options(responses, name).items()]
    return "\n".join(lines)


def _set_options(responses: Responses, name: str) -> dict[str, str]:
    """Give the options of a set: its columns, or the codes that they hold."""
    declared = responses.sets[name]
    if declared.kind == "dichotomy":
        return {column: _title(responses, column) for column in declared.columns}
    found: dict[str, str] = {}
    for column in declared.columns:
        missing = set(responses.missing.get(column, ()))
        found |= {code: said for code, said in _options(responses, column).items() if code not in missing}
    return found


def _title(responses: Responses, column: str) -> str:
    return responses.labels.get(column) or column.replace("_", " ")


def _asked(questionnaire: Questionnaire, languages: Sequence[str]) -> str:
    """Write what a form says, in its languages; a language that the form lacks gets the first one's words."""
    lines = ["# What was asked, from the form. EDIT ME: `favourable` and `missing`."]
    for name, item in questionnaire.items.items():
        lines += ["", f"[items.{_key(name)}]", f"title = {_said_in(item.title.root, languages)}"]
        lines += [f"wording = {_said_in(item.wording.root, languages)}"]
        lines += ["multiple = true"] if item.multiple else []
        lines += ['# favourable = ["…"]', '# missing = ["…"]', "", f"[items.{_key(name)}.options]"]
        lines += [f"{_key(code)} = {_said_in(label.root, languages)}" for code, label in item.options.items()]
    return "\n".join(lines)


def _said_in(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    first = next(iter(texts.values()))
    return "{ " + ", ".join(f"{one} = {_quoted(texts.get(one, first))}" for one in languages) + " }"


def _methodology(languages: Sequence[str], said: Mapping[str, str] | None = None) -> str:
    lines = [
        "# EDIT ME: the items that the AAPOR Transparency Initiative asks for. Pages print them as they stand here."
    ]
    known = said or {}
    return "\n".join(
        [
            *lines,
            *(
                f"{key} = {_same(languages, known[key]) if key in known else _inline(languages, 1)}"
                for key in METHODOLOGY
            ),
        ]
    )


def _source(language: str) -> str:
    return (
        "\n# EDIT ME: the survey. Give it a grade once its methodology stands in the case.\n"
        f"[sources.survey]\ntitle = {_quoted(_words(language)[2])}\npublisher = {_quoted(_publisher(language))}\n"
        f'grade = "F6"\nlanguage = {_quoted(language)}\n'
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
    return "{ " + ", ".join(f"{one} = {_quoted(_words(one)[place])}" for one in languages) + " }"


def _same(languages: Sequence[str], said: str) -> str:
    return "{ " + ", ".join(f"{one} = {_quoted(said)}" for one in languages) + " }"


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
