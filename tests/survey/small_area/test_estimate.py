"""Small domains: limits with a closed form, what does not change the answer, columns and errors."""

import numpy as np
import polars as pl
import pytest
from scipy import special

from shteg.errors import DesignError, UsageError
from shteg.survey import Design, SmallDomains, estimate_means, estimate_small_domains
from shteg.survey.small_area.estimate import NO_RESPONDENTS, NOBODY, NOT_IDENTIFIED
from shteg.survey.small_area.posterior import fit_given, fit_groups
from shteg.survey.small_area.sample import gather_cells, mark_favourable
from tests.survey.small_area_data import binomials, sample_of, towns

SIZES = [40, 15, 60, 8, 25, 90]

LIMIT = 1e-6
"""Distance from a limit that is reached only for a sd of 0 or infinity."""

MONTE_CARLO = 0.006
"""Four standard errors of the mean of 4000 draws of a share with sd 0.09."""


def estimate(frame: pl.DataFrame, **changes: object) -> SmallDomains:
    fields: dict[str, object] = {
        "groups": ["town"],
        "cells": towns(len(SIZES)),
        "by": "town",
        "seed": 3,
    } | changes
    return estimate_small_domains(Design.from_frame(frame), "answer", "yes", **fields)  # type: ignore[arg-type]


def test_sd_of_zero_gives_the_pooled_share() -> None:
    data = binomials([12, 20, 9, 25], [40, 45, 30, 60], [0, 1, 2, 3])
    fit = fit_given(data, np.array([[1e-6]]))
    assert fit.mode[0, 0] == pytest.approx(special.logit(66 / 175), abs=LIMIT)
    assert np.abs(fit.mode[0, 1:]).max() < LIMIT
    variance = 1 / (175 * 66 / 175 * 109 / 175)
    assert fit.variance[0, 0] == pytest.approx(variance, rel=LIMIT)


def test_large_sd_gives_the_share_of_each_group() -> None:
    data = binomials([12, 20, 9, 25], [40, 45, 30, 60], [0, 1, 2, 3])
    mode = fit_given(data, np.array([[1e5]])).mode[0]
    assert special.expit(mode[0] + mode[1:]) == pytest.approx(data.successes / data.trials, abs=LIMIT)


def test_one_group_gives_its_share_and_the_prior_of_the_sd() -> None:
    data = binomials([30], [90], [0])
    fit = fit_groups(data)
    assert special.expit(fit.given.mode @ data.matrix.T) == pytest.approx(1 / 3, abs=LIMIT)
    assert fit.weight @ fit.sds[:, 0] == pytest.approx(np.sqrt(2 / np.pi), rel=0.01)  # mean of a half-normal
    assert fit.shrinkage(0) == pytest.approx([1.0], abs=LIMIT)
    assert fit.sd_quantile(0, 0.5) == pytest.approx(0.6745, rel=0.02)  # its median


def test_groups_are_drawn_to_each_other_most_where_few_answered() -> None:
    frame, _ = sample_of(5, SIZES)
    result = estimate(frame)
    table = result.frame
    pooled = (frame["answer"] == "yes").mean()
    assert table["shrinkage"].to_numpy().argsort().tolist() == np.argsort(SIZES)[::-1].tolist()
    assert (table["learnt"] + table["shrinkage"]).to_list() == pytest.approx([1.0] * 6)
    inner = (table["estimate"] - pooled).abs() <= (table["direct"] - pooled).abs() + 0.03
    assert inner.all()
    assert table["n"].to_list() == SIZES
    assert table["n_effective"].to_list() == pytest.approx(SIZES)
    assert table["flag"].to_list() == [""] * 6
    assert result.draws.shape == (4000, 6)
    assert (table["ci_low"] < table["estimate"]).all()
    assert (table["estimate"] < table["ci_high"]).all()


def test_direct_columns_are_those_of_the_design() -> None:
    frame, _ = sample_of(5, SIZES)
    numbers = frame.with_columns(y=(pl.col("answer") == "yes").cast(pl.Int64))
    direct = estimate_means(Design.from_frame(numbers), "y", by=["town"]).to_frame().filter(pl.col("domain") != "all")
    table = estimate(frame).frame
    assert table["direct"].to_list() == pytest.approx(direct["estimate"].to_list())
    assert table["direct_std_error"].to_list() == pytest.approx(direct["std_error"].to_list())


