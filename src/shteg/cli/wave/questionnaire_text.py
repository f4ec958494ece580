"""`questionnaire.toml` of a wave, written from what a file or a form says, in the languages of a case."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.readers import Responses
from shteg.survey.readers.field.measures import Measured, measure
from shteg.survey.readers.sets import SIGN

OPEN = "EDIT ME: "
"""Stands before a text that is not yet in the language under which it is written."""
_LEAST_BOXES = 4
"""Options that a scale needs for boxes of two at each end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongues:
    """The languages of a case, and those in which the texts of a file are; none: taken for all of them."""

    languages: Sequence[str]
    spoken: Sequence[str] = ()

    def say(self, text: str) -> str:
        """Write a text of the file in every language, marked in those in which it is not."""
        said = {one: text if not self.spoken or one in self.spoken else OPEN + text for one in self.languages}
        return _inline(said)

    def of(self, texts: Mapping[str, str]) -> str:
        """Write texts of a form; a language that it lacks gets the words of the first."""
        first = next(iter(texts.values()))
        return _inline({one: texts.get(one, first) for one in self.languages})


def _inline(texts: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{one} = {quoted(text)}" for one, text in texts.items()) + " }"


def key(text: str) -> str:
    """Write a key of TOML."""
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else quoted(text)


def quoted(text: str) -> str:
    """Write a text of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def title_of(responses: Responses, column: str) -> str:
    """What a column is called: its label, else its name."""
    return responses.labels.get(column) or column.replace("_", " ")


def options_of(responses: Responses, column: str) -> dict[str, str]:
    """Give the answers of a column with their words: value labels of the file, else the answers themselves.

    Parameters
    ----------
    responses : Responses
    column : str

    Returns
    -------
    dict
        Code → word; of a scale in its order.
    """
    labels = dict(responses.value_labels.get(column, {}))
    found = responses.frame[column].drop_nulls().str.strip_chars()
    answers = [one for one in found.unique(maintain_order=True).head(10 * 12).to_list() if one]
    return {code: labels.get(code, code) for code in sorted(dict.fromkeys([*labels, *answers]))}


def questionnaire_of_file(
    responses: Responses, items: Sequence[str], sets: Sequence[str], others: Sequence[str], tongues: Tongues
) -> str:
    """Write what was asked as far as a data file says it.

    Parameters
    ----------
    responses : Responses
        The file.
    items, sets, others : sequence of str
        Columns that are questions, sets with several answers, and the rest.
    tongues : Tongues

    Returns
    -------
    str
        TOML; a comment at each question names the rule by which it is a category, a scale or in order.
    """
    lines = [
        "# What was asked. EDIT ME: title and wording of each question, its options in each language, and",
        "# `favourable`: the answers that count together as the share that texts may quote. `missing`: no answer.",
    ]
    if tongues.spoken:
        lines.append(f"# The texts of the file are in {', '.join(tongues.spoken)}; “EDIT ME” stands before the others.")
    if others:
        lines.append(f"# Columns that are no question with options: {', '.join(others)}")
    for item in items:
        lines += ["", *_item(responses, item, tongues)]
    for name in sets:
        declared, item = responses.sets[name], name.lstrip(SIGN)
        title = declared.label or item
        lines += ["", f"# A set of the file ({', '.join(declared.columns)}).", f"[items.{key(item)}]"]
        lines += [f"title = {tongues.say(title)}", f"wording = {tongues.say(title)}", "multiple = true"]
        lines += ["", f"[items.{key(item)}.options]"]
        lines += [f"{key(code)} = {tongues.say(said)}" for code, said in _set_options(responses, name).items()]
    for name, columns in responses.batteries.items():
        among = [one for one in columns if one in items]
        if len(among) > 1:
            lines += ["", f"# Questions under one heading ({len(among)}).", f"[batteries.{key(name)}]"]
            lines += [f"title = {tongues.say(title_of(responses, name))}", f"items = {_listed(among)}"]
    return "\n".join(lines)


def _item(responses: Responses, item: str, tongues: Tongues) -> list[str]:
    title, missing = title_of(responses, item), responses.missing.get(item, ())
    found = measure(responses, item)
    lines = [f"# {_kind(found)}: {found.rule}.", f"[items.{key(item)}]", f"title = {tongues.say(title)}"]
    lines += [f"wording = {tongues.say(title)}", '# favourable = ["…"]']
    lines += [f"missing = {_listed(missing)}"] if missing else ['# missing = ["…"]']
    options = _options_in_order(responses, item, found)
    if found.kind in ("scale", "ordered") and len([one for one in options if one not in missing]) >= _LEAST_BOXES:
        lines.append("ordered = true")
    if found.kind == "scale":
        lines.append("scores = { " + ", ".join(f"{quoted(code)} = {code}" for code in found.codes) + " }")
    lines += ["", f"[items.{key(item)}.options]"]
    lines += [f"{key(code)} = {tongues.say(said)}" for code, said in options.items()]
    return lines


def _kind(found: Measured) -> str:
    words = {"category": "A category", "ordered": "A category in order", "scale": "A scale", "number": "A number"}
    return words.get(found.kind, "A text")


def _options_in_order(responses: Responses, item: str, found: Measured) -> dict[str, str]:
    options = options_of(responses, item)
    battery = next((columns for columns in responses.batteries.values() if item in columns), ())
    for other in battery:  # one of a battery has the options of all
        options = {**options_of(responses, other), **options}
    if battery:
        return dict(sorted(options.items()))
    if found.kind not in ("scale", "ordered"):
        return options
    return {code: options[code] for code in (*found.codes, *(one for one in options if one not in found.codes))}


def _set_options(responses: Responses, name: str) -> dict[str, str]:
    """Give the options of a set: its columns, what follows the set's name in them, or the codes that they hold."""
    declared = responses.sets[name]
    if declared.kind == "dichotomy":
        before = f"{name.lstrip(SIGN)}/"
        return {column.removeprefix(before): title_of(responses, column) for column in declared.columns}
    found: dict[str, str] = {}
    for column in declared.columns:
        missing = set(responses.missing.get(column, ()))
        found |= {code: said for code, said in options_of(responses, column).items() if code not in missing}
    return found


def questionnaire_of_form(form: Questionnaire, items: Sequence[str], left: Sequence[str], tongues: Tongues) -> str:
    """Write what a form says of the questions that a file answers.

    Parameters
    ----------
    form : Questionnaire
    items : sequence of str
        Questions with answers.
    left : sequence of str
        Questions without: named in a comment.
    tongues : Tongues

    Returns
    -------
    str
        TOML.
    """
    lines = ["# What was asked, from the form. EDIT ME: `favourable` and `missing`."]
    if left:
        lines.append(f"# Questions of the form that nobody answered in this file: {', '.join(left)}")
    for name in items:
        item = form.items[name]
        lines += ["", f"[items.{key(name)}]", f"title = {tongues.of(item.title.root)}"]
        lines += [f"wording = {tongues.of(item.wording.root)}"]
        lines += ["multiple = true"] if item.multiple else []
        lines += ['# favourable = ["…"]', '# missing = ["…"]', "", f"[items.{key(name)}.options]"]
        lines += [f"{key(code)} = {tongues.of(label.root)}" for code, label in item.options.items()]
    for name, battery in form.batteries.items():
        among = [one for one in battery.items if one in items]
        if len(among) > 1:
            lines += ["", "# A table of the form.", f"[batteries.{key(name)}]"]
            lines += [f"title = {tongues.of(battery.title.root)}", f"items = {_listed(among)}"]
    return "\n".join(lines)


def _listed(codes: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, codes))}]"
