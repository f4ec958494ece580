"""Every template that the source says to a person at the terminal has a text in every language of the reader."""

import json
import re

import pytest
from tools.cli_words import LIST, missing, waiting
from tools.words.lists import BY_HAND, ROOT, click_words, mistakes, unused, wanted_words
from tools.words.roots import Word, plain

from shteg.cli.reader.catalogue import FOLDER, read_words
from shteg.cli.reader.language import ENGLISH, LANGUAGES

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
SINGLE = {"OPTIONS", "ARGS", "COMMAND"}


@pytest.fixture(scope="module")
def said() -> list[Word]:
    """What the source says, and click."""
    return [*wanted_words(ROOT / "src" / "shteg"), *click_words()]


@pytest.mark.parametrize("language", OTHERS)
def test_no_new_message_lacks_a_text_and_none_that_has_one_stays_listed(language: str, said: list[Word]) -> None:
    lack = {plain(one.text): f"{one.room}:{one.line}: {one.text!r}" for one in missing(language, said)}
    fresh = [told for text, told in lack.items() if text not in waiting()]
    assert not fresh, "give them a text (python tools/cli_words.py --write):\n" + "\n".join(fresh)
    done = sorted(waiting() - lack.keys())
    assert not done, f"they have a text by now: take them out of {LIST.name} (--shrink)\n" + "\n".join(done)


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_kept_that_nobody_says(language: str, said: list[Word]) -> None:
    assert unused(said, read_words(FOLDER / language)) == [], "python tools/cli_words.py --drop"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_the_holes_of_the_english_one(language: str) -> None:
    for name, texts in read_words(FOLDER / language).items():
        assert mistakes(texts) == [], name
        assert all(text.strip() for text in texts.values()), name


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_stands_in_two_files(language: str) -> None:
    seen: dict[str, str] = {}
    for name, texts in read_words(FOLDER / language).items():
        if name in BY_HAND:
            continue
        for english in texts:
            assert plain(english) not in seen, f"{english!r} stands in {seen[plain(english)]} and in {name}"
            seen[plain(english)] = name


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_code_stays_code(language: str) -> None:
    """Options, keys between backticks and names of files are not translated."""
    for texts in read_words(FOLDER / language).values():
        for english, other in texts.items():
            for code in re.findall(r"`[^`{}]+`|--[a-z][\w-]*|\b[\w/]+\.(?:toml|csv|md|json|xlsx)\b", english):
                if re.fullmatch(r"`[a-z_]+`|--.*|\w.*", code) and " " not in code:
                    assert code in other, (english, code)


def test_the_list_is_json_lines_in_order() -> None:
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line]
    assert lines == sorted(lines)
    assert all(isinstance(json.loads(line), str) for line in lines)
