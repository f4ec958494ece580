"""Changes to a TOML file that leave every byte alone which they do not mean: comments, quoting, order, line ends."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shteg.errors import UsageError
from shteg.evidence.files.toml_positions import Path

_BLANKS = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r'[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[^\s,\]}#]+(?: [\d:.]+)?', re.DOTALL
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
Tree = dict[Any, Any]


@dataclass(slots=True)
class _Node:
    """A key of the file. `kind`: "value", "inline", "array" stand behind a key; "table" and "tables" under headers.

    `start` and `end` bound the value, or the header with the pairs below it; `key` is where its key begins.
    """

    kind: str
    start: int = 0
    end: int = 0
    key: int = 0
    path: Path = ()
    children: dict[Any, _Node] = field(default_factory=dict)
    header: bool = False
    body: int = -1


class _Reader:
    """Finds every key of a text that `tomllib` has read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.root = _Node("table", body=0, header=True)

    def read(self) -> _Node:
        table = self.root
        while self.skip() < len(self.text):
            table = self.header() if self.text[self.at] == "[" else self.pair(table, table)
        return self.root

    def skip(self) -> int:
        return self.match(_BLANK_LINES).end()

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise UsageError("the file cannot be changed here", "change it with a text editor")
        self.at = found.end()
        return found

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def keys(self) -> list[str]:
        found: list[str] = []
        while True:
            self.match(_BLANKS)
            key = self.match(_KEY)[0]
            found.append(key if key[0] not in "\"'" else str(tomllib.loads(f"k = {key}")["k"]))
            self.match(_BLANKS)
            if not self.text.startswith(".", self.at):
                return found
            self.at += 1

    def header(self) -> _Node:
        start, many = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self.keys()
        self.at += 2 if many else 1
        node = self.root
        for number, key in enumerate(keys):
            last = number == len(keys) - 1
            kind = "tables" if many and last else "table"
            node = node.children.setdefault(key, _Node(kind, path=(*node.path, key)))
            if node.kind == "tables":
                if last and many:
                    at = len(node.children)
                    node.children[at] = _Node("table", path=(*node.path, at))
                node = node.children[len(node.children) - 1]
        node.header, node.start, node.end, node.body = True, start, self.line_end(self.at), self.line_end(self.at)
        return node

    def pair(self, table: _Node, inside: _Node) -> _Node:
        key, node = self.at, inside
        names = self.keys()
        for name in names[:-1]:
            node = node.children.setdefault(name, _Node("dotted", path=(*node.path, name)))
        self.at += 1
        made = self.value((*node.path, names[-1]))
        made.key = key
        node.children[names[-1]] = made
        if table.kind == "table":
            table.end = table.body = self.line_end(self.at)
        return table

    def value(self, path: Path) -> _Node:
        self.match(_BLANKS)
        node = _Node("value", self.at, path=path)
        if self.text[self.at] == "{":
            node.kind = "inline"
            self.at += 1
            while self.text[self.skip()] != "}":
                if self.text[self.at] == ",":
                    self.at += 1
                else:
                    self.pair(node, node)
            self.at += 1
        elif self.text[self.at] == "[":
            node.kind = "array"
            self.at += 1
            while self.text[self.skip()] != "]":
                if self.text[self.at] == ",":
                    self.at += 1
                else:
                    node.children[len(node.children)] = self.value((*path, len(node.children)))
            self.at += 1
        else:
            self.match(_VALUE)
        node.end = self.at
        return node


