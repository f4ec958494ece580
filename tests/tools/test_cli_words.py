"""What shteg says is found in its source: through names, constants, conditions, wrappers and lists of hints."""

from pathlib import Path

import pytest
from tools.words.lists import wanted_words
from tools.words.roots import all_words, bare, paragraphs, plain
from tools.words.source import Source


def said(tmp_path: Path, text: str, name: str = "cli/one.py") -> set[str]:
    """Give the templates of one file."""
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return {plain(word.text) for word in all_words(Source(tmp_path))}


@pytest.mark.parametrize(
    ("source", "templates"),
    [
        ('raise UsageError("no such file", "give another")', {"no such file", "give another"}),
        ('raise UsageError(f"no file {name!r} in {folder}")', {"no file {} in {}"}),
        ("raise UsageError(f\"{n} row{'s' if n > 1 else ''} left\")", {"{} row left", "{} rows left"}),
        ('raise UsageError("a text" + " in " + place)', {"a text in {}"}),
        ('raise UsageError("no such file" if a else f"no {b} here")', {"no such file", "no {} here"}),
        ('raise UsageError(found or "there is none")', {"there is none"}),
        ('hint = "give another"\nraise UsageError("no file", hint)', {"no file", "give another"}),
        ('raise UsageError("no file", list_names(known, "there are", "there are none"))',
         {"no file", "there are {}", "there are {} … ({} in all)", "there are none"}),
        ('raise UsageError("no file", suggest(name, known, "give a file"))',
         {"no file", "did you mean '{}'?", "did you mean {}?", "it may be: {}", "give a file"}),
        ('WORDS = {1: ("is full", "free some space")}\nproblem, hint = WORDS[n]\nraise UsageError(problem, hint)',
         {"is full", "free some space"}),
        ('raise UsageError("; ".join(["one part", two]))', {"one part; {}"}),
        ('Problem(file, 1, 2, f"`{name}` is missing", f"add `{name}`")', {"`{}` is missing", "add `{}`"}),
        ('click.echo(f"Written to {path}")', {"Written to {}"}),
        ('click.option("--a", help="A file to read.")', {"A file to read."}),
        ('LOG.warning("%s is late: %d days", name, days)', {"{} is late: {} days"}),
        ('raise AssertionError("this is a bug of ours")', set()),
        ('raise UsageError(f"{a}: {b}")', set()),
        ('print_it("no such file")', set()),
    ],
)  # fmt: skip
def test_every_form_of_what_is_said_is_found(tmp_path: Path, source: str, templates: set[str]) -> None:
    body = "\n".join(f"    {line}" for line in source.splitlines())
    names = "name, folder, n, a, b, place, found, known, path, days, two, file"
    assert said(tmp_path, f"def tell({names}):\n{body}\n") == templates


def test_a_wrapper_says_what_its_callers_give(tmp_path: Path) -> None:
    source = """
def refuse(problem, what="measure"):
    raise UsageError(f"{problem} of {what}", "leave it out")

def one(name):
    refuse(f"no {name}")

def two():
    refuse("no row", "scenario")
"""
    assert said(tmp_path, source) == {"no {} of measure", "no row of scenario", "leave it out"}


def test_a_function_that_makes_a_hint_is_followed(tmp_path: Path) -> None:
    source = """
def hint(name, known, are):
    near = nearest(name, known)
    return (f"did you mean {near}? " if near else "") + f"{are}: {', '.join(known) or 'none'}"

def tell(name, known):
    raise UsageError("no file", hint(name, known, "the files are"))
"""
    found = said(tmp_path, source)
    assert {"the files are: {}", "the files are: none", "did you mean {}? the files are: {}"} <= found


def test_the_help_of_a_command_is_found_by_paragraphs(tmp_path: Path) -> None:
    source = '''
@click.command("one")
def command():
    """Do one thing
    on two lines.

    And more.
    """
'''
    assert said(tmp_path, source) == {"Do one thing on two lines.", "And more."}


def test_a_text_made_of_others_is_not_asked_for_again(tmp_path: Path) -> None:
    source = """
def tell(known):
    raise UsageError("no file", list_names(known, "the files are"))
    raise UsageError("give a file; the files are here", "give a file")
    raise UsageError("a", "the files are here")
"""
    said(tmp_path, source)
    found = {plain(word.text) for word in wanted_words(tmp_path)}
    assert "the files are {}" in found
    assert "the files are {} … ({} in all)" not in found
    assert "give a file; the files are here" not in found


def test_marks_and_places_are_taken_off() -> None:
    assert bare("  Hint: {file}: give it") == "give it"
    assert bare("Warning: it is late") == "it is late"
    assert paragraphs("One\ntwo.\n\n\b\n  three\n") == ["One two.", "three"]
