"""The key of a stage holds what the stage reads, all of it and nothing more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shteg.edition.stage_table import STAGES
from shteg.edition.stages import stage_keys
from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case
from shteg.evidence.part import NotReadError, content_of, part_of
from shteg.evidence.records.files import LEDGER

NUMERIC = {"stance", "accession", "consent", "evaluation", "pathways", "explorer", "pool", "recommendations"}


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(find_case("demo"))


def changed(case: Case, other: Case) -> set[str]:
    before, after = stage_keys(case), stage_keys(other)
    return {name for name in before if before[name] != after[name]}


def first(case: Case, table: str, **update: Any) -> Case:
    rows = getattr(case, table)
    return replace(case, **{table: (rows[0].model_copy(update=update), *rows[1:])})


def without_ledger(case: Case) -> dict[str, str]:
    assert set(LEDGER) <= set(case.files)
    return {name: sha for name, sha in case.files.items() if name not in LEDGER}


def without_verdicts(case: Case) -> Case:
    quiet = case.tracker.model_copy(update={"verdicts": False})
    return replace(case, tracker=quiet, header=case.header.model_copy(update={"tracker": quiet}))


def other_words(case: Case) -> Case:
    """Give the case with every text, title, note and file as if it had been written again."""
    header = case.header.model_copy(update={"footnote": None, "licence": "another", "authors": ()})
    steps = tuple(one.model_copy(update={"title": case.header.title}) for one in case.steps)
    measures = tuple(
        one.model_copy(update={"title": case.header.title, "text": case.header.title})
        for one in case.recommendations.measures
    )
    return replace(
        case,
        header=header,
        steps=steps,
        recommendations=case.recommendations.model_copy(update={"measures": measures}),
        acts=tuple(one.model_copy(update={"note": "read again"}) for one in case.acts),
        ladder=tuple(one.model_copy(update={"note": "read again"}) for one in case.ladder),
        sources={name: one.model_copy(update={"title": "Another", "note": "x"}) for name, one in case.sources.items()},
        texts={},
        files=dict.fromkeys(case.files, "0" * 64),
    )


def test_words_change_the_key_of_no_simulation(case: Case) -> None:
    assert not changed(case, other_words(case)) & NUMERIC


CHANGES: tuple[tuple[str, Callable[[Case], Case], set[str]], ...] = (
    ("an act", lambda case: first(case, "acts", grade="F6", actor="XKX"), NUMERIC - {"accession"}),
    ("a date of the ladder", lambda case: replace(case, ladder=case.ladder[1:]), NUMERIC - {"stance"}),
    ("a published figure", lambda case: replace(case, published=case.published[1:]), {"survey"}),
    ("a reading", lambda case: replace(case, readings=case.readings[1:]), {"recommendations", "tracker"}),
    (
        "the chronicle",
        lambda case: replace(case, chronicle=case.chronicle[1:]),
        {"tracker", *NUMERIC} - {"stance"},
    ),
    ("verdicts", without_verdicts, {"survey", "tracker"}),
    ("an event", lambda case: replace(case, commitment_events=case.commitment_events[1:]), {"tracker"}),
    ("a partnership", lambda case: replace(case, partnerships=case.partnerships[1:]), set()),
    (
        "the seed",
        lambda case: replace(case, header=case.header.model_copy(update={"seed": 1})),
        {"survey", "ledger", "tracker", *NUMERIC},
    ),
    (
        "the day",
        lambda case: replace(case, header=case.header.model_copy(update={"as_of": date(2020, 1, 1)})),
        {"survey", "ledger", "tracker", *NUMERIC},
    ),
    ("a line of the ledger", lambda case: replace(case, ledger=case.ledger[1:]), {"ledger"}),
    ("files of the ledger", lambda case: replace(case, files=without_ledger(case)), set()),
    ("a scenario", lambda case: replace(case, scenarios=dict(list(case.scenarios.items())[1:])), {"pathways", "pool"}),
)


@pytest.mark.parametrize(("change", "expected"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_what_a_stage_reads_changes_its_key(case: Case, change: Callable[[Case], Case], expected: set[str]) -> None:
    whole = {"recommendations"} if "pathways" in expected else set()  # its key holds those of what it needs
    assert changed(case, change(case)) == expected | whole


def test_what_is_not_read_cannot_be_used(case: Case) -> None:
    part = part_of(case, ("acts",))
    assert len(part.acts) == len(case.acts)
    for use in (len, list, bool, lambda table: table[0], lambda table: table.measures, lambda table: "x" in table):
        with pytest.raises(NotReadError, match="reads 'recommendations'"):
            use(part.recommendations)


def test_the_part_that_is_scored_can_be_taken_back_to_an_earlier_day(case: Case) -> None:
    day, reads = date(2015, 1, 1), next(one.reads for one in STAGES if one.name == "evaluation")
    back, whole = part_of(case, reads).as_of(day), part_of(case.as_of(day), reads)
    assert len(back.acts) < len(case.acts)
    for name in reads:
        assert getattr(back, name) == getattr(whole, name), name


def test_the_content_of_a_part_is_the_same_from_every_folder(case: Case, tmp_path: Any) -> None:
    for stage in STAGES:
        part = part_of(case, stage.reads, words=stage.words)
        assert content_of(part) == content_of(replace(part, root=tmp_path))
        assert content_of(part) == content_of(part_of(part, stage.reads, words=stage.words))
