"""Wave against wave: equal to R, marked where it differs, and never more than both waves show."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, UsageError
from shteg.survey import Design
from shteg.survey.designs.conversion import read_replicates
from shteg.survey.tables import Source, TableItem, Tables, Units, tabulate
from tests.survey.tables.wave import both, by, frame, trust

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "reference" / "survey_changes.json").read_text(encoding="utf-8")
)
LIKE_R = 1e-10  # sums in another order, differences of nearly equal shares
EXACT = 1e-12
UNITS = Units(stratum="stratum", psu="psu")
YES = TableItem(column="q", title={})
SCORE = TableItem(column="score", title={}, form="number")


def waves(same_psus: bool = False) -> list[Source]:
    data = pl.DataFrame(REFERENCE["data"])
    found = []
    for year in (2023, 2025):
        design = Design.from_frame(data.filter(pl.col("wave") == year), stratum="stratum", psu="psu", weight="weight")
        same = ("2023",) if same_psus and year == 2025 else ()
        found.append(Source(id=str(year), title={}, design=design, units=UNITS, same_psus=same))
    return found


def one(found: Tables, **keys: str) -> dict[str, Any]:
    return found.frame.filter(pl.all_horizontal(pl.col(name) == key for name, key in keys.items())).row(0, named=True)


@pytest.mark.parametrize("kind", ["independent", "same_psus"])
@pytest.mark.parametrize("what", ["yes", "score", "row", "total"])
def test_changes_equal_r(kind: str, what: str) -> None:
    percent = what if what in ("row", "total") else "column"
    item = SCORE if what == "score" else YES
    made = tabulate(waves(kind == "same_psus"), [item], [by("region")], percent=percent, changes="both")  # type: ignore[arg-type]
    for domain, expected in REFERENCE["changes"][kind][what].items():
        keys = {"row_kind": "mean"} if what == "score" else {"option": "yes"}
        cell = one(made, source="2025", domain=domain, **keys)
        assert cell["previous_source"] == "2023"
        for name, number in expected.items():
            assert cell[f"previous_{name}"] == pytest.approx(number, rel=LIKE_R), (domain, name)
        differs = expected["p_value"] < 0.05
        assert cell["previous_mark"] == ("" if not differs else "up" if expected["change"] > 0 else "down")
        assert cell["first_change"] is None  # the first wave is the one before


def test_units_in_both_waves_make_the_interval_narrower() -> None:
    alone, shared = (
        one(tabulate(waves(same), [YES], changes="previous"), source="2025", option="yes") for same in (False, True)
    )
    assert shared["previous_std_error"] < 0.95 * alone["previous_std_error"]
    assert shared["previous_change"] == alone["previous_change"]


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("percent", ["column", "row", "total"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_change_is_the_difference_of_both_figures(same: bool, percent: str, seed: int) -> None:
    sources = []
    for i in range(3):
        design = Design.from_frame(frame(300, seed + i), stratum="stratum", psu="psu", weight="weight")
        others = tuple(one.id for one in sources) if same else ()
        sources.append(Source(id=f"w{i}", title={}, design=design, units=UNITS, same_psus=others))
    made = tabulate(sources, [trust()], [by("region")], percent=percent, changes="both", letters="holm")  # type: ignore[arg-type]
    keys = ("row_kind", "option", "domain_variable", "domain")
    figures = {tuple(row[name] for name in ("source", *keys)): row for row in made.frame.iter_rows(named=True)}
    seen = 0
    for row in made.frame.iter_rows(named=True):
        for name in ("previous", "first"):
            if row[f"{name}_change"] is None:
                continue
            seen += 1
            old = figures[(row[f"{name}_source"], *(row[key] for key in keys))]
            change = row[f"{name}_change"]
            assert change == pytest.approx(row["estimate"] - old["estimate"], abs=EXACT)
            if row[f"{name}_ci_low"] is not None:
                middle = (row[f"{name}_ci_low"] + row[f"{name}_ci_high"]) / 2
                assert middle == pytest.approx(change, abs=EXACT)
                assert row[f"{name}_p_adjusted"] >= row[f"{name}_p_value"]
                apart = row[f"{name}_ci_low"] > 0 or row[f"{name}_ci_high"] < 0
                assert apart == (row[f"{name}_p_value"] < 0.05)
    assert seen > 20


def test_the_first_wave_is_compared_with_none() -> None:
    made = tabulate(waves(), [YES], changes="previous").frame.filter(pl.col("source") == "2023")
    assert made["previous_change"].null_count() == made.height
    assert set(made["previous_mark"]) == {""}


def test_what_either_wave_hides_has_no_change() -> None:
    made = tabulate(waves(), [YES], [by("region")], changes="previous", minimum_base=70).frame
    hidden = made.filter(pl.col("suppressed") != "")
    assert hidden.height > 0
    assert hidden["previous_change"].null_count() == hidden.height
    gone = {row["domain"] for row in hidden.iter_rows(named=True)}
    left = made.filter(pl.col("domain").is_in(list(gone)))
    assert left["previous_change"].null_count() == left.height


def test_a_figure_at_a_boundary_changes_without_an_interval() -> None:
    first, second = waves()
    data = second.design.data.with_columns(pl.lit("yes").alias("q"))
    design = Design.from_frame(data, stratum="stratum", psu="psu", weight="weight")
    made = tabulate([first, Source(id="2025", title={}, design=design)], [YES], changes="previous")
    cell = one(made, source="2025", option="yes")
    assert cell["previous_flag"] == "boundary"
    assert cell["previous_change"] > 0
    assert (cell["previous_ci_low"], cell["previous_p_value"], cell["previous_mark"]) == (None, None, "")


def test_weights_side_by_side_are_compared_each_with_its_own() -> None:
    sources = []
    for year, seed in (("a", 1), ("b", 2)):
        for weight in ("weight", "other"):
            design = Design.from_frame(frame(300, seed), stratum="stratum", psu="psu", weight=weight)
            sources.append(Source(id=f"{year}:{weight}", title={}, design=design, sample=year, weighting=weight))
    made = tabulate(sources, [trust()], changes="previous").frame
    pairs = set(made.filter(pl.col("previous_source") != "").select("source", "previous_source").rows())
    assert pairs == {("b:weight", "a:weight"), ("b:other", "a:other")}


def test_two_weights_of_one_sample_are_no_waves() -> None:
    design = Design.from_frame(frame(), stratum="stratum", psu="psu", weight="weight")
    sources = [Source(id=name, title={}, design=design, sample="s") for name in ("a", "b")]
    with pytest.raises(UsageError, match="of one sample"):
        tabulate(sources, [trust()], changes="previous")


def test_units_that_are_not_shared_are_named() -> None:
    first, second = waves(same_psus=True)
    data = second.design.data.with_columns((pl.col("psu") + 100).alias("psu"))
    design = Design.from_frame(data, stratum="stratum", psu="psu", weight="weight")
    other = Source(id="2025", title={}, design=design, units=UNITS, same_psus=("2023",))
    with pytest.raises(UsageError, match=r"(?s)no primary unit in common.*leave out --same-psus"):
        tabulate([first, other], [YES], changes="previous")


def test_a_unit_in_another_stratum_is_named() -> None:
    first, second = waves(same_psus=True)
    data = second.design.data.with_columns(pl.when(pl.col("psu") == 1).then(2).otherwise("stratum").alias("stratum"))
    design = Design.from_frame(data, stratum="stratum", psu="psu", weight="weight")
    other = Source(id="2025", title={}, design=design, units=UNITS, same_psus=("2023",))
    with pytest.raises(DesignError, match=r"(?s)PSU '1' lies in the strata.*the same stratum in all waves"):
        tabulate([first, other], [YES], changes="previous")


def replicated(year: int = 2023, **more: Any) -> Source:
    data = pl.DataFrame(REFERENCE["data"]).filter(pl.col("wave") == year)
    known = REFERENCE["replicates"]
    weights = pl.DataFrame(np.array(known["weights"]), [f"r{i}" for i in range(len(known["rscales"]))])
    design = read_replicates(
        data.hstack(weights),
        weight="weight",
        rep_weights=weights.columns,
        type="JKn",
        scale=known["scale"],
        rscales=known["rscales"],
    )
    return Source(id=str(year), title=both(str(year)), design=design, **more)


def test_replicate_weights_make_tables_as_r_does() -> None:
    known = REFERENCE["replicates"]
    made = tabulate([replicated()], [YES], [by("region")], letters="holm", rest=True, p_values=True)
    cells = [one(made, option="yes", domain=domain) for domain in ("e", "n", "s")]
    assert [cell["estimate"] for cell in cells] == pytest.approx(known["estimate"], rel=LIKE_R)
    assert [cell["std_error"] for cell in cells] == pytest.approx(known["std_error"], rel=LIKE_R)
    rest = made.tests.filter((pl.col("test") == "rest") & (pl.col("option") == "yes"))
    assert rest["p_value"].to_list() == pytest.approx(list(known["rest"].values()), rel=LIKE_R)


def test_replicate_weights_change_against_a_plain_wave() -> None:
    made = tabulate([replicated(), waves()[1]], [YES], changes="previous")
    cell, old = (one(made, source=year, option="yes") for year in ("2025", "2023"))
    expected = np.hypot(cell["std_error"], old["std_error"])
    assert cell["previous_std_error"] == pytest.approx(expected, rel=EXACT)
    with pytest.raises(UsageError, match="one wave has replicate weights, the other has not"):
        tabulate([replicated(same_psus=("2025",)), waves()[1]], [YES], changes="previous")


def test_a_column_against_the_rest_equals_r() -> None:
    made = tabulate(waves()[:1], [YES], [by("region")], rest=True, p_values=True)
    tests = made.tests.filter((pl.col("option") == "yes") & (pl.col("test") == "rest"))
    assert tests["domain"].to_list() == list(REFERENCE["rest"])
    assert tests["p_value"].to_list() == pytest.approx(list(REFERENCE["rest"].values()), rel=LIKE_R)
    marks = {row["domain"]: row["rest"] for row in made.frame.filter(pl.col("option") == "yes").iter_rows(named=True)}
    for row in tests.iter_rows(named=True):
        differs = row["p_value"] < 0.05
        assert marks[row["domain"]] == ("" if not differs else "higher" if row["difference"] > 0 else "lower")
    assert marks["all"] == ""


def test_the_test_of_a_table_equals_r() -> None:
    made = tabulate(waves()[:1], [YES], [by("region")], p_values=True).tests
    test = made.filter(pl.col("test") == "association").row(0, named=True)
    known = REFERENCE["rao_scott"]
    assert [test["statistic"], test["df"], test["df_denominator"], test["p_value"]] == pytest.approx(
        [known["statistic"], *known["df"], known["p_value"]], rel=LIKE_R
    )
