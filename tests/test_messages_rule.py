"""What is said to users: counts with their noun, no list of nothing, no Python on the command line, faults owned."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shteg.cli.app import PYTHON_WORDS
from shteg.errors import A_FAULT
from shteg.hints import counted

SRC = Path(__file__).parent.parent / "src" / "shteg"
FILES = sorted(SRC.rglob("*.py"))
_PYTHON = re.compile(r"\b[a-z_]+=(?:True|False|None)\b")
_MARKED = re.compile(r"in Python `[^`]*`")


def template(node: ast.AST) -> str:
    """Give the words of a string as written, holes as {}."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return ""


def docstrings_of(tree: ast.Module) -> set[int]:
    """Give the nodes that are documentation, and no message."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def templates() -> Iterator[tuple[Path, int, str]]:
    """Give every string of the package that may be a message."""
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = docstrings_of(tree)
        inner = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
        for node in ast.walk(tree):
            text = "" if id(node) in documentation | inner else template(node)
            if " " in text and not text.startswith("\nimport "):  # a program of its own
                yield path, node.lineno, text


TEMPLATES = list(templates())


def test_there_are_messages_to_look_at() -> None:
    assert len(TEMPLATES) > 2_000


def test_no_message_leaves_the_plural_to_the_reader() -> None:
    lazy = [f"{path}:{line}: {text}" for path, line, text in TEMPLATES if re.search(r"[a-z]\((?:s|es|ies)\)", text)]
    assert not lazy, "\n".join(lazy)


def test_python_in_a_message_is_marked_as_such() -> None:
    said = [f"{path}:{line}: {text}" for path, line, text in TEMPLATES if _PYTHON.search(_MARKED.sub("", text))]
    assert not said, "\n".join(said)


def test_no_list_begins_with_nothing_behind_it() -> None:
    """“the items are {}” over an empty list says nothing: `hints.list_names` says that there are none."""
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and len(node.values) >= 2:
                for before, hole in zip(node.values, node.values[1:], strict=False):
                    words = template(before)
                    lists = re.search(r"\b(items|columns|texts|stages|scenarios|measures|variables) are $", words)
                    if lists and "join" in ast.unparse(hole) and " or " not in ast.unparse(hole):
                        found.append(f"{path}:{node.lineno}: {words}")
    assert not found, "\n".join(found)


def test_no_user_is_told_to_report_a_chart() -> None:
    assert "not of your files" in A_FAULT
    told = [f"{path}:{line}" for path, line, text in TEMPLATES if re.search(r"report (?:it|this \w+) as a bug", text)]
    assert not told, "\n".join(told)


@pytest.mark.parametrize(
    ("hint", "printed"),
    [
        ("mend it; with --nest, in Python `nest=True`, codes may repeat", "mend it; with --nest, codes may repeat"),
        ("check the margins (in Python `force=True` keeps them so)", "check the margins"),
        ("say so (in Python `mse=True`)", "say so"),
        ('give labels, in Python `language="en"`', "give labels"),
        ("write `PYTHONUTF8=1`", "write `PYTHONUTF8=1`"),
    ],
)
def test_the_command_line_leaves_out_what_is_for_python(hint: str, printed: str) -> None:
    assert PYTHON_WORDS.sub("", hint) == printed


def test_counts_have_their_noun() -> None:
    assert [counted(n, "problem") for n in (0, 1, 2)] == ["0 problems", "1 problem", "2 problems"]
    assert [counted(n, "entry", "entries") for n in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
