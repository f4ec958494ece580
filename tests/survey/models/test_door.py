"""What a researcher asks in Python: subsets, contrasts with p values, models of several options; equal to R."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shteg.errors import DesignError, ModelError, UsageError
from shteg.survey import (
    Design,
    as_replicates,
    calibrate,
    contrast,
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_totals,
    estimate_variances,
    linear_regression,
    logistic_regression,
    multinomial_regression,
    ordinal_regression,
    post_stratify,
    rake,
    regression,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "survey_door.json"


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def design(known: dict[str, Any]) -> Design:
    return Design.from_frame(pl.DataFrame(known["data"]), stratum="h", psu="psu", weight="w")


def near(found: Any, wanted: Any, rel: float = 1e-8) -> None:
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(wanted, float), rtol=rel)


@pytest.mark.parametrize("kind", ["subset", "subset_jk", "subset_raked"])
def test_a_part_is_a_domain_as_subset_of_r(kind: str, design: Design, known: dict[str, Any]) -> None:
    whole = {
        "subset": lambda: design,
        "subset_jk": lambda: as_replicates(design, "JKn"),
        "subset_raked": lambda: rake(design, {"sex": {"f": 400, "m": 330}}),
    }[kind]()
    part, wanted = whole.where(pl.col("age") >= 50), known[kind]
    mean = estimate_means(part, "income")
    near(mean.estimate, [wanted["mean"]])
    near(mean.std_error, [wanted["se"]])
    assert mean.df.tolist() == [wanted["df"]]
    by = estimate_means(part, "income", by=["sex"]).to_frame().filter(pl.col("domain_variable") == "sex").sort("domain")
    near(by["estimate"], wanted["by"])
    near(by["std_error"], wanted["by_se"])
    near(estimate_totals(part, "income", numeric=True).std_error, [wanted["total_se"]])


def every_kind_of_design() -> dict[str, Any]:
    random = np.random.default_rng(3)
    rows = 240
    data = pl.DataFrame(
        {
            "h": np.repeat(["a", "b"], 120),
            "psu": np.repeat(np.arange(24), 10),
            "ssu": np.arange(rows),
            "psus": np.repeat([30, 40], 120),
            "ssus": random.integers(40, 60, 24).repeat(10),
            "chance": random.uniform(0.1, 0.4, 24).repeat(10),
            "w": random.uniform(0.5, 3, rows),
            "y": random.normal(10, 3, rows),
            "q": random.choice(["a", "b", "c"], rows),
            "sex": random.choice(["f", "m"], rows),
            "age": random.integers(18, 80, rows),
        }
    )
    one: dict[str, Any] = {"stratum": "h", "psu": "psu", "weight": "w"}
    plain = Design.from_frame(data, **one)
    stages = Design.from_frame(data, stratum="h", psu=["psu", "ssu"], fpc=["psus", "ssus"])
    half = float(stages.weight.sum()) / 2
    return {
        "plain": plain,
        "fpc": Design.from_frame(data, **one, fpc="psus"),
        "two stages": stages,
        "pps": Design.from_frame(data, **one, fpc="chance", pps="brewer"),
        "stata": Design.from_frame(data, **one, convention="stata"),
        "lonely": Design.from_frame(data, **one, lonely_psu="adjust", domain_lonely=True),
        "simple": Design.from_frame(data),
        "raked": rake(plain, {"sex": {"f": 200, "m": 220}}),
        "calibrated": calibrate(stages, {"sex": {"f": half, "m": half}}),
        "post-stratified": post_stratify(plain, "sex", {"f": 200, "m": 220}),
        "jackknife": as_replicates(plain, "JKn"),
        "bootstrap": as_replicates(plain, "bootstrap", replicates=40, seed=1),
    }


KINDS = every_kind_of_design()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("thin", [False, True])
def test_a_part_gives_every_figure_of_the_domain(kind: str, thin: bool) -> None:
    """`design.where(part)` and the argument `where` of each estimator are one thing."""
    part = (pl.col("age") >= 60) & (pl.col("psu") % 3 == 0 if thin else pl.lit(value=True))
    design = KINDS[kind]
    for estimate, asked in (
        (estimate_means, {"items": "y"}),
        (estimate_proportions, {"items": "q"}),
        (estimate_totals, {"items": "y", "numeric": True}),
        (estimate_quantiles, {"items": "y"}),
        (estimate_variances, {"items": "y"}),
    ):
        for by in ((), ("sex",)):
            told = estimate(design, by=by, where=part, **asked).to_frame()
            found = estimate(design.where(part), by=by, **asked).to_frame()
            assert_frame_equal(found, told, rel_tol=1e-9, abs_tol=1e-12)
    one, two = linear_regression(design, "y", ["age"], where=part), linear_regression(design.where(part), "y", ["age"])
    near(two.std_error, one.std_error, 1e-9)
    assert (two.df, two.n) == (one.df, one.n)


def test_parts_of_parts(design: Design) -> None:
    for whole in (design, as_replicates(design, "JKn")):
        old = whole.where(pl.col("age") >= 50)
        twice = old.where(pl.col("sex") == "f")
        at_once = whole.where((pl.col("age") >= 50) & (pl.col("sex") == "f"))
        near(estimate_means(twice, "income").std_error, estimate_means(at_once, "income").std_error, 1e-12)
        mask = old.data.with_columns(row=old.row).sort("row")["sex"] == "f"
        near(estimate_means(old.where(mask), "income").std_error, estimate_means(at_once, "income").std_error, 1e-12)


def test_truth_values_stand_in_the_order_of_the_file(design: Design, known: dict[str, Any]) -> None:
    shuffled = pl.DataFrame(known["data"]).sample(fraction=1.0, shuffle=True, seed=3)
    other = Design.from_frame(shuffled, stratum="h", psu="psu", weight="w")
    for mask in ((shuffled["age"] >= 50), (shuffled["age"] >= 50).to_numpy(), (shuffled["age"] >= 50).to_list()):
        near(estimate_means(other.where(mask), "income").std_error, [known["subset"]["se"]])
    for wrong in ([True], pl.Series([1] * 420), "nothing"):
        with pytest.raises((UsageError, DesignError)):
            design.where(wrong)
    with pytest.raises(DesignError, match="the domain is empty"):
        design.where(pl.col("age") > 200)


def test_further_columns_leave_the_design_as_it_is(design: Design) -> None:
    old = design.with_columns(old=pl.col("age") >= 50, w=pl.lit(1.0))
    share = estimate_proportions(old.with_columns(group=pl.col("old").cast(pl.Int8)), "group").to_frame()
    wanted = (design.weight * (design.data["age"] >= 50).to_numpy()).sum() / design.weight.sum()
    assert share.filter(pl.col("option") == "1")["estimate"].item() == pytest.approx(wanted)
    with pytest.raises(DesignError, match="with_columns"):
        design.with_columns(pl.col("nothing") + 1)


def test_contrasts_have_p_values_that_allow_for_their_number(design: Design, known: dict[str, Any]) -> None:
    means = estimate_means(design, "income", by=["region"])
    names = {one: f"region={one}: income" for one in "nsw"}
    pairs = {a + b: {names[a]: 1.0, names[b]: -1.0} for a, b in ("ns", "nw", "sw")}
    found, wanted = contrast(means, pairs, df=39), known["contrast"]
    near(found.estimate, wanted["estimate"])
    near(found.std_error, wanted["se"])
    near(found.test()["p_value"], wanted["p"])
    for way, name in (("holm", "holm"), ("benjamini-hochberg", "bh"), ("bonferroni", "bonferroni")):
        near(found.test(adjusted=way)["p_adjusted"], wanted[name])  # type: ignore[arg-type]
    assert found.test(null=float(found.estimate[0]))["p_value"][0] == pytest.approx(1.0)
    with pytest.raises(UsageError, match="adjust"):
        found.test(adjusted="tukey")  # type: ignore[arg-type]


def test_odds_ratios_are_those_of_r(design: Design, known: dict[str, Any]) -> None:
    fit = logistic_regression(design, "y", ["age", "sex"])
    ratios, wanted = fit.odds_ratios(), known["logistic"]
    near(ratios["estimate"], np.exp(wanted["estimate"][1:]))
    near(ratios["ci_low"], [row[0] for row in wanted["ci"][1:]], 1e-7)
    near(ratios["ci_high"], [row[1] for row in wanted["ci"][1:]], 1e-7)
    with pytest.raises(UsageError, match="no odds ratios"):
        linear_regression(design, "income", ["age"]).odds_ratios()


@pytest.mark.parametrize("kind", ["ordinal", "ordinal_old"])
def test_proportional_odds_are_those_of_r(kind: str, design: Design, known: dict[str, Any]) -> None:
    part = design.where(pl.col("age") >= 50) if kind == "ordinal_old" else design
    fit = ordinal_regression(part, "trust", ["age", "sex"])
    near(fit.estimate, known[kind]["estimate"])
    near(fit.std_error, known[kind]["se"], 1e-7)
    frame = fit.to_frame()
    assert frame["name"].to_list() == ["age", "sexm", "1|2", "2|3", "3|4"]
    assert fit.odds_ratios()["name"].to_list() == ["age", "sexm"]


def test_multinomial_estimates_and_errors_are_those_of_r(design: Design, known: dict[str, Any]) -> None:
    for one, name in ((design, "multinomial"), (as_replicates(design, "JKn"), "multinomial_jk")):
        fit = multinomial_regression(one, "vote", ["age", "sex"])
        near(fit.estimate, known[name]["estimate"])
        near(fit.std_error, known[name]["se"], 1e-7)


def test_two_options_are_a_logistic_regression(design: Design) -> None:
    for one in (design, as_replicates(design, "JKn")):
        two = multinomial_regression(one, "y", ["age", "sex"])
        plain = logistic_regression(one, "y", ["age", "sex"])
        near(two.estimate, plain.estimate, 1e-8)
        near(two.std_error, plain.std_error, 1e-7)
        assert two.df == plain.df


def test_what_cannot_be_fitted_is_refused(design: Design) -> None:
    with pytest.raises(DesignError, match="2 options"):
        ordinal_regression(design, "y", ["age"])
    with pytest.raises(UsageError, match="does not name every option"):
        ordinal_regression(design, "trust", ["age"], order=["1", "2", "3"])
    with pytest.raises(UsageError, match="nobody gave the answer"):
        multinomial_regression(design, "vote", ["age"], base="centre")
    told = design.with_columns(told=(pl.col("vote") == "left").cast(pl.Int8))
    with pytest.raises(ModelError, match="separat"):
        multinomial_regression(told, "vote", ["told"])
    with pytest.raises(DesignError, match="combinations"):
        multinomial_regression(design.with_columns(twice=2 * pl.col("age")), "vote", ["age", "twice"])


def test_a_base_turns_the_signs(design: Design) -> None:
    one = multinomial_regression(design, "vote", ["age"], base="left").to_frame()
    two = multinomial_regression(design, "vote", ["age"]).to_frame()
    left = two.filter(pl.col("option") == "left")["estimate"].to_numpy()
    near(one.filter(pl.col("option") == "abstain")["estimate"], -left, 1e-7)


def test_a_formula_is_the_model_of_r(design: Design, known: dict[str, Any]) -> None:
    pytest.importorskip("formulaic")
    fit = regression(design, "income ~ log(age) * sex + region")
    assert fit.names[1:3] == ("log(age)", "sex[T.m]") or set(fit.names) >= {"log(age)", "sex[T.m]"}
    wanted = dict(zip(["(Intercept)", "log(age)", "sex", "s", "w", "both"], known["formula"]["estimate"], strict=True))
    found = dict(zip(fit.names, fit.estimate, strict=True))
    near(found["log(age)"], wanted["log(age)"])
    near(found["region[T.w]"], wanted["w"])
    near(sorted(fit.std_error), sorted(known["formula"]["se"]))
    holes = design.with_columns(sex=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise(pl.col("sex")))
    lost = regression(holes, "income ~ age + sex")
    near(lost.std_error, linear_regression(holes, "income", ["age", "sex"]).std_error)
    assert lost.n_missing == 60
    with pytest.raises(UsageError, match="intercept"):
        regression(design, "income ~ 0 + age")
    with pytest.raises(DesignError, match="cannot be read"):
        regression(design, "income ~ nothing + (")
    with pytest.raises(UsageError, match="no formula"):
        regression(design, "age + sex")


def test_results_go_to_other_libraries(design: Design) -> None:
    means = estimate_means(design, "income", by=["region"])
    assert pl.DataFrame(means).equals(means.to_frame())
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({name: column.to_list() for name, column in design.data.to_dict().items()})
    again = Design.from_frame(frame, stratum="h", psu="psu", weight="w")
    near(estimate_means(again, "income").std_error, estimate_means(design, "income").std_error, 1e-12)
    assert "income" in means._repr_html_()


def test_a_plot_shows_every_estimate(design: Design) -> None:
    pytest.importorskip("altair")
    means = estimate_means(design, "income", by=["region"])
    drawn = json.dumps(means.plot().to_dict())
    assert all(name in drawn for name in means.names)
    fit = logistic_regression(design, "y", ["age", "sex"])
    assert '"log"' in json.dumps(fit.plot().to_dict())
    assert "sexm" in json.dumps(ordinal_regression(design, "trust", ["age", "sex"]).plot().to_dict())


@pytest.mark.parametrize(("library", "extra"), [("altair", "plot"), ("formulaic", "formulas")])
def test_an_extra_that_is_missing_is_named(library: str, extra: str) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None; import polars as pl\n"
        "from shteg.survey import Design, estimate_means, regression\n"
        "d = Design.from_frame(pl.DataFrame({'y': [1.0, 2.0, 4.0, 3.0], 'x': [1, 2, 3, 5]}))\n"
        + ("estimate_means(d, 'y').plot()" if extra == "plot" else "regression(d, 'y ~ x')")
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"pip install 'shteg[{extra}]'" in run.stderr, run.stderr
