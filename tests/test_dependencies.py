"""What the package declares is what it imports."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMES_WITH = {"llvmlite": "numba", "markupsafe": "jinja2", "pydantic-core": "pydantic"}
"""Parts of a dependency that are distributions of their own, pinned by it."""
BROUGHT = {"pandas"}
"""What a caller has who asks for it by name (`to_pandas`): no dependency, imported then alone."""
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
    extras = PROJECT["optional-dependencies"]
    optional = {name for extra in ("duckdb", "formulas", "plot", "spark") for name in declared(extras[extra])}
    assert used - optional - BROUGHT == declared(PROJECT["dependencies"])
    assert used >= {"altair", "duckdb", "formulaic", "pyspark"}


PINS = ("constraints.txt", "constraints-dev.txt", "constraints-docs.txt", "constraints-lowest.txt")
"""Files that `make lock` writes."""


def pinned(name: str) -> dict[str, str]:
    """Give the version of each distribution that a file of pins names."""
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


LOWEST = pinned("constraints-lowest.txt")


@pytest.mark.parametrize("name", PINS)
def test_every_pin_has_a_hash_and_none_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_pins_hold_what_is_declared_and_agree() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = declared(PROJECT["dependencies"])
    assert wanted <= pinned("constraints.txt").keys()
    assert wanted | declared(extras["dev"]) <= pinned("constraints-dev.txt").keys()
    assert wanted | declared(extras["docs"]) <= pinned("constraints-docs.txt").keys()
    for name in ("constraints-dev.txt", "constraints-docs.txt"):
        ours = pinned(name)
        assert {one: ours[one] for one in pinned("constraints.txt")} == pinned("constraints.txt")


def test_the_oldest_versions_are_those_that_the_bounds_name() -> None:
    for one in PROJECT["dependencies"]:
        name, bound = one.split(">=")
        found = LOWEST[name]
        assert found == bound or found.startswith(f"{bound}."), f"{one}, but oldest tested is {found}: `make lock`"


def test_every_bound_is_a_lower_bound() -> None:
    assert [one for one in PROJECT["dependencies"] if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", one)] == []
