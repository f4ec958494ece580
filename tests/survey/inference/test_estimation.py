"""Closed forms, properties, and figures that must not look better than they are."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from shteg.chunks import ThreadExecutor
from shteg.errors import UsageError
from shteg.survey import estimate_means, estimate_proportions, estimate_totals
from shteg.survey.designs.design import Design
from tests.examples import examples

EXACT = 1e-12  # sums of at most some hundred doubles


def _sample(seed: int, n: int = 120) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    psu = np.sort(random.integers(0, 12, n))
    return pl.DataFrame(
        {
            "stratum": [f"s{code // 4}" for code in psu],
            "psu": [f"p{code}" for code in psu],
            "w": random.gamma(4, 10, n).round(3),
            "q": random.choice(["a", "b", "c", ""], n),
            "y": random.normal(3, 1, n).round(4),
            "group": random.choice(["x", "y"], n),
        }
    )


def _design(frame: pl.DataFrame) -> Design:
    return Design.from_frame(frame, stratum="stratum", psu="psu", weight="w")


def test_equal_weights_without_clusters_give_the_textbook_formula() -> None:
    y = np.array([2.0, 4.0, 4.0, 7.0, 9.0, 1.0])
    design = Design.from_frame(pl.DataFrame({"y": y}))
    row = estimate_means(design, "y").to_frame().row(0, named=True)
    assert row["estimate"] == pytest.approx(y.mean(), rel=EXACT)
    assert row["std_error"] == pytest.approx(y.std(ddof=1) / np.sqrt(len(y)), rel=EXACT)
    assert row["ci_high"] == pytest.approx(y.mean() + special.stdtrit(5, 0.975) * row["std_error"], rel=EXACT)
    assert (row["df"], row["n"], row["n_effective"]) == (5, 6, 6)
    assert row["deff"] == pytest.approx(1, rel=EXACT)


def test_equal_weights_give_the_textbook_share() -> None:
    design = Design.from_frame(pl.DataFrame({"q": ["yes"] * 30 + ["no"] * 70}))
    row = estimate_proportions(design, "q").to_frame().filter(pl.col("option") == "yes").row(0, named=True)
    assert row["estimate"] == pytest.approx(0.3, rel=EXACT)
    assert row["std_error"] == pytest.approx(np.sqrt(0.3 * 0.7 / 99), rel=EXACT)
    half = special.stdtrit(99, 0.975) * row["std_error"] / 0.21
    assert special.logit(row["ci_high"]) == pytest.approx(special.logit(0.3) + half, rel=EXACT)


def test_a_domain_keeps_the_sampling_units_it_misses() -> None:
    frame = _sample(1).with_columns(pl.when(pl.col("psu").is_in(["p0", "p4"])).then(1.0).otherwise(0.0).alias("in"))
    frame = frame.with_columns(pl.when(pl.col("in") == 1).then(pl.lit("in")).otherwise(pl.lit("out")).alias("part"))
    row = (
        estimate_means(_design(frame), "y", by=["part"]).to_frame().filter(pl.col("domain") == "in").row(0, named=True)
    )
    inside = frame.filter(pl.col("part") == "in")
    w, y = inside["w"].to_numpy(), inside["y"].to_numpy()
    mean = (w * y).sum() / w.sum()
    u = [(w * (y - mean))[(inside["psu"] == p).to_numpy()].sum() / w.sum() for p in ("p0", "p4")]
    variance = sum(4 / 3 * (one**2 - one**2 / 4) for one in u)  # one touched PSU of four in each of two strata
    assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=EXACT)
    assert row["df"] == 0
    assert row["flag"] == "no_df"
    assert row["ci_low"] is None


@examples(20)
@given(st.integers(0, 10_000), st.floats(1e-3, 1e4))
def test_scale_of_weights_and_order_of_rows_change_nothing(seed: int, scale: float) -> None:
    frame = _sample(seed)
    other = frame.with_columns(pl.col("w") * scale).sample(fraction=1, shuffle=True, seed=seed)
    for estimate in (estimate_proportions, estimate_means):
        item = "q" if estimate is estimate_proportions else "y"
        one = estimate(_design(frame), item, by=["group"]).to_frame()
        two = estimate(_design(other), item, by=["group"]).to_frame()
        numbers = one.select(pl.selectors.numeric()).fill_null(-1).to_numpy()
        assert numbers == pytest.approx(two.select(pl.selectors.numeric()).fill_null(-1).to_numpy(), rel=1e-9, abs=1e-9)


def test_shares_add_up_and_totals_are_shares_of_the_base() -> None:
    design = _design(_sample(2))
    shares = estimate_proportions(design, "q", by=["group", ("group", "stratum")])
    sums = shares.to_frame().group_by("domain_variable", "domain").agg(pl.col("estimate").sum())
    assert sums["estimate"].to_numpy() == pytest.approx(np.ones(sums.height), abs=EXACT)
    assert "x × s1" in sums["domain"].to_list()
    totals = estimate_totals(design, "q").to_frame()["estimate"].to_numpy()
    answered = design.data.filter(pl.col("q") != "")["w"].sum()
    assert totals / answered == pytest.approx(shares.to_frame()["estimate"].head(3).to_numpy(), rel=EXACT)


def test_threads_change_no_bit() -> None:
    design = _design(_sample(3))
    frames = [
        estimate_proportions(design, ["q", "group", "stratum"], by=["group"], executor=ThreadExecutor(n)).to_frame()
        for n in (1, 2, 7)
    ]
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_near_one_nothing_cancels() -> None:
    n = 40_000
    frame = pl.DataFrame({"psu": np.repeat(np.arange(4000), 10), "q": ["no"] + ["yes"] * (n - 1)})
    row = estimate_proportions(Design.from_frame(frame, psu="psu"), "q").to_frame().filter(pl.col("option") == "yes")
    p = 1 - 1 / n
    u = np.full(4000, 10 * (1 - p) / n)
    u[0] -= 1 / n
    exact = np.sqrt(4000 / 3999 * ((u - u.mean()) ** 2).sum())
    assert row["std_error"].item() == pytest.approx(exact, rel=1e-9)


def test_a_domain_of_one_row_has_no_standard_error() -> None:
    frame = _sample(4).with_row_index().with_columns(pl.when(pl.col("index") == 7).then(pl.lit("one")).alias("part"))
    frame = frame.with_columns(pl.lit("a").alias("q"))
    for result in (
        estimate_means(_design(frame), "y", by=["part"]),
        estimate_proportions(_design(frame), "q", by=["part"]),
    ):
        row = result.to_frame().filter(pl.col("domain") == "one").row(0, named=True)
        assert row["n"] == 1
        assert row["std_error"] is None
        assert row["deff"] is None
        assert row["ci_low"] is None
        assert row["flag"] == "no_variance"


def test_a_domain_in_lonely_strata_only_has_no_standard_error() -> None:
    frame = pl.DataFrame(
        {
            "stratum": list("aaabbbcc"),
            "psu": list("11233345"),
            "y": [1.0, 2, 3, 4, 5, 6, 7, 8],
            "part": list("xxxyyyxx"),
        }
    )
    remove = Design.from_frame(frame, stratum="stratum", psu="psu", lonely_psu="remove")
    rows = {row["domain"]: row for row in estimate_means(remove, "y", by=["part"]).to_frame().iter_rows(named=True)}
    assert rows["y"]["std_error"] is None
    assert rows["y"]["flag"] == "no_variance"
    assert rows["x"]["std_error"] > 0


def test_everybody_or_nobody_gets_a_one_sided_bound() -> None:
    design = Design.from_frame(pl.DataFrame({"q": ["yes"] * 43}))
    shares = estimate_proportions(design, "q", options={"q": ["yes", "no"]}).to_frame()
    nobody = shares.filter(pl.col("option") == "no").row(0, named=True)
    assert (nobody["estimate"], nobody["std_error"], nobody["flag"]) == (0, 0, "boundary")
    assert (nobody["ci_low"], nobody["ci_high"]) == pytest.approx((0, 1 - 0.05 ** (1 / 43)), abs=EXACT)
    everybody = shares.filter(pl.col("option") == "yes").row(0, named=True)
    assert everybody["ci_low"] == pytest.approx(0.05 ** (1 / 43), abs=EXACT)


def test_equal_answers_are_said_to_be_constant() -> None:
    row = estimate_means(Design.from_frame(pl.DataFrame({"y": [3.0] * 9})), "y").to_frame().row(0, named=True)
    assert (row["estimate"], row["flag"], row["ci_low"]) == (3, "constant", None)


def test_an_empty_domain_has_no_figures() -> None:
    frame = _sample(5).with_columns(pl.when(pl.col("group") == "x").then(pl.lit("")).otherwise("q").alias("q"))
    shares = estimate_proportions(_design(frame), "q", by=["group"]).to_frame().filter(pl.col("domain") == "x")
    assert shares["flag"].unique().to_list() == ["empty"]
    assert shares["n"].sum() == 0
    assert shares.select("estimate", "std_error", "ci_low", "ci_high", "n_effective", "deff").null_count().row(0) == (
        (shares.height,) * 6
    )


def test_text_answers_may_be_anything() -> None:
    frame = pl.DataFrame({"q": ["=1+1", "<b>po</b>", "përgjigje", "=1+1"], "group": ["ë", "ë", "ç", "ç"]})
    shares = estimate_proportions(Design.from_frame(frame), "q", by=["group"]).to_frame()
    assert sorted(shares["option"].unique().to_list()) == ["<b>po</b>", "=1+1", "përgjigje"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"items": []}, "name at least one column"),
        ({"items": "q", "by": "group"}, r"write by=\['group'\]"),
    ],
)
def test_requests_that_make_no_sense(arguments: dict[str, object], hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        estimate_proportions(_design(_sample(6)), **arguments)  # type: ignore[arg-type]


def test_a_share_of_one_without_degrees_of_freedom_has_the_reason_of_its_interval() -> None:
    """The exact bound needs no degree of freedom: the flag is that of the bound, and not "no interval"."""
    frame = pl.DataFrame({"h": ["a", "a", "b", "b"], "p": ["1", "2", "3", "4"], "g": ["x", "y", "x", "y"]})
    frame = frame.with_columns(q=pl.Series(["1", "1", "1", "2"]), y=pl.Series([1.0, 2.0, 3.0, 5.0]))
    design = Design.from_frame(frame, stratum="h", psu="p")
    frames = [
        estimate_proportions(design, "q", by=["g"]).to_frame(),
        estimate_proportions(replace(design, domain_lonely=True), "q", by=["g"]).to_frame(interval="logit"),
    ]
    for found in frames:
        inside = found.filter(pl.col("domain") == "x")
        assert inside["flag"].to_list() == ["boundary", "boundary"]
        assert inside["ci_low"].to_list() == pytest.approx([0.05**0.5, 0.0])
        assert found.filter(pl.col("domain") == "y")["flag"].to_list() == ["no_df", "no_df"]
        assert found.filter(pl.col("domain") == "y")["ci_low"].to_list() == [None, None]
