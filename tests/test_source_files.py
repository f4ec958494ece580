"""An installed package lies among libraries, and reads none of them as its own code."""

import ast
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shteg.source_files import HOUSE, _imports, code_files


def test_libraries_beside_the_installed_package_are_not_its_code(tmp_path: Path) -> None:
    house = tmp_path / "site-packages" / "shteg"
    shutil.copytree(HOUSE, house, ignore=shutil.ignore_patterns("__pycache__", "cases"))
    for library in ("numpy", "polars"):
        (house.parent / library).mkdir()
        (house.parent / library / "__init__.py").write_text("", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("installed_source_files", house / "source_files.py")
    assert spec is not None
    assert spec.loader is not None
    installed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installed)
    found = installed.code_files(house / "survey")
    assert [path for path in found if not path.is_relative_to(house)] == []
    assert {path.name for path in found} >= {"source_files.py", "stage.py", "quoting.py"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import a, b.c as d", [("", "a"), ("", "b.c")]),
        ("if x: import a; from ..b import c, d", [("", "a"), ("..", "b c d")]),
        ("from a import (  # import z\n    b,  # from y import x\n    c,\n)", [("", "a b c")]),
        ("from . \\\n  import a", [(".", " a")]),
        ("\t from a.b import *", [("", "a.b *")]),
        ("# import a\nx.import_a = reimport = 1\nimportant = from_a", []),
        ("x = 'import a'", []),
        ("import_module('a.b'); __import__('.c')", [("", "a.b"), (".", "c")]),
    ],
)
def test_imports_are_found_where_a_statement_may_begin(text: str, found: list[tuple[str, str]]) -> None:
    for one in (text, text.replace("\n", "\r\n")):
        written = [("." * dots, " ".join([module, *names])) for dots, module, names in _imports(one)]
        assert written == found


def test_what_prints_a_number_is_not_the_code_that_computes_it() -> None:
    rooms = {
        room: {path.relative_to(HOUSE).parts[0] for path in code_files(HOUSE / room)} for room in ("stance", "report")
    }
    assert rooms["stance"] >= {"stance", "estimates", "evidence", "compiling.py", "__init__.py"}
    assert not rooms["stance"] & {"publish", "report", "edition", "cli", "survey"}
    assert rooms["report"] >= {"report", "evidence", "estimates"}
    assert not rooms["report"] & {"publish", "edition", "cli"}


def test_the_front_of_the_house_loads_no_room_and_no_room_goes_through_it() -> None:
    told = "import shteg, sys; print([name for name in sys.modules if name.startswith('shteg.')])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "shteg" not in [one.name for one in node.names], path
            if isinstance(node, ast.ImportFrom) and node.module == "shteg" and not node.level:
                assert [one.name for one in node.names] == ["__version__"], path
