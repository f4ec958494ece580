"""`shteg build`: evidence → edition → publication."""

import json
import sys
import time
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from shteg.cli.options import build_options, case_argument, json_option, text_option
from shteg.cli.past_day import past_day_lines, texts_of_another_day
from shteg.cli.progress import progress_bars
from shteg.edition import Options, build_edition, check_target, package_hash, replace_folder
from shteg.edition.stages import Progress
from shteg.evidence import Case, find_case, read_case

LIBRARIES = (
    *("babel", "jinja2", "latex2mathml", "lxml", "markdown-it-py", "markupsafe", "numba", "numpy", "polars"),
    *("py3langid", "pydantic", "pyreadstat", "scipy", "typst", "vl-convert-python", "xlsxwriter"),
)
"""Libraries whose version may change a byte of a publication."""


@click.command("build")
@case_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder to make; default `site` here, or beside the case where you are in it.",
)
@text_option
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Compare with what was known on that day: the page of changes."
)
@click.option(
    "--no-changes",
    "compared",
    flag_value=False,
    default=True,
    help="Leave the page of changes out: an edit of the evidence is then seen sooner.",
)
@click.option(
    "--archive",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the sites of earlier editions, each under its id in editions.toml.",
)
@build_options
@json_option
def command(
    case: str,
    out: Path | None,
    since: datetime | None,
    compared: bool,
    archive: Path | None,
    options: Options,
    as_json: bool,
) -> None:
    """Build the publication of CASE (a folder, or a shipped case) into one folder that opens without network."""
    started = time.perf_counter()
    folder = find_case(case)
    out = out or _default_out(folder)
    options = replace(options, since=since.date() if since else None, compared=compared)
    with progress_bars(quiet=as_json) as tell:
        tell("evidence", 0, 1)
        evidence = read_case(folder)
        tell("evidence", 1, 1)
        check_target(out, keep=[folder])
        with replace_folder(out, keep=[folder], waiting=lambda process: _tell_waiting(out, process)) as work:
            names, manifest = build_site(evidence, archive, work, options, tell)
    _print(out, manifest, names, time.perf_counter() - started, as_json)
    for line in [] if as_json else past_day_lines(evidence, options.as_of):
        click.echo(line)


def build_site(
    evidence: Case, archive: Path | None, work: Path, options: Options, tell: Progress
) -> tuple[list[str], dict[str, Any]]:
    """Build the edition of a case and publish it into one folder, if its languages agree.

    Parameters
    ----------
    evidence : Case
        As read from its folder.
    archive : Path, optional
        Folder with the sites of earlier editions.
    work : Path
        An empty folder.
    options : Options
    tell : callable
        Told `(stage, done, total)`.

    Returns
    -------
    tuple
        Names of the pages and documents, and the manifest of the edition.
    """
    from shteg.changes.since import comparing, day_compared
    from shteg.publish import KeptLanguages, publish_site
    from shteg.publish.archive import archive_sites, find_archived
    from shteg.report import open_edition, require_parity

    day = day_compared(evidence, options)
    compare = comparing(evidence, day, options, tell) if day else None
    places = {name: one.folder for name, one in options.filter(evidence).earlier.items()}
    kept = find_archived(places, evidence.root, archive)
    edition = build_edition(evidence, work / "edition", options, tell, compare, tuple(kept))
    opened = open_edition(edition)
    drawings = options.cache and options.cache / "drawings"
    finished = KeptLanguages(options.cache / "finished", _made_by()) if options.cache else None

    def gate() -> None:
        with texts_of_another_day(options):
            require_parity(opened, options.cache and options.cache / "languages")

    pages = publish_site(opened, work, cache=drawings, progress=tell, threads=options.threads, gate=gate, kept=finished)
    archive_sites(opened, work, kept)
    names = sorted(page.relative_to(work).as_posix() for page in pages)
    return names, json.loads((edition / "manifest.json").read_text(encoding="utf-8"))


def _made_by() -> str:
    """Name what makes a publication of an edition: the code and words of the package, Python, and libraries."""
    return " ".join((package_hash(), sys.version, *(f"{name}={version(name)}" for name in LIBRARIES)))


def _default_out(case: Path) -> Path:
    """Give `site` in this folder, or beside the case where this folder lies in the case."""
    case = case.resolve()
    return case.with_name(f"{case.name}-site") if Path.cwd().is_relative_to(case) else Path("site")


def _tell_waiting(out: Path, process: int | None) -> None:
    named = f" (process {process})" if process else ""
    click.echo(f"{out}: another shteg{named} is making this folder; waiting until it has ended", err=True)


def _print(out: Path, manifest: dict[str, Any], names: list[str], seconds: float, as_json: bool) -> None:
    if as_json:
        told = {name: manifest[name] for name in ("left_out", "left_out_imprecise", "passed_over") if name in manifest}
        head = {"out": str(out), "edition": manifest["edition"], "case": manifest["case"], "pages": names}
        click.echo(json.dumps(head | told, indent=1))
        return
    click.echo(f"Edition {manifest['edition']} of {manifest['case']}, as of {manifest['as_of']}, in {seconds:.1f} s")
    click.echo(f"Open {(out / 'index.html').absolute().as_uri()}")
    for name in names:
        if name.endswith(".pdf"):
            click.echo(f"PDF  {out / name}")
    click.echo(f"Data {out / 'edition' / 'datapackage.json'}")
