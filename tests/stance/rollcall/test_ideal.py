"""Ideal points: against pscl and MCMCpack, properties, recovery, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shteg.errors import ModelError, UsageError
from shteg.stance.rollcall import IdealPoints, RollCall, RollCallPrior, ideal_points, rollcall

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "rollcall.json").read_text(encoding="utf-8"))

LEAST_CORRELATION = 0.999  # the demand on large roll calls
SD_RATIO_LARGE = (0.8, 1.25)
SMALL_MEAN, SD_RATIO_SMALL = 0.10, (0.9, 1.1)  # the demand on at most 10 actors × 50 items
FLAT_SCALE = 0.05  # an approximation by quadrature that moves with the order of rows only by rounding is far below


def as_matrix(reference: dict[str, Any]) -> RollCall:
    votes = [[-1 if one == "-" else int(one) for one in row] for row in reference["votes"]]
    return rollcall(votes, actors=reference["actors"])


def simulate(actors: int, items: int, levels: int = 2, missing: float = 0.1, seed: int = 1) -> tuple[Any, RollCall]:
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal(actors)
    slope, cuts = rng.normal(0, 1.5, items), np.sort(rng.normal(0, 1.2, (items, levels - 1)), axis=1)
    latent = np.outer(theta, slope) + rng.standard_normal((actors, items))
    votes = (latent[:, :, None] > cuts).sum(axis=2)
    votes[rng.random(votes.shape) < missing] = -1
    names = ("nay", "abstain", "yea") if levels == 3 else ("nay", "yea")
    matrix = RollCall(
        votes=votes.astype(np.int8), actors=tuple(f"a{i:03d}" for i in range(actors)),
        items=tuple(f"v{i:03d}" for i in range(items)), levels=names,
    )  # fmt: skip
    return theta, matrix


@pytest.fixture(scope="module")
def medium() -> tuple[Any, RollCall, IdealPoints]:
    theta, matrix = simulate(60, 300)
    return theta, matrix, ideal_points(matrix, method="laplace")


def test_senate_against_pscl() -> None:
    reference = REFERENCE["senate"]
    made = ideal_points(as_matrix(reference))
    assert made.method == "laplace"
    mean, sd = np.array(reference["theta"]["mean"]), np.array(reference["theta"]["sd"])
    assert abs(np.corrcoef(mean, made.mean)[0, 1]) >= LEAST_CORRELATION
    ratio = made.sd / sd
    assert ratio.min() > SD_RATIO_LARGE[0]
    assert ratio.max() < SD_RATIO_LARGE[1]
    assert abs(np.corrcoef(reference["slope"]["mean"], made.slope)[0, 1]) > 0.99


def test_medium_matrix_against_pscl() -> None:
    reference = REFERENCE["journal"]
    made = ideal_points(as_matrix(reference), method="laplace")
    assert abs(np.corrcoef(reference["theta"]["mean"], made.mean)[0, 1]) >= LEAST_CORRELATION
    ratio = made.sd / np.array(reference["theta"]["sd"])
    assert ratio.min() > SD_RATIO_LARGE[0]
    assert ratio.max() < SD_RATIO_LARGE[1]
    assert np.corrcoef(np.abs(reference["slope"]["mean"]), np.abs(made.slope))[0, 1] > 0.99


@pytest.mark.parametrize("name", ["court", "few"])
def test_small_matrices_against_mcmcpack(name: str) -> None:
    reference = REFERENCE[name]
    made = ideal_points(as_matrix(reference), anchors={reference["plus"]: "+", reference["minus"]: "-"}, seed=1)
    assert made.method == "gibbs"
    assert made.r_hat.max() < 1.02
    assert np.abs(made.mean - reference["theta"]["mean"]).max() < SMALL_MEAN
    ratio = made.sd / np.array(reference["theta"]["sd"])
    assert ratio.min() > SD_RATIO_SMALL[0]
    assert ratio.max() < SD_RATIO_SMALL[1]
    assert made.mean[list(made.actors).index(reference["plus"])] > 0


def test_recovers_what_was_simulated(medium: tuple[Any, RollCall, IdealPoints]) -> None:
    theta, _, made = medium
    assert abs(np.corrcoef(theta, made.mean)[0, 1]) > 0.99
    assert made.covariance.shape == (60, 60)
    assert np.allclose(np.sqrt(np.diag(made.covariance)), made.sd)
    assert (made.low < made.mean).all()
    assert made.frame.height == 60
    assert made.item_frame.height == len(made.items)


def test_order_of_actors_and_votes_changes_nothing(medium: tuple[Any, RollCall, IdealPoints]) -> None:
    _, matrix, made = medium
    rng = np.random.default_rng(3)
    rows, columns = rng.permutation(60), rng.permutation(300)
    other = ideal_points(matrix.take(actors=rows, items=columns), method="laplace")
    places = [other.actors.index(name) for name in made.actors]
    assert np.allclose(other.mean[places], made.mean, atol=1e-6)
    assert np.allclose(other.sd[places], made.sd, atol=1e-6)


def test_turning_a_votes_coding_turns_its_slope_only(medium: tuple[Any, RollCall, IdealPoints]) -> None:
    _, matrix, made = medium
    votes = matrix.votes.copy()
    votes[:, 5] = np.where(votes[:, 5] >= 0, 1 - votes[:, 5], -1)
    other = ideal_points(RollCall(votes=votes, actors=matrix.actors, items=matrix.items), method="laplace")
    assert np.allclose(other.mean, made.mean, atol=1e-6)
    place = made.items.index("v005")
    sign = np.ones(len(made.items))
    sign[place] = -1
    assert np.allclose(other.slope, sign * made.slope, atol=1e-5)
    assert np.allclose(other.cut[place], -made.cut[place], atol=1e-5)


def test_threads_change_nothing(medium: tuple[Any, RollCall, IdealPoints]) -> None:
    _, matrix, made = medium
    assert np.allclose(ideal_points(matrix, method="laplace", threads=1).mean, made.mean, atol=1e-9)


def test_three_levels_against_sampling() -> None:
    theta, matrix = simulate(20, 40, levels=3)
    rough = ideal_points(matrix, method="laplace")
    exact = ideal_points(matrix, method="gibbs", iterations=500, chains=2)
    assert abs(np.corrcoef(theta, exact.mean)[0, 1]) > 0.9
    assert np.corrcoef(rough.mean, exact.mean)[0, 1] > 0.98  # 20 actors: the approximation is meant for more
    assert np.nanmax(rough.cut) < 20
    assert 0.7 < np.median(rough.sd / exact.sd) < 1.3


def test_sampling_is_repeatable_whatever_the_threads() -> None:
    _, matrix = simulate(8, 20)
    first = ideal_points(matrix, method="gibbs", iterations=200, threads=1)
    assert np.array_equal(first.draws, ideal_points(matrix, method="gibbs", iterations=200, threads=2).draws)


def test_standard_scale(medium: tuple[Any, RollCall, IdealPoints]) -> None:
    _, matrix, made = medium
    other = ideal_points(matrix, method="laplace", scale="sample")
    assert abs(other.mean.mean()) < 1e-9
    assert abs(other.mean.std(ddof=1) - 1) < FLAT_SCALE
    assert np.corrcoef(other.mean, made.mean)[0, 1] > 0.9999
    drawn = ideal_points(simulate(8, 20)[1], method="gibbs", iterations=200, scale="sample")
    assert np.allclose(drawn.draws.std(axis=1, ddof=1), 1)


def test_unanimous_votes_and_silent_actors() -> None:
    _, matrix = simulate(30, 100)
    votes = np.concatenate([matrix.votes, np.full((1, 100), -1, dtype=np.int8)])
    votes[:, 0] = np.where(votes[:, 0] >= 0, 1, -1)
    made = ideal_points(RollCall(votes=votes, actors=(*matrix.actors, "silent"), items=matrix.items), method="laplace")
    assert "v000" in made.dropped
    assert abs(made.mean[-1]) < 0.1
    assert abs(made.sd[-1] - 1) < 0.1


def test_perfect_separation_stays_finite() -> None:
    votes = np.repeat(np.array([[1, 0], [0, 1]], dtype=np.int8), 15, axis=0)[:, np.arange(80) % 2]
    made = ideal_points(rollcall(votes), method="laplace")
    assert np.isfinite(made.mean).all()
    assert np.isfinite(made.sd).all()
    assert (made.mean[:15] * made.mean[15:] < 0).all()


def test_anchors_turn_the_axis(medium: tuple[Any, RollCall, IdealPoints]) -> None:
    _, matrix, made = medium
    high, low = made.actors[int(made.mean.argmax())], made.actors[int(made.mean.argmin())]
    assert np.allclose(ideal_points(matrix, method="laplace", anchors={low: "+"}).mean, -made.mean)
    with pytest.raises(ModelError, match="anchors"):
        ideal_points(matrix, method="laplace", anchors={low: "+", high: "+"})


def test_what_cannot_be_done_is_said() -> None:
    _, matrix = simulate(8, 20)
    with pytest.raises(UsageError, match="no method 'mle'"):
        ideal_points(matrix, method="mle")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="there is no actor 'x'"):
        ideal_points(matrix, anchors={"x": "+"})
    with pytest.raises(ModelError, match="no vote divides"):
        ideal_points(rollcall([[1, 1], [1, 1]]))
    with pytest.raises(ModelError, match="prior sd"):
        RollCallPrior(slope_sd=0)


@pytest.mark.slow
def test_intervals_of_the_sampler_cover() -> None:
    """Simulation-based: parameters from the prior, so that 90 % intervals cover 90 % of them."""
    rng, covered, sets = np.random.default_rng(8), [], 200
    for _ in range(sets):
        theta = np.abs(rng.standard_normal(8)) * np.array([1, -1, *rng.choice([-1, 1], 6)])
        slope, cut = rng.normal(0, 2, 15), rng.normal(0, 2, 15)
        votes = (np.outer(theta, slope) - cut + rng.standard_normal((8, 15)) > 0).astype(int)
        if (votes.min(axis=0) == votes.max(axis=0)).all():
            continue
        try:
            made = ideal_points(
                rollcall(votes), prior=RollCallPrior(slope_sd=2, cut_sd=2), anchors={"1": "+", "2": "-"},
                iterations=500, chains=2,
            )  # fmt: skip
        except ModelError:
            continue
        covered.append(((made.low < theta) & (theta < made.high)).mean())
    assert len(covered) > 0.95 * sets
    assert 0.87 < np.mean(covered) < 0.93


@pytest.mark.slow
def test_intervals_of_the_approximation_cover() -> None:
    covered = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        theta, slope, cut = rng.standard_normal(40), rng.normal(0, 1.5, 250), rng.normal(0, 1.5, 250)
        votes = (np.outer(theta, slope) - cut + rng.standard_normal((40, 250)) > 0).astype(int)
        made = ideal_points(rollcall(votes), method="laplace", prior=RollCallPrior(slope_sd=1.5, cut_sd=1.5))
        side = np.sign(np.corrcoef(theta, made.mean)[0, 1])
        covered.append((np.abs(theta - side * made.mean) < 1.645 * made.sd).mean())
    assert 0.84 < np.mean(covered) < 0.95
