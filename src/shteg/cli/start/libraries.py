"""The Python side of `shteg doctor`: versions against what shteg asks for, and whether each library can be loaded."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires, version

from shteg import __version__
from shteg.cli.start.verdict import BROKEN, MISSING, OK, Verdict

NEWEST_MAJOR = (3, 11)
MODULES = {
    "jinja2": "jinja2",
    "latex2mathml": "latex2mathml.converter",
    "markdown-it-py": "markdown_it",
    "vl-convert-python": "vl_convert",
    "lxml": "lxml.etree",
    "numba": "numba",
    "polars": "polars",
    "pydantic": "pydantic",
    "pyreadstat": "pyreadstat",
    "scipy": "scipy.special",
    "typst": "typst",
}
"""What is imported of libraries whose module has another name, or whose compiled part lies deeper."""
EXTRAS = {
    "duckdb": "waves out of DuckDB and SQL queries",
    "formulas": "models by formula from Python",
    "plot": "`plot()` of results from Python",
    "spark": "simulations and tables on Apache Spark",
}
"""Extras for users, and what does not work without them."""
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,]+\])?\s*(?:>=\s*(?P<least>[\d.]+))?")
_TRY = """
import importlib, json, sys
for name in sys.argv[1:]:
    print(json.dumps([name, "begins"]), flush=True)
    try:
        importlib.import_module(name)
        said = "ok"
    except BaseException as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
    print(json.dumps([name, said]), flush=True)
"""
_PATIENCE = 120
"""Seconds for loading all libraries: a slow disk reads them for the first time."""


def check_libraries() -> Iterator[Verdict]:
    """Look at Python, shteg and each library that shteg cannot do without."""
    spoken = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < NEWEST_MAJOR:
        yield Verdict("Python", BROKEN, spoken, "install Python 3.11 or newer from python.org")
    else:
        yield Verdict("Python", OK, f"{spoken} ({sys.executable})")
    yield Verdict("shteg", OK, __version__)
    asked = _asked_for()
    if asked is None:
        hint = "install it with: python -m pip install shteg (or, in a copy of the source, make report)"
        yield Verdict("libraries", BROKEN, "shteg runs from its source and is not installed", hint)
        return
    needed = [one for one in asked if "extra" not in one]
    loaded = _load([_module(_name(one)) for one in needed])
    for one in needed:
        yield _library(one, loaded.get(_module(_name(one)), "it was not reached: the one before it ended Python"))


def check_optional() -> Iterator[Verdict]:
    """Look at the extras: none is needed for a build."""
    for extra, use in EXTRAS.items():
        wanted = [one for one in _asked_for() or [] if re.search(rf"extra == ['\"]{extra}['\"]", one)]
        lacking = [name for one in wanted if _version(name := _name(one)) is None]
        if wanted and not lacking:
            yield Verdict(f"extra {extra}", OK, ", ".join(f"{_name(one)} {_version(_name(one))}" for one in wanted))
        elif wanted:
            hint = f'without it there are no {use}; install it with: python -m pip install "shteg[{extra}]"'
            yield Verdict(f"extra {extra}", MISSING, f"{', '.join(lacking)} not installed", hint)


def _asked_for() -> Sequence[str] | None:
    try:
        return requires("shteg") or []
    except PackageNotFoundError:
        return None


def _name(requirement: str) -> str:
    found = _REQUIREMENT.match(requirement)
    return found["name"] if found else requirement


def _module(name: str) -> str:
    return MODULES.get(name, name.replace("-", "_"))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _library(requirement: str, said: str) -> Verdict:
    name, there = _name(requirement), _version(_name(requirement))
    mend = f'python -m pip install --upgrade --force-reinstall "{requirement.partition(";")[0].strip()}"'
    if there is None:
        return Verdict(name, BROKEN, "not installed", f"install it with: {mend}")
    found = _REQUIREMENT.match(requirement)
    least = found["least"] if found else None
    if least and _numbers(there) < _numbers(least):
        return Verdict(name, BROKEN, f"{there}, and shteg needs {least} or newer", f"install it with: {mend}")
    if said != "ok":
        return Verdict(name, BROKEN, f"{there}, and it cannot be loaded: {said}", f"install it anew: {mend}")
    return Verdict(name, OK, there)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", re.split(r"[a-z+]", text)[0]))


def _load(modules: Sequence[str]) -> dict[str, str]:
    """Load modules in a process of their own: one that ends it with a signal is told like any other.

    Returns
    -------
    dict
        For each module "ok" or what went wrong.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRY, *modules],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return dict.fromkeys(modules, f"it takes more than {_PATIENCE} seconds")
    said = dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))
    return {name: "it ends Python" if word == "begins" else word for name, word in said.items()}
