"""The group `shteg`: finds commands by name, turns errors into a sentence and an exit code."""

import io
import logging
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from shteg import __version__
from shteg.cli.machine_errors import explain_machine_error
from shteg.cli.reader import (
    LANGUAGES,
    ReaderContext,
    reader_language,
    render_error,
    speaking,
    tell_click_error,
    windows_locale,
    with_reader,
)
from shteg.errors import ShtegError

COMMANDS = {
    "backtest": "How good the forecasts would have been: rolling origins, scored against base rates.",
    "build": "Evidence → edition → publication, in every language of the case.",
    "case": "A case as one workbook of Excel, and back.",
    "check": "Every problem in the case and in its language editions.",
    "codebook": "What a wave holds, as DDI, page or Word file; a form printed, its languages compared.",
    "cache": "Where results are kept for later runs, how much that is, and clearing it.",
    "coherence": "Do published survey figures fit each other and the population?",
    "completion": "The script that lets a shell complete commands, options, cases, waves and scenarios.",
    "diff": "What changed between two editions, and which evidence moved the forecast.",
    "doctor": "What this machine has of what shteg needs, and how to mend what it lacks.",
    "forecast": "The path in the terminal: each step, by year, with intervals.",
    "import-text": "Sentences that were changed in a Word file, back to the texts of the case; numbers stay bound.",
    "messages": "What is not yet said in a language: messages of shteg, words and texts of a case.",
    "new": "A case folder to start from.",
    "new-wave": "A wave of a case out of a survey file: SPSS, Stata, Excel, CSV or Parquet.",
    "publish": "The publication as a folder or one zip for any web host.",
    "reconstruct": "What editions of earlier days would have said, written into the ledger as reconstructed.",
    "register": "What the edition of today says would happen, written into the ledger of the case.",
    "resolve": "What the evidence decides of the ledger's forecasts, and what is overdue.",
    "score": "How the forecasts of the ledger fared.",
    "serve": "The studio on this machine: the case edited beside its pages, its problems and scenarios.",
    "tabulate": "Toplines and banners of a survey wave, as a workbook, a page, CSV or Parquet.",
    "track": "Commitments: add what happened to one, list where all of them stand.",
    "weight": "Weights that meet the targets of a sheet, with a report on what they cost.",
    "values": "The numbers that a text may quote, what each says, and how it is written.",
}

PLACES = {
    "codebook": "codebook.command",
    "import-text": "import_text",
    "messages": "translation.messages",
    "case": "excel.command",
    "forecast": "forecast.command",
    "tabulate": "tabulate.command",
    "track": "track.command",
    "weight": "weighting.command",
    "new-wave": "start.new_wave",
    **{name: f"start.{name}" for name in ("cache", "completion", "doctor", "new", "values")},
    **{name: f"ledger.{name}" for name in ("reconstruct", "register", "resolve", "score")},
}
"""Commands that stand in a folder, since they have several files or belong together."""

EXIT_FINDING, EXIT_BAD_INPUT, EXIT_BUG, EXIT_INTERRUPTED = 1, 2, 3, 130


COMPLETE = "_SHTEG_COMPLETE"
"""The variable by which a shell asks for completions."""


PYTHON_WORDS = re.compile(r"(?:,| or| ose)? (?:\((?:in|në) Python `[^`]*`[^)]*\)|(?:in|në) Python `[^`]*`)")
"""What a hint says to who works in Python, which nobody can use on the command line."""


class OutputClosedError(Exception):
    """Nobody reads the output any more (`shteg … | head`)."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is called: `shteg --help` loads none of them."""

    context_class = ReaderContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, or None with click's own message."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"shteg.cli.{PLACES.get(cmd_name, cmd_name)}").command
        assert isinstance(command, click.Command)
        return with_reader(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; nobody reading the output any more is no error, which click makes exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise OutputClosedError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="shteg")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.option("--speak", type=click.Choice(LANGUAGES), help="Language in which the program speaks; default: yours.")
@click.pass_context
def group(ctx: click.Context, debug: bool, speak: str | None) -> None:
    """Turn the public evidence on a country's path into an organisation into a roadmap that anyone can check.

    Exit codes: 0 done, 1 something was found (check, coherence), 2 bad input, 3 a bug in shteg.
    """
    ctx.obj = {"debug": debug}  # `--speak` is read before click reads anything, so that refusals speak it too


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; no error shows a traceback unless `--debug` is given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    log = logging.getLogger("shteg")
    if not any(isinstance(handler, _Warnings) for handler in log.handlers):
        log.addHandler(_Warnings(logging.WARNING))
    _print_any_letter(words)
    language, unknown = reader_language(words, os.environ, windows_locale)
    with speaking(language, words):
        if unknown:
            log.warning("SHTEG_LANGUAGE names %s, which the program does not speak: it speaks English", unknown)
        try:
            code = _asked_group().main(words, prog_name="shteg", complete_var=COMPLETE, standalone_mode=False)
            sys.stdout.flush()  # a full disk or a closed pipe is seen here, and not after the end
        except BaseException as error:  # noqa: BLE001 - a library in another language ends in errors that are no Exception
            code = _told(error, words)
    sys.exit(code if isinstance(code, int) else 0)


def _asked_group() -> click.Group:
    """Give the commands; where a shell asks what it may complete, commands that load nothing."""
    if COMPLETE not in os.environ:
        return group
    from shteg.cli.completing import light_group

    return light_group(group)


def _told(error: BaseException, words: Sequence[str]) -> int:
    """Say what went wrong, and give the exit code."""
    if isinstance(error, click.Abort) and error.__cause__ is not None:
        error = error.__cause__  # click calls the end of a file that is cut off a wish to stop, too
    if isinstance(error, SystemExit):
        if isinstance(error.code, int) or error.code is None:
            return error.code or 0
        error = RuntimeError(str(error.code))
    if isinstance(error, click.ClickException):
        tell_click_error(error)
        return EXIT_BAD_INPUT
    if isinstance(error, ShtegError):
        click.utils.echo(PYTHON_WORDS.sub("", render_error(error)), err=True)
        return EXIT_BAD_INPUT
    if isinstance(error, click.Abort | KeyboardInterrupt):
        kept = " The last edition is as it was." if _command(words) == "build" else ""
        click.echo(f"Stopped.{kept}", err=True)
        return EXIT_INTERRUPTED
    if isinstance(error, OutputClosedError | BrokenPipeError):
        _close_output()
        return 0
    if "--debug" in words:
        raise error
    told = explain_machine_error(error)
    if told is not None:
        click.echo(told, err=True)
        _close_output()
        return EXIT_BAD_INPUT
    click.echo(
        f"This is a bug in shteg: {type(error).__name__}: {error}\n"
        "Hint: run the same command as `shteg --debug …` and report what it prints",
        err=True,
    )
    return EXIT_BUG


def _print_any_letter(words: Sequence[str]) -> None:
    """Let a terminal that lacks a letter show a question mark; what a program reads (`--json`) is never altered."""
    for stream in (sys.stderr,) if "--json" in words else (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _command(words: Sequence[str]) -> str:
    return next((word for word in words if not word.startswith("-")), "")


def _close_output() -> None:
    """Let Python not try again at its end to write what could not be written."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Warnings(logging.Handler):
    """Print warnings of shteg on the error stream, where that stands now."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(f"Warning: {record.getMessage()}", err=True)
