"""What the package declares is what it imports."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMES_WITH = {"markupsafe": "jinja2", "pydantic-core": "pydantic"}
"""Parts of a dependency that are distributions of their own, pinned by it."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def imported_packages(folder: Path) -> set[str]:
    """Give the top names of all packages that the files below a folder import, deferred imports too."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"shteg"}


def declared(requirements: list[str]) -> set[str]:
    """Give the distributions named in a list of requirements."""
    return {re.split(r"[<>=!~ \[;]", one, maxsplit=1)[0].lower().replace("_", "-") for one in requirements}


def test_every_dependency_is_imported_and_every_import_declared() -> None:
    homes = packages_distributions()
    used = {name.lower().replace("_", "-") for top in imported_packages(ROOT / "src") for name in homes.get(top, [top])}
    used = {COMES_WITH.get(name, name) for name in used}
    assert used - declared(PROJECT["optional-dependencies"]["spark"]) == declared(PROJECT["dependencies"])


def test_every_bound_is_a_lower_bound() -> None:
    assert [one for one in PROJECT["dependencies"] if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", one)] == []