def test_order_of_rows_and_cells_does_not_matter() -> None:
    frame, _ = sample_of(5, SIZES)
    one = estimate(frame).frame
    two = estimate(frame.sample(fraction=1.0, shuffle=True, seed=1), cells=towns(6).reverse()).frame
    numbers = one.select(pl.selectors.numeric()).to_numpy()
    assert two.select(pl.selectors.numeric()).to_numpy() == pytest.approx(numbers, rel=1e-8)  # sums in another order


def test_names_of_groups_and_answers_do_not_matter() -> None:
    frame, _ = sample_of(5, SIZES)
    new = {f"t{i:02d}": name for i, name in enumerate(["z", "c", "y", "b", "x", "a"])}
    one = estimate(frame).frame.with_columns(domain=pl.col("domain").replace(new)).sort("domain")
    renamed = frame.with_columns(pl.col("town").replace(new), answer=pl.col("answer").replace({"yes": "aye"}))
    cells = towns(6).with_columns(pl.col("town").replace(new))
    result = estimate_small_domains(
        Design.from_frame(renamed), "answer", ["aye"], groups=["town"], cells=cells, by="town", seed=3
    )
    two = result.frame
    assert two["shrinkage"].to_list() == pytest.approx(one["shrinkage"].to_list(), rel=1e-8)
    assert two["estimate"].to_list() == pytest.approx(one["estimate"].to_list(), abs=MONTE_CARLO)


def test_opposite_answer_has_the_opposite_share() -> None:
    frame, _ = sample_of(5, SIZES)
    one = estimate(frame).frame
    other = estimate_small_domains(
        Design.from_frame(frame), "answer", "no", groups=["town"], cells=towns(6), by="town", seed=3
    ).frame
    assert (1 - other["estimate"]).to_list() == pytest.approx(one["estimate"].to_list(), abs=MONTE_CARLO)
    assert other["shrinkage"].to_list() == pytest.approx(one["shrinkage"].to_list(), rel=1e-8)


def test_same_seed_same_draws_other_seed_others() -> None:
    frame, _ = sample_of(5, SIZES)
    one, two, three = (estimate(frame, seed=seed).draws for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)
    assert one.mean(axis=0) == pytest.approx(three.mean(axis=0), abs=MONTE_CARLO)


def test_population_cells_weight_the_covariate() -> None:
    """Where all are of one sex, the share is that of this sex, whatever the sample has."""
    rng = np.random.default_rng(2)
    frame, _ = sample_of(7, [400, 400, 400], sd=0.1)
    frame = frame.with_columns(
        answer=pl.Series(np.where(rng.random(1200) < np.where(frame["sex"] == "m", 0.8, 0.3), "yes", "no").tolist())
    )
    cells = pl.DataFrame({"town": ["t00", "t01", "t02"], "sex": ["m", "f", "m"], "count": [10, 10, 0]})
    result = estimate(frame, cells=cells, covariates=["sex"])
    assert result.frame["estimate"][0] == pytest.approx(0.8, abs=0.06)  # two standard errors with 200 men
    assert result.frame["estimate"][1] == pytest.approx(0.3, abs=0.06)
    assert result.frame["estimate"][2] is None
    assert result.frame["flag"][2] == NOBODY
    odds = special.logit(0.8) - special.logit(0.3)
    assert result.fixed["mean"][1] == pytest.approx(odds, abs=3 * result.fixed["std"][1])
    assert result.fixed["name"].to_list() == ["intercept", "sex: m − f"]


def test_two_groups_do_not_identify_their_sd() -> None:
    frame, _ = sample_of(5, [50, 60])
    result = estimate(frame, cells=towns(2))
    assert result.frame["flag"].to_list() == [NOT_IDENTIFIED] * 2
    assert result.group_sds["flag"].to_list() == [NOT_IDENTIFIED]


def test_group_without_respondents_is_predicted_and_flagged() -> None:
    frame, _ = sample_of(5, SIZES)
    table = estimate(frame, cells=towns(7)).frame
    last = table.row(6, named=True)
    assert (last["n"], last["direct"], last["shrinkage"], last["flag"]) == (0, None, 1.0, NO_RESPONDENTS)
    assert last["std_error"] > table["std_error"][:6].max()