class _Editor:
    """Collects what is to be replaced in a text: begin, end, new text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = _Reader(text).read()
        self.edits: list[tuple[int, int, str]] = []

    def change(self, node: _Node, old: Tree, new: Tree) -> None:
        for key in [one for one in old if one not in new]:
            self.remove(node.children[key])
        for key, value in new.items():
            if key not in old:
                self.add(node, key, value)
            elif not _same(old[key], value):
                self.alter(node.children[key], old[key], value)

    def alter(self, node: _Node, old: Any, new: Any) -> None:
        if node.kind in ("table", "tables", "dotted"):
            if not (isinstance(old, dict) and isinstance(new, dict)):
                raise _cannot(node.path)
            self.change(node, old, new)
        else:
            self.edits.append((node.start, node.end, self.rendered(node, old, new)))

    def rendered(self, node: _Node, old: Any, new: Any) -> str:
        """Write the value behind a key anew, with the text of all parts that stay."""
        source = self.text[node.start : node.end]
        if _same(old, new):
            return source
        if node.kind == "value" or not isinstance(new, dict) or not isinstance(old, dict):
            return literal(new, source)
        if any(one.kind == "dotted" for one in node.children.values()):
            return literal(new)
        if set(old) == set(new):
            out, at = "", node.start
            for key, child in node.children.items():
                out += self.text[at : child.start] + self.rendered(child, old[key], new[key])
                at = child.end
            return out + self.text[at : node.end]
        if "#" in re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'', "", source):
            raise _cannot(node.path)
        parts = []
        for key, value in new.items():
            kept = node.children.get(key)
            written = self.rendered(kept, old[key], value) if kept and key in old else literal(value)
            parts.append(written if node.kind == "array" else f"{_key(key)} = {written}")
        if node.kind == "inline":
            return "{ " + ", ".join(parts) + " }" if parts else "{}"
        if "\n" not in source:
            return "[" + ", ".join(parts) + "]"
        return "[\n" + "".join(f"    {one},\n" for one in parts) + "]"

    def remove(self, node: _Node) -> None:
        if node.kind in ("value", "inline", "array"):
            self.edits.append((self.line_start(node.key), self.line_end(node.end), ""))
            return
        if node.header:
            end = node.body
            blank = re.compile(r"[ \t]*\n").match(self.text, end)
            self.edits.append((node.start, blank.end() if blank else end, ""))
        for child in node.children.values():
            if child.kind in ("table", "tables", "dotted") or not node.header:
                self.remove(child)

    def add(self, node: _Node, key: Any, value: Any) -> None:
        under_headers = [one for one in node.children.values() if one.kind in ("table", "tables") and one.end]
        under_headers += [one for one in node.children.values() if one.kind == "tables"]
        blocks = isinstance(value, dict) and value and (not node.header or bool(under_headers) or node is self.root)
        if node.kind == "tables" or (blocks and not _is_list(value)):
            at = max((_last(one) for one in node.children.values()), default=len(self.text))
            self.block(at or len(self.text), (*node.path, key), value, many=node.kind == "tables")
        elif blocks and _is_list(value) and all(isinstance(one, dict) for one in value.values()):
            for one in value.values():
                self.block(len(self.text), (*node.path, key), one, many=True, numbered=False)
        elif node.kind == "dotted" or not node.header:
            raise _cannot((*node.path, key))
        else:
            at = node.body
            if node is self.root and not any(
                one.kind in ("value", "inline", "array") for one in node.children.values()
            ):
                at = min((one.start for one in _headers(node)), default=len(self.text))
            self.insert(at, f"{_key(key)} = {literal(value)}\n")

    def block(self, at: int, path: Path, value: Tree, *, many: bool, numbered: bool = True) -> None:
        name = ".".join(_key(one) for one in (path[:-1] if many and numbered else path) if isinstance(one, str))
        if not many and not any(not isinstance(one, dict) or _is_list(one) for one in value.values()) and value:
            for key, one in value.items():
                self.block(at, (*path, key), one, many=False)
            return
        lines = [f"{_key(key)} = {literal(one)}\n" for key, one in value.items()]
        opening = f"[[{name}]]" if many else f"[{name}]"
        self.insert(at, f"\n{opening}\n" + "".join(lines))

    def insert(self, at: int, text: str) -> None:
        before = "\n" if at and self.text[at - 1 : at] != "\n" else ""
        self.edits.append((at, at, before + text))

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def result(self) -> str:
        out, at = "", 0
        for start, end, text in sorted(self.edits, key=lambda one: (one[0], one[1])):
            out += self.text[at : max(at, start)] + text
            at = max(at, end)
        return (out + self.text[at:]).lstrip("\n") if not self.text else out + self.text[at:]


def _headers(node: _Node) -> Iterable[_Node]:
    for child in node.children.values():
        if child.kind in ("table", "tables"):
            if child.header:
                yield child
            yield from _headers(child)


def _last(node: _Node) -> int:
    """Where the last table of a node ends."""
    own = node.body if node.header else 0
    return max([own, *(_last(one) for one in node.children.values() if one.kind in ("table", "tables"))])


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(one, int) for one in value)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        return list(old) == list(new) and all(_same(old[key], new[key]) for key in old)
    return type(old) is type(new) and bool(old == new)


def _cannot(path: Path) -> UsageError:
    name = ".".join(str(one) for one in path)
    return UsageError(f"`{name}` cannot be changed without writing the file anew", "change it with a text editor")


def _key(key: Any) -> str:
    return str(key) if _BARE.fullmatch(str(key)) else json.dumps(str(key), ensure_ascii=False)


def literal(value: Any, source: str = "") -> str:
    """Write a value as TOML; in the quotation marks of `source`, the text that it replaces, where these can hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list) or _is_list(value):
        inside = value.values() if isinstance(value, dict) else value
        return "[" + ", ".join(literal(one) for one in inside) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {literal(one)}" for key, one in value.items()) + " }" if value else "{}"
    text = str(value)
    if source.startswith('"""') and "\n" in text:
        inner = json.dumps(text, ensure_ascii=False)[1:-1].replace("\\n", "\n").replace('\\"', '"')
        return '"""\n' + inner.replace('"""', '""\\"') + '"""' if not inner.endswith('"') else literal(value)
    if source.startswith("'") and not source.startswith("'''") and not re.search(r"['\x00-\x1f]", text):
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def by_number(raw: Any) -> Any:
    """Give parsed TOML with every list as a mapping by number; empty lists stay."""
    if isinstance(raw, Mapping):
        return {key: by_number(one) for key, one in raw.items()}
    if isinstance(raw, list) and raw:
        return {number: by_number(one) for number, one in enumerate(raw)}
    return raw


