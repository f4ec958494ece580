"""`shteg messages`: what is not yet said in a language, by the program and by a case."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import case_argument, check_output, json_option
from shteg.cli.translation.files import complete_messages, complete_words
from shteg.errors import UsageError
from shteg.evidence import find_case
from shteg.evidence.checks.words import is_language
from shteg.evidence.untranslated import Tongue, find_untranslated
from shteg.languages import Wanted, missing_messages, unused_messages

MOST_LISTED = 20
"""Of each kind so many lines are printed; `--json` gives all."""


@click.command("messages")
@click.argument("language")
@case_argument
@click.option("--write", is_flag=True, help="Add what is missing to messages/ and words/ of the case, commented out.")
@click.option("--all", "everything", is_flag=True, help="List everything, not the first lines only.")
@json_option
def command(language: str, case: str, write: bool, everything: bool, as_json: bool) -> int:
    """List what is missing in LANGUAGE: messages of shteg, words of CASE, blocks of its texts; exit code 1 if any is.

    The language need not be one of the case yet: this is how a translation begins.
    """
    if not is_language(language):
        raise UsageError(f"{language!r} is not a language that CLDR knows", "write its code, such as en", "LANGUAGE")
    folder = find_case(case, to_write=write)
    found = find_untranslated(folder, language)
    messages, unused = missing_messages(found.language), unused_messages(found.language)
    texts = _texts(found)
    if write:
        _write(folder, found, messages)
    if as_json:
        told = {
            "language": language,
            "messages": [asdict(one) for one in messages],
            "unused": list(unused),
            "words": [asdict(one) for one in found.words],
            "texts": texts,
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print(found, messages, unused, texts, everything)
    return EXIT_FINDING if messages or found.words or texts or unused else 0


def _write(folder: Path, found: Tongue, messages: tuple[Wanted, ...]) -> None:
    code = found.language.code
    for kind, missing in (("messages", messages), ("words", found.words)):
        path = folder / kind / f"{code}.toml"
        check_output(path, "--write", make_folders=True)
        if missing and kind == "messages":
            complete_messages(path, code, messages)
        elif missing:
            complete_words(path, code, found.words)


def _texts(found: Tongue) -> list[dict[str, Any]]:
    """List the texts that lack the language, and the blocks that a text in it lacks."""
    from shteg.report.text.read import read_document

    code, missing = found.language.code, []
    have = found.texts.get(code, {})
    first = {name: (one, text) for one in reversed(found.languages) for name, text in found.texts.get(one, {}).items()}
    for name, (language, text) in sorted(first.items()):
        whole, _ = read_document(text, language=language, name=name)
        file = {"file": f"text/{code}/{name}.md", "from": f"text/{language}/{name}.md"}
        if name not in have:
            missing.append({**file, "blocks": [block.id for block in whole.blocks]})
            continue
        ours, _ = read_document(have[name], language=code, name=name)
        there = {block.id for block in ours.blocks}
        blocks = [block.id for block in whole.blocks if block.id not in there]
        if blocks:
            missing.append({**file, "blocks": blocks})
    return missing


def _print(
    found: Tongue, messages: tuple[Wanted, ...], unused: tuple[str, ...], texts: list[dict[str, Any]], everything: bool
) -> None:
    code = found.language.code
    lines = {
        f"messages/{code}.toml": [f"{one.key} = {json.dumps(one.text, ensure_ascii=False)}" for one in messages],
        f"messages/{code}.toml, no message of shteg": list(unused),
        f"words/{code}.toml": [
            f"[{'.'.join(one.table)}] {one.field} = {json.dumps(one.text, ensure_ascii=False)}" for one in found.words
        ],
    }
    lines |= {one["file"]: [f"block {block}" for block in one["blocks"]] for one in texts}
    for file, missing in lines.items():
        if missing:
            click.echo(f"{file}: {len(missing)}")
        shown = missing if everything else missing[:MOST_LISTED]
        for line in shown:
            click.echo(f"  {line}")
        if len(missing) > len(shown):
            click.echo(f"  … and {len(missing) - len(shown)} more (--all lists them, --write adds them to the file)")
    if not any(lines.values()):
        click.echo(f"Nothing is missing in language {code}")
