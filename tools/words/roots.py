"""Where shteg speaks: errors, problems, what commands print and their help; each place as the templates it can say."""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tools.words.evaluate import Evaluator, percent_holes
from tools.words.parts import Forms, Hole, Template, filled, speaks, written
from tools.words.source import Scope, Source, called

ERRORS = re.compile(r"\w*(Error|Exception)$|Problem$|BadParameter$|UsageError$")
UNSPOKEN = {"AssertionError", "NotImplementedError", "KeyError", "AttributeError", "StopIteration", "isinstance"}
"""Errors that are bugs, or that shteg itself catches."""
PRINTS = {"echo", "secho", "prompt", "confirm"}
LOGS = {"warning"}
BUGS = re.compile(
    r"^(message .* lacks |no message |the lexicon has no |the edition has no (value|source|chart|table) )"
    r"|to every other language$|holds \{cell\}$|identifies a row$|cannot hold these cells|, row [A-Z]|a bug of shteg$"
    r"|is no XML|declares a document type|inside each other$|belongs to the set .* tables?/"
    r"|^report it$|^build it again$"
    r"|\$env:|\$_|^\$\w+ =|^param\(|ScriptBlock|^try \{|^\}|ForEach-Object|^\[System|COMP_"
    r"|^if \(\$|^# |^\w+ = |, sheet \{"
)
"""What only a fault in the program itself says."""
HIGHEST = 5
"""So many callers up a parameter is followed."""


@dataclass(frozen=True, slots=True)
class Word:
    """A template and where it is said."""

    text: str
    room: str
    line: int


def all_words(source: Source) -> list[Word]:
    """Give every template that the source says to a person at the terminal, in the order of files and lines."""
    finder = _Finder(source)
    found: dict[str, Word] = {}
    for said in finder.words():
        if said.room.startswith(ELSEWHERE):
            continue
        for line in said.text.split("\n"):
            text = bare(line)
            if BUGS.search(text):
                continue
            if re.search(r"[A-Za-z]{2,}.* ", re.sub(r"\{\w+\}|`[^`]*`", "", text) + " ") and " " in text:
                found.setdefault(plain(text), Word(text, said.room, said.line))
    return sorted(found.values(), key=lambda one: (one.room, one.line, one.text))


def bare(line: str) -> str:
    """Take from a line what the reader's side takes off itself: marks such as `Hint:`, and a place before a colon."""
    text = line.strip()
    before = ""
    while text != before:
        before = text
        text = re.sub(r"^((Hint|Warning|Note|Notice|Next|Error): |\{\w+\}: )", "", text)
    return text


ELSEWHERE = ("web/", "estimates/", "languages/wanted")
"""Rooms that do not speak at the terminal: the studio has pages of its own, and what only bugs say stays English."""


def plain(text: str) -> str:
    """Take the names out of the holes: what they are called does not matter."""
    return re.sub(r"(?<!\{)\{\w+\}(?!\})", "{}", text)


