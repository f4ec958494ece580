"""The files of a case that has just been begun: every placeholder is labelled, every note is for who edits it next."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from shteg.countries import country_name
from shteg.errors import UsageError
from shteg.evidence.beginning.beginning import Beginning
from shteg.evidence.beginning.organisations import name_country
from shteg.evidence.find_case import require_free
from shteg.evidence.records.declarations import PerLanguage, marked
from shteg.evidence.records.files import FILES
from shteg.keeping import work_folder
from shteg.languages import package_languages

NEEDED = ("case.toml", "sources.toml", "items.toml", "steps.toml", "pathways.toml", "recommendations.toml")
WAITING = ("acts.csv", "ladder.csv", "chronicle.csv")
"""Tables that wait for facts with their header and no row."""
STEP = "membership"
_AT_THE_END = ("source", "grade")
_UNKNOWN_FROM = 1900
_REPORTED = (5, 10, 15)
_SLOT = re.compile(r"<<(\w+=?)>>")
_PARAGRAPHS = ("about", "path", "heading_about", "heading_path", "heading_measures")


def begin_case(beginning: Beginning, folder: Path, add: Callable[[Path], object] | None = None) -> Path:
    """Make `folder`, a case that checks and builds, from a few answers.

    Nothing is made up: what nobody said is a placeholder labelled as assumed or as unverified, in the comments of the
    files, on every page and in the grades of the rows. The folder is written beside its place and renamed at the end.

    Parameters
    ----------
    beginning : Beginning
        The answers.
    folder : Path
        Where the case goes; it does not exist yet.
    add : callable, optional
        Adds to the files of the case before the folder is put in its place.

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    UsageError
        The name is not an id, the folder exists, or a language is none of the program.
    """
    require_free(beginning.name, folder)
    for language in beginning.languages:
        _require_known(language)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with work_folder(folder) as work:
        draft = work / beginning.name
        for path, text in case_files(beginning).items():
            file = draft / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        if add is not None:
            add(draft)
        draft.rename(folder)
    return folder


def _require_known(language: str) -> None:
    if language not in package_languages():
        hint = f"begin in {' or '.join(package_languages())}, then `shteg messages {language} CASE --write` adds it"
        raise UsageError(f"shteg has no messages in the language `{language}`", hint, "--languages")


def case_files(beginning: Beginning) -> dict[str, str]:
    """Give the files of the case, path to text."""
    values = _values(beginning)
    names = [*NEEDED]
    if len(beginning.languages) > 1 or not beginning.minimal:
        names.append("labels.toml")
    if not beginning.minimal:
        names.append("NOTES.md")
    found = {name: _fill(_template(name), values) for name in names}
    found["members.csv"] = _members(beginning)
    for language in beginning.languages:
        found[f"text/{language}/report.md"] = _fill(_template("report.md"), values | _text_values(beginning, language))
    if not beginning.minimal:
        found |= {name: _header(name, beginning.languages) for name in WAITING}
    return found


@cache
def _template(name: str) -> str:
    return files("shteg.evidence.beginning").joinpath("files", name).read_text(encoding="utf-8")


@cache
def phrases(language: str) -> Mapping[str, str]:
    """Give the words of a case that has just been begun, in a language of the program."""
    found = files("shteg.evidence.beginning").joinpath("phrases", f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(found)


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: values[slot[1]], template).rstrip("\n") + "\n"


def _values(beginning: Beginning) -> dict[str, str]:
    """Give what stands in the slots: names in each language as a table, `name=` in the first one alone."""
    first = beginning.languages[0]
    told = {key: {one: _said(beginning, key, one) for one in beginning.languages} for key in phrases(first)}
    for key, names in (("organisation", beginning.organisation), ("short", beginning.short)):
        told[key] = {one: names[one] for one in beginning.languages}
    values = {key: _inline(words) for key, words in told.items()}
    values |= {f"{key}=": _quoted(words[first]) for key, words in told.items()}
    for key in ("title", "publisher", "footnote", "organisation", "short", "author", "author_about"):
        values[key] = "\n".join(f"{language} = {_quoted(words)}" for language, words in told[key].items())
    years = [beginning.as_of.year + ahead for ahead in _REPORTED]
    unknown = any(not since for since in beginning.members.values())
    return values | {
        "id": _quoted(beginning.name),
        "aspirant_code": _quoted(beginning.aspirant),
        "organisation_id": _quoted(beginning.organisation_id),
        "as_of": beginning.as_of.isoformat(),
        "seed": beginning.as_of.strftime("%Y%m%d"),
        "language": _quoted(first),
        "languages": f"[{', '.join(_quoted(one) for one in beginning.languages)}]",
        "package_languages": ", ".join(package_languages()),
        "rule": _quoted(beginning.rule),
        "report_years": str(years),
        "names": _names(beginning),
        "unknown_dates": f" Where nobody said when a member joined, the span `{_unknown(beginning)}` stands."
        if unknown
        else "",
    }


def _said(beginning: Beginning, key: str, language: str) -> str:
    words = phrases(language)[key]
    if key != "title":
        return words
    names = {"aspirant": _country(beginning, beginning.aspirant, language), "organisation": beginning.short[language]}
    return words.format(**{key: name[:1].upper() + name[1:] if words.startswith(f"{{{key}}}") else name
                           for key, name in names.items()})  # fmt: skip


def _text_values(beginning: Beginning, language: str) -> dict[str, str]:
    title = _said(beginning, "title", language)
    last = beginning.as_of.year + _REPORTED[-1]
    bound = {"value": f"{{{{ value.forecast.{STEP}.{last}|range }}}}"}
    said = {key: phrases(language)[key].replace("{value}", bound["value"]) for key in _PARAGRAPHS}
    return said | {
        "title=": _quoted(title),
        "description=": _quoted(phrases(language)["description"]),
        "declared": f"[{', '.join(_quoted(one) for one in sorted(set(re.findall(r'[0-9]+', title))))}]",
    }


def _country(beginning: Beginning, code: str, language: str) -> str:
    named = beginning.names.get(code)
    return named[language] if named else name_country(code, language)


def _names(beginning: Beginning) -> str:
    """Write [names] of case.toml: the aspirant where CLDR does not name it so; members have theirs in their table."""
    code = beginning.aspirant
    words = {language: _country(beginning, code, language) for language in beginning.languages}
    if all(_in_cldr(code, language) == said for language, said in words.items()):
        return ""
    return f"\n# Countries that need a name, or another than the usual one.\n[names]\n{code} = {_inline(words)}"


def _in_cldr(code: str, language: str) -> str:
    try:
        return country_name(code, language)
    except UsageError:
        return ""


def _unknown(beginning: Beginning) -> str:
    """Write a date of which nobody said anything: a span that is true and says nearly nothing."""
    return f"{_UNKNOWN_FROM}/{beginning.as_of.year - 1}"


def _members(beginning: Beginning) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["member", *(f"name_{one}" for one in beginning.languages), "member_since", "source", "grade"])
    for code, since in sorted(beginning.members.items()):
        names = [_country(beginning, code, language) for language in beginning.languages]
        table.writerow([code, *names, since or _unknown(beginning), "recalled", "F6"])
    return out.getvalue()


def _header(name: str, languages: tuple[str, ...]) -> str:
    """Write the header of a table: what each row needs, then what it may have, then its source."""
    (spec,) = (one for one in FILES if one.path == name)
    fields, spoken = spec.record.model_fields, marked(spec.record, PerLanguage)
    needed = [key for key, one in fields.items() if one.is_required()]
    ordered = [*needed, *(key for key in fields if key not in needed)]
    columns = [*(key for key in ordered if key not in _AT_THE_END), *_AT_THE_END]
    return ",".join(part for key in columns for part in _columns(key, languages if key in spoken else ())) + "\n"


def _columns(key: str, languages: tuple[str, ...]) -> list[str]:
    return [f"{key}_{language}" for language in languages] or [key]


def _inline(words: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{language} = {_quoted(said)}" for language, said in words.items()) + " }"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
