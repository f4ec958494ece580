"""The Python files whose code a package may run: found by reading its imports, without importing anything."""

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from typing import NamedTuple

HOUSE = Path(__file__).resolve().parent
_IN_HOUSE = f"{HOUSE}{os.sep}"
_FACADE = f"{_IN_HOUSE}__init__.py"
"""On the way to every module of the house. It names all rooms and loads none; no room takes more than the version from
it (both are tested): followed, it would make every file the code of every stage."""
LIBRARY_FOLDERS = frozenset({"site-packages", "dist-packages"})
"""What lies below a folder of this name is a library, known by its version and not by its files."""

# An import stands where a statement may begin; read too much (in a text of several lines) it adds a file, no more.
_WORD = re.compile(r"from|import")
_STATEMENT = re.compile(
    r"(?:"
    r"from\s*(?P<dots>[.\s]*)(?P<module>[\w.]*)\s*\bimport\b\s*(?P<names>\((?:[^)#]|#[^\n]*)*\)|[^\n;#]*)"
    r"|import\s+(?P<modules>[^\n;#]+))"
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
    return _in_order(_follow(map(str, around), through_packages=True))


@cache
def callable_files(file: Path) -> tuple[Path, ...]:
    """List the files of the functions that one file may call: its own, and those that it takes in, and so on.

    The imports of an `__init__` that is only on the way to a module are not followed: a function can call what its own
    file takes in, and what the files of that take in. Another file of the same package changes nothing.
    """
    return _in_order(_follow([str(file.resolve())], through_packages=False))


def _in_order(files: Iterable[str]) -> tuple[Path, ...]:
    return tuple(Path(file) for file in sorted(files, key=_name_of))


def _around(room: Path) -> list[Path]:
    return [*_python_files(_outermost(room)), *HOUSE.glob("*.py")]


# Below, paths are plain texts: there are tens of thousands to look at, and before each build.


def _follow(start: Iterable[str], *, through_packages: bool) -> set[str]:
    found: set[str] = set()
    passed: set[str] = set()
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
def _targets_of(path: str, changed: int, size: int) -> tuple[tuple[str, bool], ...]:
    if path == _FACADE:
        return ()
    return tuple(dict.fromkeys(target for one in _imports_of(path, changed, size) for target in _targets(one, path)))


def hash_files(paths: Iterable[Path]) -> str:
    """Give the SHA-256 of files with their names, in the order given; where the package lies does not matter."""
    total = hashlib.sha256()
    for path in map(str, paths):
        total.update(_name_of(path).encode() + b"\0" + _digest(*_state(path)))
    return total.hexdigest()


@cache
def _name_of(path: str) -> str:
    """Name a file from its outermost package on: the same in every checkout."""
    root = str(HOUSE) if path.startswith(_IN_HOUSE) else _package(os.path.dirname(path))
    return path[len(os.path.dirname(root)) :].lstrip(os.sep).replace(os.sep, "/")


def _state(path: str) -> tuple[str, int, int]:
    status = os.stat(path)
    return path, status.st_mtime_ns, status.st_size


@cache
def _digest(path: str, changed: int, size: int) -> bytes:
    return hashlib.sha256(Path(path).read_bytes()).digest()


@cache
def _imports_of(path: str, changed: int, size: int) -> tuple[Import, ...]:
    return tuple(dict.fromkeys(_imports(Path(path).read_bytes().decode("utf-8", "replace"))))


def _imports(text: str) -> Iterator[Import]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\\n", " ")
    for match in _statements(text):
        if match["modules"] is None:
            names = _COMMENT.sub("", match["names"]).strip("() \n\t")
            yield Import(match["dots"].count("."), match["module"], _first_words(names))
        else:
            yield from (Import(0, module, ()) for module in _first_words(match["modules"]))
    for match in _CALL.finditer(text) if "import_module" in text or "__import__" in text else ():
        yield Import(len(match["dots"]), match["module"], ())


def _statements(text: str) -> Iterator[re.Match[str]]:
    """Find the imports that stand at the begin of a line, or behind a semicolon or colon, none inside another."""
    end = 0
    for word in _WORD.finditer(text):
        start = word.start()
        while start and text[start - 1] in " \t\f":
            start -= 1
        if start and text[start - 1] != "\n":
            start -= 1
            if text[start] not in ";:":
                continue
        match = _STATEMENT.match(text, word.start()) if start >= end else None
        if match is not None:
            end = match.end()
            yield match


def _first_words(text: str) -> tuple[str, ...]:
    return tuple(words[0] for words in (part.split() for part in text.split(",")) if words)


def _targets(one: Import, path: str) -> Iterator[tuple[str, bool]]:
    """Give the files an import reads, and whether each is only on the way to the module that is asked for."""
    parts = one.module.split(".") if one.module else []
    if one.dots:
        folder = path
        for _ in range(one.dots):
            folder = os.path.dirname(folder)
        folders: tuple[str, ...] = (folder,)
    else:
        folders = _places(parts[0], os.path.dirname(path)) if parts else ()
    for folder in folders:
        ways = [os.sep.join((folder, *parts[:count])) for count in range(0 if one.dots else 1, len(parts) + 1)]
        for way in ways:
            last = way == ways[-1] or not one.names  # `import a.b` gives `a`, and with it all that `a` holds
            yield from ((found, not last) for found in _module(way))
        yield from ((found, False) for name in one.names for found in _named(ways[-1], name))


def _named(folder: str, name: str) -> Iterator[str]:
    if name == "*":
        found = (*Path(folder).glob("*.py"), *Path(folder).glob("*/__init__.py"))
        yield from (str(one.resolve()) for one in found)
    else:
        yield from _module(f"{folder}{os.sep}{name}")


def _module(way: str) -> Iterator[str]:
    """Give the files of a module: `way.py`, and the `__init__` of the folder `way`."""
    folder, _, name = way.rpartition(os.sep)
    for place, file in ((folder, f"{name}.py"), (way, "__init__.py")):
        path = f"{place}{os.sep}{file}"
        try:
            mode = os.lstat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        if S_ISREG(mode):
            yield os.path.join(_real(place or os.sep), file)
        elif S_ISLNK(mode) and os.path.isfile(path):
            yield os.path.realpath(path)


@cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)


