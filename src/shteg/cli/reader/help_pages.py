"""Help, usage and refusals of click in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click
from click.utils import echo

from shteg.cli.reader.speak import speak, speak_beginning, speaks_other

_EXTRA = re.compile(r"(?:^|(?<=\S)  )\[([^\[\]]*(?:\[[^\]]*\][^\[\]]*)*)\]$")
"""What click puts after the help of an option: default, range, required."""
_KINDS = re.compile(r"\b(?:INTEGER RANGE|FLOAT RANGE|INTEGER|FLOAT|TEXT|PATH|BOOLEAN)\b")
"""What click calls a value whose option gives it no name."""
_USAGE = re.compile(r"OPTIONS|COMMAND|ARGS")


class ReaderFormatter(click.HelpFormatter):
    """Writes help in the language of the reader; texts come in English and are looked up before they are wrapped."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage.

        Parameters
        ----------
        prog : str
            The command with those above it.
        args : str
            What may follow it, as click writes it.
        prefix : str, optional
            What stands before; `Usage:` if left out.
        """
        if speaks_other():
            prefix = f"{speak(prefix.strip() if prefix else 'Usage:')} "
            args = _USAGE.sub(lambda found: speak(found[0]), args)
        super().write_usage(prog, args, prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(speak(heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(_paragraphs(text) if speaks_other() else text)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with what they mean.

        Parameters
        ----------
        rows : iterable of (str, str)
            Name and meaning.
        col_max, col_spacing : int
            The widest column of names, and the space after it, in characters.
        """
        if speaks_other():
            rows = [(_KINDS.sub(lambda found: speak(found[0]), name), _meaning(text)) for name, text in rows]
        super().write_dl(list(rows), col_max, col_spacing)


class ReaderContext(click.Context):
    """The context of all commands: it writes help with `ReaderFormatter`."""

    formatter_class = ReaderFormatter


def with_reader(command: click.Command) -> click.Command:
    """Let a command and those below it write their help in the language of the reader."""
    command.context_class = ReaderContext
    if isinstance(command, click.Group):
        for one in command.commands.values():
            with_reader(one)
    return command


def tell_click_error(error: click.ClickException) -> None:
    """Print what click refuses, with the usage and where help is."""
    if not speaks_other() or isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        echo(context.get_usage(), err=True)
        if context.command.get_help_option(context) is not None:
            echo(speak(f"Try '{context.command_path} {context.help_option_names[0]}' for help."), err=True)
        echo("", err=True)
    echo(f"{speak('Error:')} {speak(error.format_message())}", err=True)


def _paragraphs(text: str) -> str:
    """Say each paragraph; one that is not to be wrapped (marked with a backspace) stays as it is."""
    told = []
    for part in re.split(r"(\n\s*\n)", text):
        kept = part.startswith("\b") or not part.strip()
        told.append(part if kept else speak(" ".join(part.split())))
    return "".join(told)


def _meaning(text: str) -> str:
    """Say the help of an option and what click puts after it; a line cut off in a list of commands is said whole."""
    extra = _EXTRA.search(text)
    bare = text[: extra.start()].rstrip() if extra else text
    told = speak_beginning(bare.removesuffix("...").rstrip()) if bare.endswith("...") else speak(bare)
    if extra is None:
        return told
    items = "; ".join(speak(one) for one in extra[1].split("; "))
    return f"{told}  [{items}]" if told else f"[{items}]"
