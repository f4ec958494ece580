"""The gate on twenty texts in three languages: every planted fault is found where it is, and nothing else."""

import pytest

from shteg.report import EditionView, check_texts
from tests.report.text.planted import DEFECTS, DOCUMENTS, LANGUAGES, make_texts, plant, tells_of, with_texts


def test_texts_without_a_fault_pass(demo_view: EditionView) -> None:
    assert demo_view.languages == LANGUAGES
    assert check_texts(with_texts(demo_view, make_texts())) == ()


@pytest.mark.parametrize("kind", DEFECTS)
def test_each_kind_is_found_in_every_text_and_no_other(kind: str, demo_view: EditionView) -> None:
    clean = make_texts()
    planted = clean
    names, hit = [], set()
    for number in range(0, DOCUMENTS, 2):  # every second text: the others must stay clean
        planted, language, name = plant(planted, kind, number)
        names.append(name)
        hit.add(language)
    assert hit == set(LANGUAGES)
    problems = check_texts(with_texts(demo_view, planted))
    assert [name for name in names if not tells_of(problems, kind, name)] == []
    told = {one.file.removesuffix(".md").rpartition("/")[2] for one in problems}
    assert told == set(names)


def test_there_are_fourteen_kinds() -> None:
    assert len(DEFECTS) == 14


def test_all_faults_at_once_are_found_in_all_twenty(demo_view: EditionView) -> None:
    """Each text has one fault, the kinds go round: twenty texts, all found."""
    texts, planted = make_texts(), []
    kinds = list(DEFECTS)
    for number in range(DOCUMENTS):
        texts, _, name = plant(texts, kinds[number % len(kinds)], number)
        planted.append((kinds[number % len(kinds)], name))
    problems = check_texts(with_texts(demo_view, texts))
    assert [one for one in planted if not tells_of(problems, *one)] == []
