"""Estimates of a wave: missing codes make no domain, and no table of the edition gives a hidden column away."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.evidence import find_case, read_case
from shteg.evidence.case import Wave
from shteg.survey import Design, read_wave
from shteg.survey.opinion.wave_estimates import estimate_wave
from shteg.survey.waves.read_wave import wave_design


@pytest.fixture(scope="module")
def wave() -> Wave:
    """The wave of the shipped case."""
    (found,) = read_case(find_case("demo")).waves
    return found


def with_domains(wave: Wave, *names: str) -> Wave:
    """The wave broken down by these columns."""
    title = next(iter(wave.design.domains.values()))
    return replace(wave, design=wave.design.model_copy(update={"domains": dict.fromkeys(names, title)}))


def changed(design: Design, **columns: pl.Series | pl.Expr) -> Design:
    """The same design with other columns."""
    return replace(design, data=design.data.with_columns(**columns))


def shown(cells: pl.DataFrame, item: str) -> set[tuple[str, str]]:
    """Columns of an item that are not hidden."""
    kept = cells.filter((pl.col("item") == item) & (pl.col("suppressed") == ""))
    return set(kept.select("domain_variable", "domain").rows())


def test_an_item_that_breaks_down_others_has_no_domain_of_missing_codes(wave: Wave) -> None:
    name, item = next((name, item) for name, item in wave.questionnaire.items.items() if item.missing)
    data = pl.read_csv(wave.data_path, infer_schema=False)
    plan = wave.design
    design = Design.from_frame(data, stratum=plan.stratum, psu=plan.psu, weight=plan.weight)
    assert set(item.missing) & set(data[name].drop_nulls())
    cells = estimate_wave(with_domains(wave, name), design, minimum_base=1)
    assert not set(item.missing) & set(cells["domain"])


def test_districts_within_regions_do_not_give_hidden_districts_away(wave: Wave) -> None:
    """Seven respondents in two districts of one region: the region is not shown beside its other district."""
    design = read_wave(wave)
    count = design.data.height
    district = np.array(["b1"] * count, dtype=object)
    place = np.random.default_rng(3).permutation(count)
    for name, first, last in (("a1", 0, 5), ("a2", 5, 10), ("a3", 10, 200), ("b2", 200, 260)):
        district[place[first:last]] = name
    codes = pl.Series(district.tolist())
    nested = changed(design, district=codes, region=codes.str.slice(0, 1))
    cells = estimate_wave(with_domains(wave, "district", "region"), nested, minimum_base=30)
    for item in cells["item"].unique():
        assert ("district", "a1") not in shown(cells, item)
        assert not {("district", "a3"), ("region", "a")} <= shown(cells, item)


def test_nothing_changes_where_nothing_is_hidden(wave: Wave) -> None:
    cells = estimate_wave(wave, read_wave(wave), minimum_base=1)
    assert set(cells["suppressed"]) == {""}


def test_a_psu_code_in_two_strata_has_a_hint_that_a_case_can_follow(wave: Wave) -> None:
    plan = wave.design
    data = pl.read_csv(wave.data_path, infer_schema=False).with_columns(pl.lit("p").alias(plan.psu or ""))
    with pytest.raises(DesignError, match=r"respondents\.csv, column 'psu'.*\nHint: give every PSU a code of its own"):
        wave_design(wave, data)
