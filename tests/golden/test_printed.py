"""The printed figures are those of the last time that somebody wanted them to move."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shteg.edition import Options, run_stages
from shteg.edition.cache import StageCache
from shteg.edition.evidence_tables import evidence_result
from shteg.edition.lexicon import build_lexicon
from shteg.evidence import find_case, read_case
from shteg.report import EditionView
from tests.golden.compare import HINT
from tests.golden.printed import (
    CASES,
    NUMBERS,
    Printed,
    differences,
    is_close,
    moved_numbers,
    numbers,
    printed,
    printed_table,
    printed_values,
    read_golden,
)


def test_the_made_up_case_prints_the_same_figures(demo_view: EditionView) -> None:
    assert differences(printed(demo_view), read_golden("demo")) == [], HINT


def test_the_numbers_behind_them_have_not_moved(demo_view: EditionView) -> None:
    golden = json.loads(NUMBERS.read_text(encoding="utf-8"))
    assert len(golden) > 500
    assert moved_numbers(numbers(demo_view), golden) == [], HINT


@pytest.mark.parametrize("case", CASES)
def test_every_shipped_case_has_its_figures(case: str) -> None:
    golden = read_golden(case)
    assert len(golden["values"]) > 500
    assert len(golden["tables"]) > 50


@pytest.mark.parametrize("name", CASES[1:])
def test_the_quick_stages_of_the_other_cases_print_the_same_figures(name: str, kept: Path) -> None:
    """The rest takes minutes: `python -m tests.golden.compare site` compares what `make report` has built."""
    case = Options().filter(read_case(find_case(name)))
    cache = StageCache(kept)
    results = [
        evidence_result(case),
        *(run_stages(case, cache, until=stage)[stage] for stage in ("survey", "accession")),
    ]
    golden, lexicon = read_golden(name), build_lexicon(case)
    found: Printed = {"values": {}, "tables": {}}
    for result in results:
        found["values"] |= printed_values(result.values, lexicon)
        found["tables"] |= {f"{result.stage}.{one}": printed_table(table.frame) for one, table in result.tables.items()}
    assert len(found["values"]) > 200
    assert len(found["tables"]) > 20
    asked = {kind: {one: golden[kind].get(one, "not there") for one in found[kind]} for kind in found}
    assert differences(found, asked) == [], HINT


def test_a_moved_figure_is_noticed(demo_view: EditionView) -> None:
    demo_view = replace(demo_view, table_names=())
    golden = printed(demo_view)
    name = next(name for name, one in demo_view.values.items() if one.unit == "share" and one.low is not None)
    value = demo_view.values[name]
    assert isinstance(value.number, float)
    for changed, seen in ((value.number + 0.02, True), (value.number * (1 + 1e-13), False)):
        values = {**demo_view.values, name: replace(value, number=changed)}
        found = differences(printed(replace(demo_view, values=values)), golden)
        assert bool(found) == seen
        assert all(f"values {name}: {golden['values'][name]} → " in one for one in found)
    gone = {one: value for one, value in demo_view.values.items() if one != name}
    assert differences(printed(replace(demo_view, values=gone)), golden) == [
        f"values {name}: {golden['values'][name]} → not there"
    ]


@pytest.mark.parametrize("table", ["pathways.incidence", "evidence.members", "pathways.explanations"])
def test_a_moved_cell_is_noticed(demo_view: EditionView, table: str) -> None:
    frame = demo_view.table(table)
    golden = printed(replace(demo_view, table_names=(table,), values={}))
    assert differences({"values": {}, "tables": {table: printed_table(frame)}}, golden) == []
    for changed in (frame.reverse(), frame.head(-1), frame.select(reversed(frame.columns))):
        [found] = differences({"values": {}, "tables": {table: printed_table(changed)}}, golden)
        assert found.startswith(f"tables {table}: ")


def test_a_moved_number_is_noticed() -> None:
    assert moved_numbers({"a": [0.1 + 1e-8, None, None]}, {"a": [0.1, None, None]})
    assert moved_numbers({"a": [0.1, None, None]}, {"a": [0.1, 0.0, 0.2]})
    assert moved_numbers({"a": [0.1, None, None]}, {}) == ["a: None → [0.1, None, None]"]
    assert moved_numbers({}, {"a": ["beyond", None, None]})
    assert not moved_numbers({"a": [0.1 + 0.2, None, None]}, {"a": [0.3, None, None]})
    assert not is_close("beyond", "base_rate")
