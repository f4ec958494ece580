"""`shteg publish`: the publication for a web host."""

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from shteg.cli.build import build_site
from shteg.cli.options import build_options, case_argument, check_output, json_option, text_option
from shteg.cli.progress import progress_bars
from shteg.edition import Options, check_target, replace_folder
from shteg.edition.folder import MARKER
from shteg.errors import EditionError, UsageError
from shteg.evidence import find_case, read_case
from shteg.hints import counted
from shteg.keeping import work_folder

PLAIN = ".nojekyll"
"""An empty file that tells one of the hosts to serve every file as it is."""


@click.command("publish")
@case_argument
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to make, or a zip if the name ends in .zip.",
)
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder that `shteg build` made, to publish as it is.",
)
@text_option
@build_options
@json_option
def command(case: str, target: Path, site: Path | None, options: Options, as_json: bool) -> None:
    """Build CASE, or take what was built, and write all that a web host needs: a folder, or one zip.

    Both open without network by a double click on index.html.
    """
    from shteg.publish.parcel import require_whole, write_parcel

    _check(target)
    keep = [site] if site else [find_case(case)]
    with work_folder(Path(tempfile.gettempdir()) / "shteg-publish") as work, progress_bars(quiet=as_json) as tell:
        made = work / "site"
        if site is None:
            made.mkdir()
            build_site(read_case(find_case(case)), None, made, options, tell)
            (made / MARKER).write_text("made by shteg; replaced at every build\n", encoding="utf-8")
        else:
            require_whole(site, MARKER)
            shutil.copytree(site, made, copy_function=shutil.copyfile)
        edition = require_whole(made, MARKER)
        (made / PLAIN).touch()
        if _is_zip(target):
            count = write_parcel(made, target, _made_at())
        else:
            with replace_folder(target, keep=keep) as place:
                shutil.copytree(made, place, dirs_exist_ok=True)
            count = sum(path.is_file() for path in target.rglob("*"))
        address = json.loads((made / "edition" / "case.json").read_text(encoding="utf-8")).get("address")
    _print(target, edition, count, address, as_json)


def _check(target: Path) -> None:
    """Refuse a place where nothing may be written, before anything is computed."""
    if _is_zip(target):
        from shteg.publish.parcel import is_parcel

        check_output(target, "--to")
        if target.exists() and not is_parcel(target):
            raise UsageError("something has this name that was not made by shteg", "give another name", str(target))
        return
    if (target / ".git").exists():
        hint = "publish into a folder inside of it: the whole folder is replaced"
        raise EditionError("the folder holds a repository, which would be replaced", hint, str(target))
    check_target(target)


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == ".zip"


def _made_at() -> tuple[int, int, int, int, int, int]:
    """Give the time that files of a zip get: what SOURCE_DATE_EPOCH says, else the earliest there is."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(text) if text.isdecimal() else 315532800, tz=UTC)
    return (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)


def _print(target: Path, edition: str, count: int, address: str | None, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {"to": str(target), "edition": edition, "files": count, "address": address}
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"Edition {edition} in {target}: {counted(count, 'file')}")
    if not _is_zip(target):
        click.echo(f"Open {(target / 'index.html').absolute().as_uri()}")
    if not address:
        click.echo(
            "The case has no `address`: with it pages name their own address, and the site has a map and a "
            "robots.txt (docs/publishing.md)"
        )
