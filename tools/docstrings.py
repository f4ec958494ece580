"""Say which public functions lack a part of their docstring: `python tools/docstrings.py [FILE or FOLDER …]`.

A public function is one without a leading underscore, at the top of a module or in a class without one. With three
or more arguments (`self` and `cls` apart) it needs `Parameters`: each argument by name, in the order of the signature
(those given by keyword only in any), followed by ` : ` and its type, shape, unit or allowed values; `Returns` (or
`Yields`) where it hands something back; `Raises` naming each error that its own body raises. A `Parameters` section of
a smaller function must fit too.

Left out: overloads, stubs (`...`) of small protocols, and commands of the command line, whose docstring is the help
that a person reads and whose options each carry their own. `tests/test_docstrings.py` is the gate; exit code 1 tells
that something lacks. `--shrink` takes out of the gate's list what is complete by now.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "shteg"
LIST = ROOT / "tests" / "docstrings_lacking.txt"
"""Functions still waiting for their sections; it may only become shorter."""
MANY = 3
"""From this number of arguments on, a public function says what each is."""
NOTHING = {"None", "NoReturn", "Never"}
UNREACHABLE = {"AssertionError", "NotImplementedError"}
"""Errors that no caller is meant to see."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Offender:
    """A function whose docstring lacks something: where it stands, its qualified name, and what lacks."""

    path: Path
    line: int
    name: str
    lacks: tuple[str, ...]

    @property
    def key(self) -> str:
        """Name it as the committed list does: file below `src/shteg`, two colons, qualified name."""
        below = self.path.relative_to(SOURCE) if self.path.is_relative_to(SOURCE) else self.path
        return f"{below.as_posix()}::{self.name}"

    def __str__(self) -> str:
        shown = self.path.relative_to(Path.cwd()) if self.path.is_relative_to(Path.cwd()) else self.path
        return f"{shown}:{self.line}: {self.name}: {'; '.join(self.lacks)}"


def offenders(*places: Path) -> list[Offender]:
    """Give the functions below the folders (or in the files) whose docstring lacks a part, in order of place."""
    files = sorted({file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])})
    return [one for file in files for one in _of_file(file.resolve())]


def public_functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Give each public function of a module with its qualified name; overloads and commands left out."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if _is_public(part):
                    yield f"{node.name}.{part.name}", part
        elif _is_public(node):
            yield node.name, node


def arguments(function: Function, *, method: bool) -> list[str]:
    """Give the names of a function's arguments as they are documented: `*names` and `**names` with their stars."""
    given = function.args
    bound = method and not any(_last_name(one) == "staticmethod" for one in function.decorator_list)
    names = [one.arg for one in [*given.posonlyargs, *given.args]][1 if bound else 0 :]
    names += [f"*{given.vararg.arg}"] if given.vararg else []
    names += [one.arg for one in given.kwonlyargs]
    return names + ([f"**{given.kwarg.arg}"] if given.kwarg else [])


def sections(docstring: str) -> dict[str, list[str]]:
    """Split a docstring in NumPy style into its sections: heading → lines, without the summary."""
    found: dict[str, list[str]] = {}
    lines = docstring.splitlines()
    heading = ""
    for place, line in enumerate(lines):
        if place + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[place + 1].strip()) and line == line.lstrip():
            heading = line.strip()
            found[heading] = []
        elif heading and not re.fullmatch(r"-{3,}", line.strip()):
            found[heading].append(line)
    return found


def lacking(function: Function, *, method: bool) -> tuple[str, ...]:
    """Say what the docstring of a function lacks, one phrase each; nothing for one that is complete."""
    names = arguments(function, method=method)
    docstring = ast.get_docstring(function)
    if docstring is None:
        return () if len(names) < MANY and _is_stub(function) else ("no docstring",)
    found = sections(docstring)
    if len(names) < MANY:
        return tuple(_misfits(found["Parameters"], names, function)) if "Parameters" in found else ()
    lacks = _misfits(found["Parameters"], names, function) if "Parameters" in found else ["no section Parameters"]
    returned = function.returns
    hands_back = returned is not None and ast.unparse(returned).strip("'\"") not in NOTHING
    if hands_back and not any("".join(found.get(part, [])).strip() for part in ("Returns", "Yields")):
        lacks.append("no section Returns")
    raised, unnamed = _raised(function)
    told = " ".join(line for line in found.get("Raises", []) if line == line.lstrip())
    lacks += [f"Raises does not name {one}" for one in sorted(raised) if not re.search(rf"\b{one}\b", told)]
    if unnamed and not told.strip():
        lacks.append("no section Raises")
    return tuple(lacks)


def _of_file(file: Path) -> Iterator[Offender]:
    for name, function in public_functions(ast.parse(file.read_text(encoding="utf-8"))):
        lacks = lacking(function, method="." in name)
        if lacks:
            yield Offender(file, function.lineno, name, lacks)


def _is_public(node: ast.stmt) -> bool:
    if not isinstance(node, Function) or node.name.startswith("_"):
        return False
    return not any(_last_name(one) in {"overload", "command", "group"} for one in node.decorator_list)


def _is_stub(function: Function) -> bool:
    """Tell whether the body is `...`: an attribute of a protocol."""
    return all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in function.body)


def _last_name(node: ast.expr) -> str:
    """Give the last name of a dotted expression, called or not: `click.command("x")` is `command`."""
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _misfits(lines: list[str], names: list[str], function: Function) -> list[str]:
    """Compare the entries of `Parameters` with the signature; arguments given by keyword only may come in any order."""
    positional = {one.arg for one in [*function.args.posonlyargs, *function.args.args]}
    entries = [line for line in lines if line.strip() and line == line.lstrip()]
    listed = [name.strip() for line in entries for name in line.partition(" : ")[0].split(",")]
    lacks = [f"no type, shape or unit for `{line}`" for line in entries if not line.partition(" : ")[2].strip()]
    if sorted(listed) == sorted(names):
        placed = [name for name in names if name in positional]
        if [name for name in listed if name in positional] != placed:
            lacks.append(f"Parameters are in another order than ({', '.join(placed)})")
        return lacks
    lacks += [f"Parameters lack `{name}`" for name in names if name not in listed]
    return lacks + [f"Parameters name `{name}`, which is no argument" for name in listed if name not in names]


def _raised(function: Function) -> tuple[set[str], bool]:
    """Give the names of the errors that a function's own body raises, and whether it raises one without a name."""
    named: set[str] = set()
    unnamed = False
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.Lambda | ast.ClassDef):
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Raise) and node.exc is not None:
            name = _last_name(node.exc)
            if not name[:1].isupper():
                unnamed = True
            elif name not in UNREACHABLE:
                named.add(name)
    return named, unnamed


def main() -> int:
    """Print what lacks below the folders named, and how many in each folder; give the exit code."""
    if "--shrink" in sys.argv:
        waiting = set(LIST.read_text(encoding="utf-8").split())
        left = sorted(waiting & {one.key for one in offenders(SOURCE)})
        LIST.write_text("".join(f"{key}\n" for key in left), encoding="utf-8")
        return 0
    found = offenders(*([Path(one) for one in sys.argv[1:]] or [SOURCE]))
    for one in found:
        print(one)
    for folder, count in sorted(Counter(one.path.parent for one in found).items()):
        print(f"{count:5d} {folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