def _ordered(old: Any, new: Any) -> Any:
    """Give the new tree in the order of the old one; what is new stands at the end."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    keys = [key for key in old if key in new] + [key for key in new if key not in old]
    if _is_list(new):
        keys.sort()
    return {key: _ordered(old.get(key), new[key]) for key in keys}


def _renumbered(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if _is_list(tree):
        return [_renumbered(tree[key]) for key in sorted(tree)]
    return {key: _renumbered(one) for key, one in tree.items()}


def edit_toml(raw: bytes, wanted: Tree) -> bytes:
    """Give a TOML file with other values; whatever is equal keeps its bytes.

    Parameters
    ----------
    raw : bytes
        The file; empty for a new one.
    wanted : dict
        All that it is to hold, with lists as mappings by number: those of its own keep their number, one that is left
        out is removed, a higher one is new.

    Returns
    -------
    bytes

    Raises
    ------
    UsageError
        The change cannot be made in place.
    """
    text = raw.decode("utf-8-sig")
    plain = text.replace("\r\n", "\n")
    old = by_number(tomllib.loads(plain))
    editor = _Editor(plain)
    editor.change(editor.root, old, _ordered(old, wanted))
    made = editor.result()
    try:
        right = tomllib.loads(made) == _renumbered(wanted)
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise UsageError("the change cannot be made without writing the file anew", "change it with a text editor")
    if "\r\n" in text:
        made = made.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b"") + made.encode("utf-8")
