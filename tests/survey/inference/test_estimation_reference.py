"""Against R survey: tests/reference/survey.R writes survey.json with inputs, values and versions."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.survey import estimate_means, estimate_proportions, estimate_totals
from shteg.survey.designs.design import Design, LonelyPsu

R_TOLERANCE = 1e-10  # the same arithmetic in another order; asked for: 1e-8
R_GLM_TOLERANCE = 2e-7  # R's method="logit" stops its iterations at a deviance change of 1e-8
TINY = 1e-12

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "survey.json").read_text())
OPTIONS = {"q": list("12345"), "nearly": ["no", "yes"]}
BY = ["region", "rare"]
COLUMNS = {
    "stratified": {"stratum": "stratum", "psu": "psu", "weight": "weight"},
    "clustered": {"psu": "psu", "weight": "weight"},
    "elements": {"stratum": "stratum", "weight": "weight"},
    "simple": {},
}
LONELY: tuple[LonelyPsu, ...] = ("remove", "adjust", "average", "certainty")


def _frame(which: str) -> pl.DataFrame:
    return pl.DataFrame(REFERENCE["data"][which])


def _cases() -> list[tuple[str, str, LonelyPsu]]:
    plain: list[tuple[str, str, LonelyPsu]] = [("results", name, "fail") for name in COLUMNS]
    return plain + [("lonely", option, option) for option in LONELY]


def _design(group: str, name: str, option: LonelyPsu) -> Design:
    if group == "results":
        return Design.from_frame(_frame("plain"), **COLUMNS[name])
    return Design.from_frame(_frame("lonely"), lonely_psu=option, **COLUMNS["stratified"])


def _cell(frame: pl.DataFrame, domain: str, **keys: str) -> dict[str, Any]:
    variable, _, name = domain.partition("=")
    conditions = [pl.col("domain_variable") == variable, pl.col("domain") == (name or "all")]
    return frame.filter(*conditions, *[pl.col(key) == value for key, value in keys.items()]).row(0, named=True)


def _near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=R_TOLERANCE, abs=TINY)


@pytest.mark.parametrize(("group", "name", "option"), _cases())
def test_means_and_totals_of_numbers_equal_r(group: str, name: str, option: LonelyPsu) -> None:
    design = _design(group, name, option)
    means = estimate_means(design, "y", by=BY).to_frame()
    finite = estimate_means(design, "y", by=BY, deff="without_replacement").to_frame()
    totals = estimate_totals(design, "y", by=BY, numeric=True).to_frame()
    for domain, r in REFERENCE[group][name].items():
        for frame, of_r in ((means, r["mean"]), (totals, r["total"])):
            cell = _cell(frame, domain)
            assert cell["df"] == r["df"]
            for column in ("estimate", "std_error", "deff"):
                assert cell[column] == _near(of_r[column]), (domain, column)
            assert [cell["ci_low"], cell["ci_high"]] == [_near(one) for one in of_r["ci"]], domain
        assert _cell(means, domain)["n"] == r["mean"]["n"]
        assert _cell(finite, domain)["deff"] == _near(r["mean"]["deff_without_replacement"])


@pytest.mark.parametrize(("group", "name", "option"), _cases())
def test_shares_and_counts_equal_r(group: str, name: str, option: LonelyPsu) -> None:
    design = _design(group, name, option)
    shares = estimate_proportions(design, list(OPTIONS), by=BY, options=OPTIONS).to_frame()
    totals = estimate_totals(design, list(OPTIONS), by=BY, options=OPTIONS).to_frame()
    for domain, r in REFERENCE[group][name].items():
        for item, options in OPTIONS.items():
            for one in options:
                cell, of_r = _cell(shares, domain, item=item, option=one), r[item][one]
                assert cell["estimate"] == _near(of_r["estimate"])
                assert cell["std_error"] == _near(of_r["std_error"])
                count = _cell(totals, domain, item=item, option=one)
                assert count["estimate"] == _near(of_r["total"])
                assert count["std_error"] == _near(of_r["total_std_error"])
                if cell["estimate"] in (0, 1):
                    assert cell["flag"] == "boundary"  # R gives an interval of no width there
                    continue
                assert cell["deff"] == _near(of_r["deff"])
                interval = [cell["ci_low"], cell["ci_high"]]
                assert interval == [_near(bound) for bound in of_r["ci_xlogit"]]
                assert interval == pytest.approx(of_r["ci_logit"], rel=R_GLM_TOLERANCE)


def test_a_lonely_psu_fails_like_r() -> None:
    assert REFERENCE["lonely_fails"]
    design = Design.from_frame(_frame("lonely"), **COLUMNS["stratified"])
    with pytest.raises(DesignError, match=r"stratum 'E' has one PSU.*\nHint: merge it"):
        estimate_means(design, "y")


def test_the_reference_says_which_r_made_it() -> None:
    assert set(REFERENCE["versions"]) == {"R", "survey", "jsonlite"}
