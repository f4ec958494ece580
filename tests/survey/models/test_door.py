"""What a researcher asks in Python: subsets, contrasts with p values, models of several options; equal to R."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, ModelError, UsageError
from shteg.survey import (
    Design,
    Linear,
    as_replicates,
    contrast,
    covariance,
    estimate_means,
    estimate_proportions,
    estimate_totals,
    linear_regression,
    logistic_regression,
    multinomial_regression,
    ordinal_regression,
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
    near(fit.estimate, known[kind]["estimate"], 1e-4)  # R stops where its optimiser does
    near(fit.std_error, known[kind]["se"], 1e-3)  # its Hessian is made of differences; see the test below
    frame = fit.to_frame()
    assert frame["name"].to_list() == ["age", "sexm", "1|2", "2|3", "3|4"]
    assert fit.odds_ratios()["name"].to_list() == ["age", "sexm"]


def test_the_score_of_the_ordinal_fit_is_zero(design: Design) -> None:
    """R's optimiser stops early: here the weighted likelihood itself is at its top."""
    fit = ordinal_regression(design, "trust", ["age", "sex"])
    x = np.stack([design.data["age"].to_numpy(), (design.data["sex"] == "m").to_numpy()], 1).astype(float)
    y = design.data["trust"].cast(pl.Int64).to_numpy() - 1

    def minus(theta: Any) -> float:
        edges = np.concatenate([[-np.inf], theta[2:], [np.inf]])
        eta = x @ theta[:2]
        high, low = 1 / (1 + np.exp(eta - edges[y + 1])), 1 / (1 + np.exp(eta - edges[y]))
        return -float(design.weight @ np.log(high - low))

    best = minus(fit.estimate)
    for place in range(5):
        for step in (-1e-4, 1e-4):
            moved = fit.estimate.copy()
            moved[place] += step
            assert minus(moved) > best


def test_the_errors_of_the_ordinal_fit_are_those_of_its_likelihood(design: Design) -> None:
    """The sandwich of scores and a Hessian, both by differences of the likelihood of each row."""
    fit = ordinal_regression(design, "trust", ["age", "sex"])
    x = np.stack([design.data["age"].to_numpy(), (design.data["sex"] == "m").to_numpy()], 1).astype(float)
    y = design.data["trust"].cast(pl.Int64).to_numpy() - 1

    def each(theta: Any) -> Any:
        edges = np.concatenate([[-np.inf], theta[2:], [np.inf]])
        eta = x @ theta[:2]
        return np.log(1 / (1 + np.exp(eta - edges[y + 1])) - 1 / (1 + np.exp(eta - edges[y])))

    size = np.array([1e-5, 1e-4, 1e-4, 1e-4, 1e-4])
    steps = np.diag(size)
    scores = np.stack([(each(fit.estimate + h) - each(fit.estimate - h)) / (2 * h.sum()) for h in steps], 1)
    bent = np.array(
        [
            [
                design.weight
                @ (
                    each(fit.estimate + a + b)
                    - each(fit.estimate + a - b)
                    - each(fit.estimate - a + b)
                    + each(fit.estimate - a - b)
                )
                / (4 * a.sum() * b.sum())
                for a in steps
            ]
            for b in steps
        ]
    )
    linear = Linear(names=fit.names, estimate=fit.estimate, scores=scores @ np.linalg.inv(-bent))
    near(np.sqrt(np.diag(covariance(design, linear.scores))), fit.std_error, 1e-5)


def test_multinomial_estimates_and_jackknife_errors_are_those_of_r(design: Design, known: dict[str, Any]) -> None:
    fit = multinomial_regression(as_replicates(design, "JKn"), "vote", ["age", "sex"])
    near(fit.estimate, known["multinomial"]["estimate"], 2e-4)  # R stops where its optimiser does
    near(fit.std_error, known["multinomial"]["se"], 2e-3)
    linear = multinomial_regression(design, "vote", ["age", "sex"])
    near(linear.estimate, fit.estimate, 1e-9)
    near(linear.std_error, fit.std_error, 0.1)


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