class _Finder:
    def __init__(self, source: Source) -> None:
        self.source, self.reading = source, Evaluator(source)
        self.scopes = {scope.key: scope for module in source.modules for scope in module.scopes}

    def words(self) -> Iterator[Word]:
        for module in self.source.modules:
            for scope in module.scopes:
                for call in scope.calls:
                    for one in _told(call, scope, self.source.telling):
                        yield from self._said(one, scope, call)
            if module.room.startswith("cli/"):
                yield from _help(module.room, module.tree)
            yield from _listed(module.room, module.tree)

    def _said(self, node: ast.expr, scope: Scope, call: ast.Call) -> Iterator[Word]:
        forms = self.reading.forms(node, scope)
        if called(call) in LOGS:
            forms = tuple(percent_holes(one) for one in forms)
        for form in forms:
            for whole, room, line in self._called(form, scope, scope.module.room, call.lineno, 0):
                text = written(whole)
                if speaks(whole) and " " in text.strip() and not BUGS.search(text):
                    yield Word(text.strip(), room, line)

    def _called(
        self, form: Template, scope: Scope, room: str, line: int, height: int
    ) -> Iterator[tuple[Template, str, int]]:
        """Follow a parameter that is part of what is said to the calls that give it."""
        owners = {part.owner for part in form if isinstance(part, Hole) and part.owner}
        owned = next((self.scopes[key] for key in owners if key in self.scopes), None)
        name = owned.key.rsplit(":", 1)[1].split("@")[0] if owned else ""
        calls = [
            (inner, call) for inner, call in self.source.callers.get(name, ())
            if owned and self._may_call(owned, inner, call)
        ]  # fmt: skip
        if owned is None or not calls or height >= HIGHEST:
            yield form, room, line
            return
        for inner, call in calls:
            bound = self.reading.bind(call, owned, inner)
            told: Forms = filled(form, owned.key, bound)
            for one in told:
                yield from self._called(one, inner, inner.module.room, call.lineno, height + 1)

    def _may_call(self, owned: Scope, inner: Scope, call: ast.Call) -> bool:
        """Tell whether a call may be one of this function: its name, and as many arguments as it takes."""
        if owned.module is not inner.module and self.reading.only(called(call), inner) not in (None, owned):
            return False
        names = owned.parameters
        return len(call.args) <= len(names) and all(one.arg is None or one.arg in names for one in call.keywords)


def _told(call: ast.Call, scope: Scope, telling: dict[str, list[str]]) -> list[ast.expr]:
    """Give the arguments of a call that a person reads."""
    name = called(call)
    if name == "__init__" and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        given = called(call.func.value) == "super" and ERRORS.match(scope.key.rsplit(":", 1)[1].split("@")[0])
        return [*call.args] if given else []
    if ERRORS.match(name) and name not in UNSPOKEN:
        return [*call.args, *(one.value for one in call.keywords)]
    if name in telling:
        wanted = {"problem", "hint"}
        placed = [one for field, one in zip(telling[name], call.args, strict=False) if field in wanted]
        return placed + [one.value for one in call.keywords if one.arg in wanted]
    if name in PRINTS and scope.module.room.startswith("cli/") and call.args:
        return call.args[:1]
    if name == "note" and len(call.args) > 1:
        return call.args[1:2]
    if name == "append" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith("notes"):
        return call.args[:1]
    if name in LOGS and isinstance(call.func, ast.Attribute) and call.args:
        return call.args[:1]
    if name in ("option", "argument", "version_option", "command", "group"):
        return [one.value for one in call.keywords if one.arg in ("help", "prompt", "short_help", "epilog")]
    if name in ("tell", "add_task") and scope.module.room.startswith("cli/"):
        return call.args[:1]
    return []


def _help(room: str, tree: ast.Module) -> Iterator[Word]:
    """Give the paragraphs of the docstrings of commands."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = {called(one) for one in node.decorator_list if isinstance(one, ast.Call)}
        if names & {"command", "group"}:
            for paragraph in paragraphs(ast.get_docstring(node) or ""):
                yield Word(paragraph.replace("{", "{{").replace("}", "}}"), room, node.lineno)


def paragraphs(text: str) -> list[str]:
    """Give the paragraphs of a help text, each on one line, as the help of the reader looks them up."""
    parts = re.split(r"\n\s*\n", inspect.cleandoc(text.split("\f", 1)[0]))
    return [" ".join(one.replace("\b", "").split()) for one in parts if one.replace("\b", "").strip()]


def _listed(room: str, tree: ast.Module) -> Iterator[Word]:
    """Give the lines of COMMANDS."""
    if room != "cli/app":
        return
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
            continue
        if any(isinstance(one, ast.Name) and one.id == "COMMANDS" for one in node.targets):
            texts = [one for one in node.value.values if isinstance(one, ast.Constant)]
            yield from (Word(str(one.value), room, one.lineno) for one in texts)


def by_room(words: list[Word]) -> dict[str, list[Word]]:
    """Sort words by the first part of their room."""
    found: dict[str, list[Word]] = defaultdict(list)
    for one in words:
        found[one.room.split("/", 1)[0]].append(one)
    return found
