"""Say which words of the program lack a text in a language: `python tools/cli_words.py [--missing] [sq]`.

What shteg says at the terminal stands in English in its source, and is found there with its holes (`tools/words/`).
`--missing` lists by room what a catalogue (`src/shteg/cli/reader/<language>/`) does not have, and gives exit code 1 if
that is more than `tests/cli_words_lacking.txt` allows; `--write` adds each of them to the file of its room, commented
out and with an empty text, to be translated; `--unused` lists what nobody says any more, `--drop` takes that out;
`--shrink` takes out of the list of the test what has a text by now.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from shteg.cli.reader.catalogue import read_words  # noqa: E402
from tools.words.lists import BY_HAND, CATALOGUES, click_words, file_of, lacking, mistakes, unused, wanted_words  # noqa: E402
from tools.words.roots import Word, plain  # noqa: E402

LIST = ROOT / "tests" / "cli_words_lacking.txt"
"""Templates that are still English in every language; it may only become shorter."""


def known(language: str) -> dict[str, dict[str, str]]:
    """Give the words of a language by file."""
    return read_words(CATALOGUES / language)


def missing(language: str, words: list[Word]) -> list[Word]:
    """Give what a language lacks."""
    return lacking(words, {key: text for texts in known(language).values() for key, text in texts.items()})


def write(language: str, words: list[Word]) -> int:
    """Add what is missing to the files of their rooms, commented out; give how many."""
    by_file: dict[str, list[Word]] = defaultdict(list)
    for one in words:
        by_file[file_of(one.room)].append(one)
    for name, some in by_file.items():
        path = CATALOGUES / language / f"{name}.toml"
        have = path.read_text(encoding="utf-8") if path.exists() else ""
        fresh = [one for one in some if f"# {quoted(one.text)} = " not in have]
        lines = [f'# {quoted(one.text)} = ""  # {one.room}:{one.line}' for one in fresh]
        path.write_text("".join(f"{line}\n" for line in [have.rstrip("\n"), *lines] if line), encoding="utf-8")
    return len(words)


def drop(language: str, gone: list[str]) -> None:
    """Take lines out of the files of a language."""
    for path in sorted((CATALOGUES / language).glob("*.toml")):
        if path.stem in BY_HAND:
            continue
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not any(line.startswith(f"{quoted(one)} = ") for one in gone)]
        path.write_text("".join(kept), encoding="utf-8")


def quoted(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text, ensure_ascii=False)


def waiting() -> set[str]:
    """Give the templates that the list of the test allows to be missing, without the names of their holes."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return {plain(str(json.loads(line))) for line in lines if line.strip()}


def main(arguments: list[str]) -> int:
    """Do what the command line asks for, and give the exit code."""
    language = next((one for one in arguments if not one.startswith("-")), "sq")
    words = [*wanted_words(ROOT / "src" / "shteg"), *click_words()]
    if "--unused" in arguments or "--drop" in arguments:
        gone = unused(words, known(language))
        if "--drop" in arguments:
            drop(language, gone)
        print("\n".join(map(quoted, gone)))
        return 0
    lack = missing(language, words)
    if "--write" in arguments:
        print(f"{write(language, lack)} to be translated in {CATALOGUES / language}")
        return 0
    if "--shrink" in arguments:
        left = sorted(quoted(one.text) for one in lack if plain(one.text) in waiting())
        LIST.write_text("".join(f"{line}\n" for line in left), encoding="utf-8")
        return 0
    for one in lack:
        print(f"{one.room}:{one.line}: {quoted(one.text)}")
    for name, texts in known(language).items():
        for line in mistakes(texts):
            print(f"{name}: {line}")
    print(f"{len(words)} said, {len(lack)} without a text in {language}")
    return int(any(plain(one.text) not in waiting() for one in lack))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
