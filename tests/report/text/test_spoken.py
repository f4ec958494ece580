"""Which language words are in: answers are kept for the next build, and believed for the same words only."""

from pathlib import Path

import pytest

from shteg.report.text import spoken
from shteg.report.text.spoken import Listener

EN = "The parliament decided by a large majority that the country would apply for membership."
SQ = "Kuvendi vendosi me shumicë të madhe që vendi të kërkojë anëtarësimin në organizatë."


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that py3langid is asked about."""
    found: list[str] = []
    ask = spoken._ask

    def note(languages: tuple[str, ...], text: str) -> spoken.Answer:
        found.append(text)
        return ask(languages, text)

    monkeypatch.setattr(spoken, "_ask", note)
    return found


def test_answers_are_kept_and_a_changed_text_is_asked_about(asked: list[str], tmp_path: Path) -> None:
    kept = tmp_path / "case.languages"
    for texts, anew in (((EN, SQ), [EN, SQ]), ((EN, SQ), []), ((EN + " Now.", SQ), [EN + " Now."])):
        asked.clear()
        listener = Listener(["en", "sq"], kept)
        assert [listener.other_language(text, "en") for text in texts] == [None, "sq"]
        assert [listener.other_language(text, "sq") for text in texts] == ["en", None]
        listener.keep()
        assert asked == anew


@pytest.mark.parametrize("spoil", [b"", b"{}"])
def test_a_damaged_file_is_made_anew(spoil: bytes, asked: list[str], tmp_path: Path) -> None:
    kept = tmp_path / "case.languages"
    for _ in range(2):
        listener = Listener(["en", "sq"], kept)
        assert listener.other_language(SQ, "en") == "sq"
        listener.keep()
        kept.write_bytes(spoil or kept.read_bytes().replace(b'"sq"', b'"en"'))
    assert asked == [SQ, SQ]


def test_other_languages_and_another_version_are_asked_again(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "case.languages"
    for languages, version in (
        (["en", "sq"], "1"),
        (["sq", "en"], "1"),
        (["en", "mk", "sq"], "1"),
        (["en", "sq"], "2"),
    ):
        monkeypatch.setattr(spoken, "version_of", lambda _, one=version: one)
        listener = Listener(languages, kept)
        assert listener.other_language(SQ, "en") == "sq"
        listener.keep()
    assert asked == [SQ, SQ, SQ]


def test_languages_that_are_not_known_tell_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        listener = Listener(["en", "xx"], tmp_path / "case.languages")
        assert listener.other_language(SQ, "en") is None
        listener.keep()
