"""Sessions beyond `make test`: other Pythons, the oldest versions allowed, the built wheel, coverage, documentation.

    pipx run nox -l                 # the list
    nox -s tests-3.12 -- tests/survey
    nox -s lowest wheel

Every session makes its own environment from a file of pins with hashes. A Python that is not on this machine is said to
be skipped, and fails with `SHTEG_REQUIRE_PYTHONS=1`.
"""

import os
import shutil
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13")
ROOT = Path(__file__).parent
QUICK = ("-m", "not slow and not browser and not spark", "-n", "auto", "--dist", "loadfile")
SUBSET = ("tests/survey", "tests/evidence", "tests/publish", "tests/report", "tests/test_dependencies.py")
"""What reads files, computes with the libraries and writes documents: where an old version would show."""

nox.options.sessions = ["check", *(f"tests-{version}" for version in PYTHONS)]
nox.options.error_on_missing_interpreters = bool(os.environ.get("SHTEG_REQUIRE_PYTHONS"))
nox.options.reuse_venv = "yes"


def install(session: nox.Session, pins: str) -> None:
    """Install what a file pins, then shteg beside it, editable."""
    session.install("--require-hashes", "-r", pins)
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All quick tests, or those named after `--`."""
    install(session, "constraints-dev.txt")
    session.run("pytest", *QUICK, *session.posargs)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """The oldest versions that pyproject.toml allows: a case checked and built, and what touches the libraries."""
    install(session, "constraints-lowest.txt")
    folder = Path(session.create_tmp())
    session.run("shteg", "check", "demo")
    session.run("shteg", "build", "demo", "--no-cache", "--out", str(folder / "site"))
    session.run("pytest", *QUICK, *(session.posargs or SUBSET))


@nox.session(python="3.11")
def wheel(session: nox.Session) -> None:
    """The built wheel with `src` out of sight: tests run from a folder that holds nothing but them."""
    session.install("--require-hashes", "-r", "constraints-dev.txt")
    folder = Path(session.create_tmp()) / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), ".")
    (built,) = folder.glob("*.whl")
    session.install("--no-deps", "--force-reinstall", str(built))
    for part in ("tests", "cases", "docs", "pyproject.toml"):
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / part)
    session.chdir(folder)
    session.run("python", "-c", "import shteg, sys; assert sys.prefix in shteg.__file__, shteg.__file__")
    session.run("shteg", "build", "demo", "--no-cache", "--out", "site")
    session.run("pytest", *QUICK, *(session.posargs or ("tests/survey", "tests/stance", "tests/accession")))


@nox.session(python="3.11")
def check(session: nox.Session) -> None:
    """Lint, format and types, the public surface included: what `make check` runs."""
    install(session, "constraints-dev.txt")
    session.run("ruff", "check", "src", "tests", "benchmarks", "tools", "noxfile.py")
    session.run("ruff", "format", "--check", "src", "tests", "benchmarks", "tools", "noxfile.py")
    session.run("mypy", "--strict", "src", "tests/typing")


@nox.session(python="3.11")
def coverage(session: nox.Session) -> None:
    """Lines and branches that tests reach, with the floor of pyproject.toml."""
    install(session, "constraints-dev.txt")
    session.run("pytest", *QUICK, "--cov", "--cov-report=term:skip-covered", *session.posargs)


@nox.session(python="3.11")
def docs(session: nox.Session) -> None:
    """The documentation as a site; a warning is an error."""
    install(session, "constraints-docs.txt")
    session.run("sphinx-build", "--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto", "docs", "build/docs")
