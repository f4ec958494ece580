"""The Python files whose code a package may run: found by reading its imports, without importing anything."""

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).resolve().parent
LIBRARY_FOLDERS = frozenset({"site-packages", "dist-packages"})
"""What lies below a folder of this name is a library, known by its version and not by its files."""

# An import stands where a statement may begin; read too much (in a text of several lines) it adds a file, no more.
_STATEMENT = re.compile(
    r"(?:^|[;:])[ \t\f]*(?:"
    r"from\s*(?P<dots>[.\s]*)(?P<module>[\w.]*)\s*\bimport\b\s*(?P<names>\((?:[^)#]|#[^\n]*)*\)|[^\n;#]*)"
    r"|import\s+(?P<modules>[^\n;#]+))",
    re.MULTILINE,
)
_CALL = re.compile(r"\b(?:import_module|__import__)\(\s*[\"'](?P<dots>\.*)(?P<module>[\w.]+)[\"']")
_COMMENT = re.compile(r"#[^\n]*")


class Import(NamedTuple):
    """One import as written: how many dots, the module, and the names taken from it."""

    dots: int
    module: str
    names: tuple[str, ...]


@cache
def code_files(room: Path) -> tuple[Path, ...]:
    """List all files of the outermost package around a room, the modules beside this one, and all that these import.

    Imports are followed wherever they stand (in a function, relative, with a star) and through the `__init__` of every
    package on the way; libraries are left out. The state of one process: a file changed later is not seen.
    """
    around = _around(room.resolve())
    return tuple(sorted(_follow(around, through_packages=True), key=name_of))


@cache
def callable_files(file: Path) -> tuple[Path, ...]:
    """List the files of the functions that one file may call: its own, and those that it takes in, and so on.

    The imports of an `__init__` that is only on the way to a module are not followed: a function can call what its own
    file takes in, and what the files of that take in. Another file of the same package changes nothing.
    """
    return tuple(sorted(_follow([file.resolve()], through_packages=False), key=name_of))


def _around(room: Path) -> list[Path]:
    return [*_python_files(_outermost(room)), *HOUSE.glob("*.py")]


def _follow(start: Iterable[Path], *, through_packages: bool) -> set[Path]:
    found: set[Path] = set()
    passed: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for target, on_the_way in _targets_of(*_state(path)):
            if on_the_way and not through_packages:
                passed.add(target)
            else:
                waiting.append(target)
    return found | passed


@cache
def _targets_of(path: Path, changed: int, size: int) -> tuple[tuple[Path, bool], ...]:
    return tuple(target for one in _imports_of(path, changed, size) for target in _targets(one, path))


def hash_files(paths: Iterable[Path]) -> str:
    """Give the SHA-256 of files with their names, in the order given; where the package lies does not matter."""
    total = hashlib.sha256()
    for path in paths:
        total.update(name_of(path).encode() + b"\0" + _digest(*_state(path)))
    return total.hexdigest()


@cache
def name_of(path: Path) -> str:
    """Name a file from its outermost package on: the same in every checkout."""
    root = HOUSE if path.is_relative_to(HOUSE) else _package(path.parent)
    return path.relative_to(root.parent).as_posix()


def _state(path: Path) -> tuple[Path, int, int]:
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@cache
def _digest(path: Path, changed: int, size: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _imports_of(path: Path, changed: int, size: int) -> tuple[Import, ...]:
    return tuple(_imports(path.read_bytes().decode("utf-8", "replace")))


def _imports(text: str) -> Iterator[Import]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\\n", " ")
    for match in _STATEMENT.finditer(text):
        if match["modules"] is None:
            names = _COMMENT.sub("", match["names"]).strip("() \n\t")
            yield Import(match["dots"].count("."), match["module"], _first_words(names))
        else:
            yield from (Import(0, module, ()) for module in _first_words(match["modules"]))
    for match in _CALL.finditer(text):
        yield Import(len(match["dots"]), match["module"], ())


def _first_words(text: str) -> tuple[str, ...]:
    return tuple(words[0] for words in (part.split() for part in text.split(",")) if words)


def _targets(one: Import, path: Path) -> Iterator[tuple[Path, bool]]:
    """Give the files an import reads, and whether each is only on the way to the module that is asked for."""
    parts = one.module.split(".") if one.module else []
    if one.dots:
        folders: tuple[Path, ...] = (path.parents[min(one.dots, len(path.parents)) - 1],)
    else:
        folders = _places(parts[0], path.parent) if parts else ()
    for folder in folders:
        ways = [folder.joinpath(*parts[:count]) for count in range(0 if one.dots else 1, len(parts) + 1)]
        for way in ways:
            last = way == ways[-1] or not one.names  # `import a.b` gives `a`, and with it all that `a` holds
            yield from ((found, not last) for found in (*_existing(way.with_suffix(".py")), *_init_of(way)))
        yield from ((found, False) for name in one.names for found in _named(ways[-1], name))


def _named(folder: Path, name: str) -> Iterator[Path]:
    if name == "*":
        yield from (one.resolve() for one in (*folder.glob("*.py"), *folder.glob("*/__init__.py")))
    else:
        yield from _existing(folder / f"{name}.py")
        yield from _init_of(folder / name)


def _init_of(folder: Path) -> Iterator[Path]:
    yield from _existing(folder / "__init__.py")


def _existing(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path.resolve()


@cache
def _places(top: str, folder: Path) -> tuple[Path, ...]:
    """Give the folders in which a top-level module lies: this package's own, then where Python would find it."""
    own = _package(folder).parent
    if top == HOUSE.name:
        return (HOUSE.parent,)
    if top in sys.stdlib_module_names:
        return ()
    if _is_no_library(own) and _holds(own, top):
        return (own,)
    found = [folder] if _holds(folder, top) else []
    for spec in (PathFinder.find_spec(top), _spec_of_other_finders(top)):
        found += [place for place in _folders_of(spec) if _is_no_library(place)]
    return tuple(found)


def _is_no_library(folder: Path) -> bool:
    """Tell whether what lies in a folder is read: beside this package, once it is installed, lie libraries."""
    return not LIBRARY_FOLDERS & set(folder.parts)


def _holds(folder: Path, top: str) -> bool:
    return (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file()


def _spec_of_other_finders(top: str) -> ModuleSpec | None:
    try:
        return find_spec(top)
    except (ImportError, ValueError):  # ValueError: a module made by hand, without a place
        return None


def _folders_of(spec: ModuleSpec | None) -> Iterator[Path]:
    if spec is None:
        return
    if spec.submodule_search_locations is not None:
        yield from (Path(one).resolve().parent for one in spec.submodule_search_locations)
    elif spec.has_location and spec.origin:
        yield Path(spec.origin).resolve().parent


def _outermost(room: Path) -> Path:
    """Give the room of the house, or outside of it the outermost package, in which a folder lies."""
    if room.is_relative_to(HOUSE):
        return HOUSE.joinpath(*room.relative_to(HOUSE).parts[:1])
    return _package(room)


@cache
def _package(folder: Path) -> Path:
    while folder.parent != folder and (folder.parent / "__init__.py").is_file():
        folder = folder.parent
    return folder


def _python_files(folder: Path) -> Iterator[Path]:
    """List the Python files of a package and of all folders in it; of a folder that is no package, its own only."""
    if folder == HOUSE or not (folder / "__init__.py").is_file():
        yield from folder.glob("*.py")
    else:
        yield from (path for path in folder.rglob("*.py") if path.is_file())
