"""Help of every command in Albanian: nothing English is left in it, and its lines fit the terminal."""

import re
from collections.abc import Iterator

import click
import pytest
from tools.words.roots import paragraphs

from shteg.cli.app import COMMANDS, group
from tests.cli.in_process import run


def every_command() -> Iterator[tuple[str, ...]]:
    """Give the words of each command, those of groups too."""
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        yield (name,)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.commands)


def command_of(words: tuple[str, ...]) -> click.Command:
    """Find a command."""
    command: click.Command | None = group
    for name in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    return command


def english_texts(command: click.Command) -> Iterator[str]:
    """Give every text of a command's help as its source has it."""
    yield from paragraphs(command.help or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield " ".join(parameter.help.split())


@pytest.mark.parametrize("words", [(), *every_command()], ids="-".join)
def test_help_is_albanian_throughout(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run("--speak", "sq", *words, "-h")
    assert done.returncode == 0, done.stderr
    flat = " ".join(done.stdout.split())
    assert flat.startswith("Përdorimi: shteg")
    for text in english_texts(command_of(words)):
        assert text not in flat, text
    for english in ("Options:", "Commands:", "Usage:", "Show this message", "[default:", "required]", "OPTIONS"):
        assert english not in done.stdout
    english = run(*words, "-h").stdout
    assert re.findall(r"--[a-z][\w-]+", english.split("\nOptions:")[-1]) != [] or not words
    for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)", english, re.MULTILINE):
        assert option in done.stdout
    wrapped = [line for line in done.stdout.splitlines() if len(line) > 80]
    assert not [line for line in wrapped if "[" not in line and not line.startswith(" " * 30)]


def test_a_line_that_is_cut_off_in_a_list_is_said_whole() -> None:
    done = run("--speak", "sq", "track", "-h")
    assert "Shton një ngjarje në commitments/events.csv të CASE." in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere",), "Gabim: Nuk ka komandë 'nowhere'."),
        (("tabulate",), "Gabim: Mungon argumenti 'WAVE…'."),
        (("build", "--nope"), "Gabim: Nuk ka opsion '--nope'."),
        (("build", "--threads", "0"), "Gabim: Vlerë e pavlefshme për '--threads': 0 nuk është brenda kufijve x>=1."),
        (("build", "--threads", "x"), "'x' nuk është numër i plotë"),
        (("build", "a", "b"), "Gabim: Argument i tepërt, i papritur (b)"),
        (("tabulate", "x", "--percent", "all"), "'all' nuk është asnjë prej 'column', 'row', 'total'."),
        (("build", "--as-of", "soon"), "'soon' nuk i përshtatet formatit '%Y-%m-%d'."),
        (("build", "--out"), "Gabim: Opsioni '--out' kërkon një argument."),
        (("build", "--no-text=1"), "Gabim: Opsioni '--no-text' nuk merr vlerë."),
    ],
)
def test_what_click_refuses_is_told_in_albanian(words: tuple[str, ...], told: str) -> None:
    done = run("--speak", "sq", *words)
    english = run(*words)
    assert done.returncode == english.returncode == 2
    assert told in done.stderr
    for word, other in (("Usage: shteg", "Përdorimi: shteg"), ("Try 'shteg", "Për ndihmë ekzekutoni 'shteg")):
        assert (word in english.stderr) == (other in done.stderr)
    assert not re.search(r"\b(Error|Usage|Try|for help)\b", done.stderr)
