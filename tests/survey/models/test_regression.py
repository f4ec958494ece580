"""Models and tests: known answers, scale, domains, and what has no answer."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, ModelError, UsageError
from shteg.survey import linear_regression, logistic_regression, poisson_regression, rank_test, rao_scott_test, t_test
from shteg.survey.designs.design import Design
from shteg.survey.hypotheses.quadratic_forms import exact_p, saddlepoint_p
from shteg.survey.inference.intervals import f_p

SAME = 1e-10  # the same estimate by another way
EXACT = 1e-9  # inversion by panels


def _data(n: int = 120) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    x = np.round(rng.normal(0, 1, n), 3)
    return pl.DataFrame(
        {
            "psu": [f"p{i // 6}" for i in range(n)],
            "w": np.round(rng.uniform(1, 3, n), 3),
            "x": x,
            "y": np.round(1 + x + rng.normal(0, 1, n), 3),
            "yes": (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int),
            "count": rng.poisson(np.exp(0.2 * x)),
            "q": rng.choice(["a", "b", "c"], n),
            "sex": rng.choice(["f", "m"], n),
            "same": ["one"] * n,
        }
    )


DATA = _data()


def _design(data: pl.DataFrame = DATA) -> Design:
    return Design.from_frame(data, psu="psu", weight="w")


def test_a_regression_on_a_group_is_the_t_test() -> None:
    fit, test = linear_regression(_design(), "y", ["sex"]), t_test(_design(), "y", "sex")
    assert test.df == (fit.df,)
    assert [test.estimate, test.std_error] == pytest.approx([fit.estimate[1], fit.std_error[1]], rel=SAME)
    assert fit.to_frame()["p_value"][1] == pytest.approx(test.p_value, rel=SAME)


def test_results_do_not_depend_on_the_scale_of_weights() -> None:
    big = _design(DATA.with_columns(pl.col("w") * 1e6))
    for fit in (linear_regression, poisson_regression):
        outcome = "y" if fit is linear_regression else "count"
        one, other = fit(_design(), outcome, ["x", "q"]), fit(big, outcome, ["x", "q"])
        assert other.estimate == pytest.approx(one.estimate, rel=1e-9)
        assert other.std_error == pytest.approx(one.std_error, rel=1e-9)
    for statistic in ("F", "adjWald", "lincom"):
        p = [rao_scott_test(d, "q", "sex", statistic=statistic).p_value for d in (_design(), big)]
        assert p[0] == pytest.approx(p[1], rel=1e-8)
    assert rank_test(big, "y", "sex").p_value == pytest.approx(rank_test(_design(), "y", "sex").p_value, rel=1e-8)


def test_the_reference_level_can_be_chosen() -> None:
    first = linear_regression(_design(), "y", ["q"])
    other = linear_regression(_design(), "y", ["q"], reference={"q": "c"})
    assert other.names == ("(Intercept)", "qa", "qb")
    assert other.estimate[1] == pytest.approx(-first.estimate[2], rel=SAME)
    with pytest.raises(DesignError, match=r"column 'q': the reference 'z' is not among the levels"):
        linear_regression(_design(), "y", ["q"], reference={"q": "z"})


def test_success_names_the_answer_that_counts() -> None:
    fit = logistic_regression(_design(), "q", ["x"], success="a")
    coded = _design(DATA.with_columns(a=(pl.col("q") == "a")))
    assert fit.estimate == pytest.approx(logistic_regression(coded, "a", ["x"]).estimate, rel=SAME)
    with pytest.raises(DesignError, match="nobody answered 'z'"):
        logistic_regression(_design(), "q", ["x"], success="z")


def test_separated_answers_are_refused() -> None:
    data = DATA.with_columns(yes=(pl.col("x") > 0).cast(pl.Int64))
    with pytest.raises(ModelError, match="separate"):
        logistic_regression(_design(data), "yes", ["x"])


def test_a_perfect_fit_is_refused() -> None:
    with pytest.raises(ModelError, match="fit the outcome perfectly"):
        linear_regression(_design(DATA.with_columns(y=2 + 3 * pl.col("x"))), "y", ["x"])


def test_collinear_columns_are_dropped_and_named() -> None:
    data = DATA.with_columns(twice=2 * pl.col("x") + 1)
    fit = linear_regression(_design(data), "y", ["x", "twice"])
    assert fit.dropped == ("twice",)
    assert fit.to_frame().row(-1, named=True) | {"flag": "dropped", "estimate": None} == fit.to_frame().row(
        -1, named=True
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda d: linear_regression(d, "q", ["x"]), DesignError, r"column 'q', row 1: '\w' is not a finite number"),
        (lambda d: linear_regression(d, "y", ["z"]), DesignError, "column 'z'"),
        (lambda d: linear_regression(d, "y", "x"), UsageError, "predictors are a list"),
        (lambda d: linear_regression(d, "y", ["x", "x"]), UsageError, "a term comes twice"),
        (lambda d: linear_regression(d, "y", ["same"]), DesignError, r"column 'same': the factor has 1 level"),
        (lambda d: logistic_regression(d, "y", ["x"]), DesignError, r"column 'y', row \d+: .* not between 0 and 1"),
        (lambda d: poisson_regression(d, "y", ["x"]), DesignError, r"column 'y', row \d+: .* not between 0 and inf"),
        (lambda d: t_test(d, "y", "q"), DesignError, "column 'q': the rows used have 3 groups"),
        (lambda d: t_test(d, "y", "same"), DesignError, "column 'same': the rows used have 1 group"),
        (lambda d: rank_test(d, "y", "same"), DesignError, "column 'same': the rows used have 1 group"),
        (lambda d: rank_test(d, "y", "sex", score="mean"), UsageError, "no rank score 'mean'"),
        (lambda d: rao_scott_test(d, "q", "same"), DesignError, "column 'same': the rows used have 1 category"),
        (lambda d: rao_scott_test(d, "q", "q"), UsageError, "against itself"),
        (lambda d: rao_scott_test(d, "q", "sex", statistic="G"), UsageError, "no statistic 'G'"),
        (lambda d: t_test(d, "y", where=pl.col("q") == "z"), DesignError, "the domain is empty"),
        (lambda d: t_test(d, "y", where=pl.col("nope") == "z"), DesignError, "where: .*nope"),
        (lambda d: t_test(d, "y", where=pl.col("x")), UsageError, "no truth value"),
        (lambda d: linear_regression(d, "y", ["x"]).test_terms("q"), UsageError, "the model has no such term"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(_design())


def test_too_few_psus_for_a_test_are_refused() -> None:
    few = _design(DATA.head(18))  # three PSUs
    for statistic in ("Wald", "adjWald"):
        with pytest.raises(ModelError, match="too few degrees of freedom"):
            rao_scott_test(_design(DATA.head(12)), "q", "sex", statistic=statistic)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="too few degrees of freedom"):
        linear_regression(few, "y", ["x", "q", "sex"]).test_terms("q")
    assert linear_regression(few, "y", ["x", "q", "sex"]).to_frame()["flag"].to_list() == ["no_df"] * 5


def test_new_rows_must_be_like_the_old_ones() -> None:
    fit = linear_regression(_design(), "y", ["x", "q"])
    with pytest.raises(DesignError, match=r"column 'q', row 2: the model cannot use 'z'"):
        fit.predict(pl.DataFrame({"x": [1.0, 2.0], "q": ["a", "z"]}))
    with pytest.raises(DesignError, match=r"column 'x', row 1"):
        fit.predict(pl.DataFrame({"x": [None], "q": ["a"]}, schema={"x": pl.Float64, "q": pl.String}))


def test_predicted_shares_and_their_intervals_lie_between_0_and_1() -> None:
    fit = logistic_regression(_design(), "yes", ["x"])
    frame = fit.predict(pl.DataFrame({"x": [-9.0, 0.0, 9.0]}))
    assert (frame["ci_low"] >= 0).all()
    assert (frame["ci_high"] <= 1).all()
    assert (frame["ci_low"] < frame["estimate"]).all()


@pytest.mark.parametrize(("k", "nu"), [(1, 9.0), (3, 20.0), (4, 12.5)])
def test_equal_coefficients_give_the_f_distribution(k: int, nu: float) -> None:
    for x in (0.3, 1.0, 3.0, 9.0):
        p = f_p(x, k, nu)
        assert exact_p(x * k, np.ones(k), nu) == pytest.approx(p, abs=EXACT)
        assert saddlepoint_p(x * k, np.ones(k), np.floor(nu)) == pytest.approx(f_p(x, k, np.floor(nu)), rel=0.1)


def test_the_exact_distribution_lies_beside_its_saddlepoint_approximation() -> None:
    design = _design()
    exact, near = (rao_scott_test(design, "q", "sex", statistic=one).p_value for one in ("lincom", "saddlepoint"))
    assert near == pytest.approx(exact, rel=0.05)
