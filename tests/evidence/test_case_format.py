"""docs/case-format.md and the schema say the same: every key of one stands in the other, with form and meaning."""

import pytest

from shteg.evidence import describe_case_format
from shteg.evidence.records.files import ALLOWED, FILES, WAVE_FILES
from tests.evidence.case_format_tables import DOCUMENT, read_tables


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    documented = read_tables(DOCUMENT.read_text(encoding="utf-8"))
    assert documented == list(describe_case_format())


def test_every_key_has_a_meaning_of_one_sentence() -> None:
    unclear = [key for key in describe_case_format() if not key.meaning or not key.meaning.endswith(".")]
    assert unclear == []


@pytest.mark.parametrize("name", [*(spec.path for spec in (*FILES, *WAVE_FILES)), *ALLOWED])
def test_every_file_is_named_in_the_document(name: str) -> None:
    assert f"`{name}`" in DOCUMENT.read_text(encoding="utf-8")


def test_keys_are_listed_once() -> None:
    keys = [(key.file, key.path) for key in describe_case_format()]
    assert len(keys) == len(set(keys))
