"""Two editions compared: rows, figures, and contributions that sum exactly and are those of every order by hand."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shteg.changes.attribution import attribute, weights_table
from shteg.changes.groups import FIELDS, GROUPS, RECORD, TIME, WITHOUT_PATH, differing, mixed
from shteg.changes.runs import Runs
from shteg.changes.shapley import rounded_to_sum
from shteg.changes.sides import Side, case_side, open_side
from shteg.changes.stage import Comparison, compare_sides
from shteg.edition import Options
from shteg.edition.stages import stage_keys
from shteg.errors import EditionError, ModelError
from shteg.evidence import Case
from shteg.report import EditionView

CLOSE = 1e-12
"""Sums of a few dozen numbers below one."""


@pytest.fixture(scope="module")
def before(demo: Case, kept: Path) -> Side:
    """The made-up case as of the day with which it compares itself."""
    assert demo.header.changes is not None
    return case_side("before", demo, Options(as_of=demo.header.changes.since, cache=kept))


@pytest.fixture(scope="module")
def after(demo_edition: Path) -> Side:
    """The edition of today, as frozen."""
    return open_side(str(demo_edition), Options())


@pytest.fixture(scope="module")
def compared(before: Side, after: Side, kept: Path) -> Comparison:
    """Both."""
    return compare_sides(before, after, cache=kept)


def rows(compared: Comparison, table: str) -> Iterator[dict[str, object]]:
    return compared.result.tables[table].frame.iter_rows(named=True)


def test_contributions_sum_to_the_change_exactly_and_as_shown(compared: Comparison) -> None:
    assert compared.reason == ""
    cells = list(rows(compared, "forecast"))
    assert len(cells) == 2 * 18  # both forecasts of six steps by three years
    for cell in cells:
        own = [
            row
            for row in rows(compared, "contributions")
            if all(row[name] == cell[name] for name in ("model", "step", "year"))
        ]
        assert [row["group"] for row in own] == list(GROUPS)
        assert sum(row["change"] for row in own) == pytest.approx(cell["after"] - cell["before"], abs=CLOSE)
        assert round(sum(row["shown"] for row in own), 4) == cell["shown"] == round(cell["change"], 4)


def test_groups_without_a_path_and_groups_that_are_the_same_contribute_exactly_nothing(compared: Comparison) -> None:
    causes = {row["group"]: row["cause"] for row in rows(compared, "groups")}
    assert {causes[group] for group in WITHOUT_PATH} == {"no_path"}
    assert causes["acts"] == causes[TIME] == "swapped"
    assert causes["governments"] == causes["assumptions"] == "same"
    idle = {group for group, cause in causes.items() if cause != "swapped"}
    assert {row["change"] for row in rows(compared, "contributions") if row["group"] in idle} == {0.0}
    assert any(row["change"] != 0.0 for row in rows(compared, "contributions") if row["group"] == "acts")


def test_it_is_the_average_over_every_order_of_swapping(
    before: Side, after: Side, compared: Comparison, kept: Path
) -> None:
    assert before.inputs is not None
    assert after.inputs is not None
    assert compared.attribution is not None
    swapped = differing(before.inputs, after.inputs)
    runs = Runs(cache=kept, threads=None, told=lambda done, total: None)
    players = (*swapped, RECORD)

    def outcome(chosen: frozenset[str]) -> float:
        assert before.inputs is not None
        assert after.inputs is not None
        case = Options(as_of=after.day).filter(mixed(before.inputs, after.inputs, chosen - {RECORD}))
        side = after if RECORD in chosen else before
        assert side.weights is not None
        return runs.forecast(case).pooled(weights_table(side))["member", 2046][0]

    at = compared.attribution.cells.index(("member", 2046))
    for group in players:
        gains = []
        for order in permutations(players):
            old = frozenset(order[: order.index(group)])
            gains.append(outcome(old | {group}) - outcome(old))
        assert compared.attribution.shares[group][0, at] == pytest.approx(np.mean(gains), abs=CLOSE)
    assert runs.simulated == 0  # all were kept


def test_what_the_last_set_gives_is_what_the_edition_printed(
    after: Side, compared: Comparison, demo_view: EditionView
) -> None:
    for row in rows(compared, "forecast"):
        middle = "" if row["model"] == "pool" else f"{row['model']}."
        value = demo_view.value(f"forecast.{middle}{row['step']}.{row['year']}")
        assert row["after"] == pytest.approx(value.number, abs=CLOSE)


def test_all_groups_of_one_side_are_that_side(before: Side, after: Side) -> None:
    assert before.inputs is not None
    assert after.inputs is not None
    whole = Options(as_of=after.day).filter(mixed(before.inputs, after.inputs, frozenset(FIELDS)))
    assert stage_keys(whole)["pathways"] == after.keys["pathways"]
    same = Options(as_of=after.day).filter(mixed(after.inputs, after.inputs, frozenset()))
    assert stage_keys(same)["pathways"] == after.keys["pathways"]
    assert differing(after.inputs, after.inputs) == ()


def test_an_edition_against_itself_has_no_change(after: Side, kept: Path) -> None:
    found = compare_sides(after, after, cache=kept)
    assert found.attribution is not None
    assert {float(np.abs(table).max()) for table in found.attribution.shares.values()} == {0.0}
    for table in ("figures", "evidence"):
        assert found.result.tables[table].frame.is_empty()


def test_an_edition_without_inputs_is_compared_and_not_shared_out(before: Side, after: Side) -> None:
    found = compare_sides(replace(before, inputs=None, frozen=True), after)
    assert "are not frozen in it" in found.reason
    assert found.result.tables["contributions"].frame.is_empty()
    assert not found.result.tables["figures"].frame.is_empty()
    (how,) = rows(found, "attribution")
    assert (how["computed"], how["reason"]) == (False, found.reason)


def test_a_forecast_that_does_not_come_out_as_printed_stops(before: Side, after: Side, kept: Path) -> None:
    frame = after.tables["pool.forecast"].with_columns(pl.col("probability") * 0.9)
    wrong = replace(after, tables={**after.tables, "pool.forecast": frame})
    with pytest.raises(ModelError, match=r"does not come out as it was printed .*\nHint: this is a bug"):
        attribute(before, wrong, cache=kept)


def test_what_other_code_printed_is_a_group_of_its_own(before: Side, after: Side, kept: Path) -> None:
    frame = after.tables["pool.forecast"].with_columns(pl.col("probability") * 0.9)
    older = replace(after, tables={**after.tables, "pool.forecast": frame}, keys={**after.keys, "pool": "0" * 64})
    found = attribute(before, older, cache=kept)
    at = found.cells.index(("member", 2046))
    printed = after.values["forecast.member.2046"].number
    assert found.shares["code"][0, at] == pytest.approx(-0.1 * float(printed), abs=CLOSE)
    total = sum(table[0, at] for table in found.shares.values())
    assert total == pytest.approx(found.after[0, at] - found.before[0, at], abs=CLOSE)


def test_rows_are_added_changed_and_withdrawn(after: Side) -> None:
    acts = after.tables["evidence.acts"]
    first, third = (acts.row(at, named=True)["actor"] for at in (0, 2))
    grade = pl.when(pl.col("row") == 3).then(pl.lit("A1")).otherwise(pl.col("grade"))
    old = pl.concat([acts[1:].with_columns(grade=grade), acts[-1:].with_columns(actor=pl.lit("XZZ"))])
    earlier = replace(after, tables={**after.tables, "evidence.acts": old})
    found = compare_sides(earlier, after, attributed=False)
    told = {
        (row["became"], row["key_cells"].split(" | ")[0], row["changed_columns"]) for row in rows(found, "evidence")
    }
    assert told == {("added", first, None), ("withdrawn", "XZZ", None), ("changed", third, "grade")}


def test_a_figure_says_what_it_rests_on(compared: Comparison) -> None:
    figures = {row["moved_value"]: row for row in rows(compared, "figures")}
    assert figures["case.acts"]["why"] == "time acts"
    assert figures["forecast.member.2046"]["why"].split()[0] == TIME
    assert "surveys" in figures["case.published"]["why"].split()
    assert all(row["why"] for row in figures.values())


def test_editions_of_two_cases_are_refused(after: Side) -> None:
    with pytest.raises(EditionError, match=r"is of the case other.*\nHint: compare editions of one case"):
        compare_sides(replace(after, case_id="other"), after)


def test_rounding_leaves_groups_without_effect_alone() -> None:
    assert rounded_to_sum([0.0, 0.00004, 0.00004, 0.00004], 0.00012, 4) == [0.0, 0.0001, 0.0, 0.0]
