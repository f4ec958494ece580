"""An installed package lies among libraries, and reads none of them as its own code."""

import importlib.util
import shutil
from pathlib import Path

from shteg.source_files import HOUSE


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