@cache
def _places(top: str, folder: str) -> tuple[str, ...]:
    """Give the folders in which a top-level module lies: this package's own, then where Python would find it."""
    own = os.path.dirname(_package(folder))
    if top == HOUSE.name:
        return (str(HOUSE.parent),)
    if top in sys.stdlib_module_names:
        return ()
    if _is_no_library(own) and _holds(own, top):
        return (own,)
    found = [folder] if _holds(folder, top) else []
    for spec in (PathFinder.find_spec(top), _spec_of_other_finders(top)):
        found += [place for place in _folders_of(spec) if _is_no_library(place)]
    return tuple(found)


def _is_no_library(folder: str) -> bool:
    """Tell whether what lies in a folder is read: beside this package, once it is installed, lie libraries."""
    return not LIBRARY_FOLDERS & set(folder.split(os.sep))


def _holds(folder: str, top: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, *way)) for way in ((f"{top}.py",), (top, "__init__.py")))


def _spec_of_other_finders(top: str) -> ModuleSpec | None:
    try:
        return find_spec(top)
    except (ImportError, ValueError):  # ValueError: a module made by hand, without a place
        return None


def _folders_of(spec: ModuleSpec | None) -> Iterator[str]:
    if spec is None:
        return
    if spec.submodule_search_locations is not None:
        yield from (os.path.dirname(os.path.realpath(one)) for one in spec.submodule_search_locations)
    elif spec.has_location and spec.origin:
        yield os.path.dirname(os.path.realpath(spec.origin))


def _outermost(room: Path) -> Path:
    """Give the room of the house, or outside of it the outermost package, in which a folder lies."""
    if room.is_relative_to(HOUSE):
        return HOUSE.joinpath(*room.relative_to(HOUSE).parts[:1])
    return Path(_package(str(room)))


@cache
def _package(folder: str) -> str:
    while (above := os.path.dirname(folder)) != folder and os.path.isfile(os.path.join(above, "__init__.py")):
        folder = above
    return folder


def _python_files(folder: Path) -> Iterator[Path]:
    """List the Python files of a package and of all folders in it; of a folder that is no package, its own only."""
    if folder == HOUSE or not (folder / "__init__.py").is_file():
        yield from folder.glob("*.py")
    else:
        yield from (path for path in folder.rglob("*.py") if path.is_file())
