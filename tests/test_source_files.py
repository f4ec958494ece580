"""An installed package lies among libraries, and reads none of them as its own code."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from shteg.source_files import HOUSE, _imports


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
