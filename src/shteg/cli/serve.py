"""`shteg serve`: the studio on this machine."""

import contextlib
import gc
import secrets
import tempfile
import webbrowser
from pathlib import Path

import click

from shteg.cli.options import build_options, case_argument, text_option
from shteg.edition import Options
from shteg.evidence import find_case
from shteg.keeping import work_folder

FIRST_PORT = 8465


@click.command("serve")
@case_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=FIRST_PORT,
    show_default=True,
    help="The port of this machine; 0 takes any that is free.",
)
@click.option("--ipv6", is_flag=True, help="Listen on ::1 instead of 127.0.0.1.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--read-only", is_flag=True, help="Write nothing into the case.")
@text_option
@build_options
def command(case: str, port: int, ipv6: bool, no_open: bool, read_only: bool, options: Options) -> None:
    """Serve CASE on this machine alone: its pages as it is edited, its problems, tables, texts and scenarios.

    Nothing is written but what is saved in the studio. It ends with Ctrl-C.
    """
    from shteg.web.app import make_app
    from shteg.web.case_files import CaseFiles
    from shteg.web.guard import Guard
    from shteg.web.server import Server, open_port
    from shteg.web.studio import Studio

    folder = find_case(case, to_write=True)
    files = CaseFiles(folder.resolve(), locked=_locked(case, folder, read_only))
    with contextlib.closing(open_port(port, six=ipv6)) as listening, _work() as work:
        number = listening.getsockname()[1]
        studio, token = Studio(files, work, options), secrets.token_urlsafe(32)
        address = f"http://{'[::1]' if ipv6 else '127.0.0.1'}:{number}/"
        click.echo(f"Studio of {folder} on {address} (Ctrl-C ends it)")
        if files.locked:
            click.echo(f"The case is not written to: {files.locked}", err=True)
        server = Server(Guard(make_app(studio, token), number, token), studio.end)
        if not no_open:
            webbrowser.open(address)
        server.run(sockets=[listening])
    click.echo("The studio has ended; what was saved is in the case")
    gc.freeze()  # or Python looks through all of its memory once more before it ends: a second


def _work() -> contextlib.AbstractContextManager[Path]:
    return work_folder(Path(tempfile.gettempdir()) / "shteg-serve")


def _locked(case: str, folder: Path, read_only: bool) -> str:
    """Say why the case is not to be written; empty if it may be."""
    if read_only:
        return "the studio was started with --read-only"
    if not Path(case).is_dir():
        return "it comes with shteg; make one of your own with `shteg new NAME` and serve that"
    return ""
