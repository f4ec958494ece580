"""The house stands: imports point down only, files stay small, the engine names no case."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

SRC = Path(__file__).parent.parent / "src" / "shteg"
PAGE = SRC.parent.parent / "ARCHITECTURE.md"

# The numbers of shared/DESIGN.md; changed only together with a decision record (docs/decisions/0001, 0019, 0033).
LAYERS = {
    "errors": -2,
    "arrays": -1,
    "hints": -1,
    "shown": -1,
    "intervals": 0,
    "convergence": 0,
    "gamma_rate": 0,
    "estimates": 0,
    "randomness": 0,
    "countries": 0,
    "languages": 0,
    "chunks": 0,
    "spark": 1,
    "compiling": 0,
    "normal_law": 1,
    "keeping": -1,
    "source_files": -1,
    "spreadsheets": 0,
    "workbooks": 0,
    "evidence": 1,
    "survey": 2,
    "stance": 2,
    "accession": 2,
    "consent": 3,
    "pathways": 3,
    "recommendations": 4,
    "explorer": 4,
    "evaluation": 4,
    "tracker": 4,
    "ledger": 5,
    "pool": 5,
    "edition": 6,
    "changes": 7,
    "report": 7,
    "publish": 8,
    "web": 9,
    "cli": 10,
}
ONLY_ROOMS = {"publish": {"report", "errors", "estimates", "keeping"}}
LARGEST_FILE = 450
MOST_FILES = 16
CASE_WORDS = re.compile(r"kosov|serbia|albania\b|\bnato\b", re.IGNORECASE)
# The engine prints these languages, so the name of a language is no name of a country.
LANGUAGE_WORDS = re.compile(r"albanian", re.IGNORECASE)

FILES = sorted(SRC.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def module_of(path: Path) -> str:
    parts = ("shteg", *path.relative_to(SRC).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Every module of shteg a file imports, deferred and type-checking imports counted."""
    modules = {module_of(file) for file in FILES}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            if node.module and node.module.split(".")[0] == "shteg":
                for name in node.names:
                    deeper = f"{node.module}.{name.name}"
                    yield (deeper if deeper in modules else node.module), node.lineno
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "shteg":
                    yield name.name, node.lineno


def test_every_room_has_a_layer() -> None:
    rooms = {room_of(path) for path in FILES if path.parent != SRC or path.name != "__init__.py"} - {"__init__"}
    assert rooms <= set(LAYERS), f"not in DESIGN.md: {sorted(rooms - set(LAYERS))}"


def test_imports_point_down() -> None:
    wrong = [fault for path in FILES if room_of(path) != "__init__" for fault in _upward(path)]
    assert not wrong, "\n".join(wrong)


def _upward(path: Path) -> Iterator[str]:
    room = room_of(path)
    for module, line in imports_of(path):
        target = module.split(".")[1] if "." in module else ""
        if module == "shteg":
            if room != "cli" and not _only_version(path, line):
                yield f"{path}:{line}: the package never imports its facade"
        elif target != room and LAYERS[target] >= LAYERS[room]:
            yield f"{path}:{line}: {room} ({LAYERS[room]}) imports {target} ({LAYERS[target]})"
        elif target != room and room in ONLY_ROOMS and target not in ONLY_ROOMS[room]:
            yield f"{path}:{line}: {room} formats; it must not import {target}"


def _only_version(path: Path, line: int) -> bool:
    return path.read_text(encoding="utf-8").splitlines()[line - 1].strip() == "from shteg import __version__"


def test_no_cycles_between_modules() -> None:
    # A package's __init__ is its list of exports: importing a sibling module is no edge to the list.
    graph = {module_of(path): {target for target, _ in imports_of(path)} for path in FILES}
    inits = {module_of(path) for path in FILES if path.name == "__init__.py"}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail[trail.index(module) :], module))
        if module in done or module not in graph:
            return
        for target in sorted(graph[module]):
            if not (module not in inits and target in inits and module.startswith(f"{target}.")):
                visit(target, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


def orders_of_page() -> dict[str, list[set[str]]]:
    """Read the floors of each room, top first, from ARCHITECTURE.md."""
    rows = re.findall(r"^\| `(\w+)/` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {room: [set(re.findall(r"[\w-]+", floor)) for floor in floors.split(" > ")] for room, floors in rows}


def inner_imports(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Give the imports between the files and folders that stand in one folder: who, whom, and where."""
    start = module_of(folder / "__init__.py")
    depth = start.count(".") + 1
    for path in sorted(folder.rglob("*.py")):
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        for module, line in imports_of(path):
            if module.startswith(f"{start}."):
                other = module.split(".")[depth]
                if own not in ("__init__", other):
                    yield own, other, f"{path}:{line}"


def test_order_inside_every_room_is_that_of_the_page() -> None:
    orders = orders_of_page()
    assert set(orders) == {path.name for path in SRC.iterdir() if (path / "__init__.py").is_file()}
    for room, floors in orders.items():
        floor_of = {unit: number for number, floor in enumerate(floors) for unit in floor}
        units = {
            path.stem for path in (SRC / room).iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
        }
        assert set(floor_of) == units - {"__init__"}, f"ARCHITECTURE.md and {room}/ differ"
        up = [
            f"{where}: {own} imports {other}"
            for own, other, where in inner_imports(SRC / room)
            if floor_of[own] >= floor_of[other]
        ]
        assert not up, "\n".join(up)


def test_no_circle_between_the_parts_of_a_folder() -> None:
    for folder in sorted({path.parent for path in FILES} - {SRC}):
        below: dict[str, set[str]] = {}
        for own, other, _ in inner_imports(folder):
            below.setdefault(own, set()).add(other)
        TopologicalSorter(below).prepare()  # raises CycleError and names the circle


def test_files_and_folders_stay_small() -> None:
    long = [
        f"{path}: {lines} lines"
        for path in FILES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LARGEST_FILE
    ]
    folders = Counter(path.parent for path in FILES)
    full = [f"{folder}: {count} files" for folder, count in folders.items() if count > MOST_FILES]
    assert not long + full, "split: " + ", ".join(long + full)


def test_the_engine_names_no_case() -> None:
    named = [
        f"{path}:{number}: {found[0]}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := CASE_WORDS.search(LANGUAGE_WORDS.sub("", line)))
    ]
    assert not named, "\n".join(named)


def test_architecture_page_lists_every_room() -> None:
    page = PAGE.read_text(encoding="utf-8")
    listed = {match[1]: int(match[2]) for match in re.finditer(r"^\| `(\w+)` \| (-?\d+) \|", page, re.MULTILINE)}
    standing = {room_of(path) for path in FILES} - {"__init__"}
    assert set(listed) == standing
    assert listed == {room: LAYERS[room] for room in standing}


def test_shteg_loads_light() -> None:
    heavy = ("numpy", "polars", "numba", "altair", "typst", "jinja2")
    code = f"import sys, shteg; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert loaded == "[]"


def test_the_walk_of_the_page_can_be_walked() -> None:
    steps = re.findall(r"^\d\. `([\w/]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert 3 < len(steps) <= 7
    for file, name in steps:
        tree = ast.parse((SRC / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}, file
