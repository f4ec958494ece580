"""The command line in this process: what it prints and how it ends, errors turned into sentences as for a user."""

import io
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

from shteg.cli.app import main


def run(*words: object, cwd: Path | None = None) -> CompletedProcess[str]:
    """Run a command, in a folder if one is given."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err), chdir(cwd or "."):
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
    return CompletedProcess(words, code, out.getvalue(), err.getvalue())


def assert_plain_error(done: CompletedProcess[str], *parts: str) -> None:
    """Fail unless a command refused what it was given, in these words."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    for part in parts:
        assert part in done.stderr + done.stdout