def test_effective_counts_follow_the_weights() -> None:
    frame = pl.DataFrame(
        {"town": ["a", "a", "a", "b", "b"], "answer": ["yes", "no", "no", "no", "yes"], "w": [1.0, 2.0, 3.0, 1.0, 1.0]}
    )
    design = mark_favourable(Design.from_frame(frame, weight="w"), "answer", ["yes"], ())
    cells = gather_cells(design, ["town"], [], None)
    assert cells.trials == pytest.approx([36 / 14, 2.0])
    assert cells.successes == pytest.approx([36 / 14 / 6, 1.0])
    assert cells.clustering_effect == 1.0
    halved = gather_cells(design, ["town"], [], 2.0)
    assert halved.trials == pytest.approx([18 / 14, 1.0])


def test_clusters_that_answer_alike_count_for_less() -> None:
    """Each PSU of 5 answers as one: the clustering effect is 5, up to the noise of 120 PSUs."""
    rng = np.random.default_rng(8)
    answer = np.repeat(rng.random(120) < 0.4, 5)
    frame = pl.DataFrame(
        {
            "town": [f"t{i % 4:02d}" for i in np.repeat(np.arange(120), 5)],
            "psu": np.repeat(np.arange(120), 5),
            "answer": np.where(answer, "yes", "no").tolist(),
        }
    )
    result = estimate_small_domains(
        Design.from_frame(frame, psu="psu"), "answer", "yes", groups=["town"], cells=towns(4), by="town"
    )
    assert result.clustering_effect == pytest.approx(5, rel=0.05)


def test_respondents_without_a_group_are_counted() -> None:
    frame, _ = sample_of(5, SIZES)
    extra = pl.DataFrame({"town": [None, ""], "sex": ["m", "f"], "answer": ["yes", "no"]})
    assert estimate(pl.concat([frame, extra])).left_out == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cells": towns(5)}, "no population cell has the group 't05'"),
        ({"cells": towns(6).with_columns(count=pl.Series([1, 2, -3, 4, 5, 6]))}, "row 3: the count -3 is negative"),
        ({"cells": towns(6).with_columns(count=pl.lit("x"))}, "is no finite number"),
        ({"cells": towns(6, 0.0)}, "hold nobody"),
        ({"cells": towns(6).rename({"count": "persons"})}, "no such column"),
        ({"groups": ["twon"], "by": "twon"}, "did you mean 'town'"),
        ({"covariates": ["answer"], "missing": {"answer": ["no"]}}, "every answer is favourable"),
        ({"covariates": ["sex"]}, "no such column"),
    ],
)
def test_errors_name_what_is_wrong(changes: dict[str, object], message: str) -> None:
    frame, _ = sample_of(5, SIZES)
    with pytest.raises(DesignError, match=message):
        estimate(frame, **changes)


def test_nobody_favourable_is_an_error() -> None:
    frame, _ = sample_of(5, SIZES)
    with pytest.raises(DesignError, match="nobody gave the answer 'perhaps'"):
        estimate_small_domains(
            Design.from_frame(frame), "answer", "perhaps", groups=["town"], cells=towns(6), by="town"
        )


def test_covariate_with_three_levels_is_an_error() -> None:
    frame, _ = sample_of(5, SIZES)
    frame = frame.with_columns(age=pl.Series(["a", "b", "c"] * 79 + ["a"]))
    cells = towns(6).with_columns(age=pl.lit("a"))
    with pytest.raises(DesignError, match="3 levels"):
        estimate(frame, cells=cells, covariates=["age"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"by": "sex"}, "not among the groups"),
        ({"groups": ["a", "b", "c", "d"]}, "one to three"),
        ({"level": 95}, "not between 0 and 1"),
        ({"draws": 1}, "too few"),
        ({"sd_scale": 0.0}, "not above 0"),
        ({"clustering_effect": 0.5}, "below 1"),
        ({"covariates": ["town"]}, "named twice"),
    ],
)
def test_wrong_requests_are_refused(changes: dict[str, object], message: str) -> None:
    frame, _ = sample_of(5, SIZES)
    with pytest.raises(UsageError, match=message):
        estimate(frame, **changes)
