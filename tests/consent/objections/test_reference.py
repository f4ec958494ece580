"""The hazard of pairs against R: `glm` with a complementary log-log link, and `lme4::glmer` with crossed effects."""

import json
from pathlib import Path

import numpy as np
import pytest

from shteg.accession.ladder.nested_laplace import _Likelihood, inner_mode
from shteg.consent.objections.fit import PairFit, fit_pairs
from shteg.consent.objections.pair_rows import PairPrior, PairRows, build_pair_design
from shteg.intervals import HIGH, LOW

R = json.loads((Path(__file__).parents[2] / "reference" / "consent_objections.json").read_text(encoding="utf-8"))
SAME = 1e-6
"""Both search for the same mode, to the limits of double precision; the flat prior moves it by less."""
NEAR_IN_SE = 0.15
"""`glmer` gives a maximum, ours a posterior mean under weak priors: the first differs by a small part of an error."""
RATIO = 1.15
"""Ours integrates over the standard deviations of groups, which widens errors by some per cent."""


def pairs(*, groups: bool) -> PairRows:
    """The data of the script: years at risk of each pair, at most one event a year."""
    years, events = (np.array(R[name], dtype=np.int64) for name in ("years", "events"))
    names = {"member": tuple(f"m{i:02d}" for i in range(30)), "candidate": tuple(f"c{i:02d}" for i in range(40))}
    return PairRows(
        names=names if groups else {},
        groups={name: np.array(R[name], dtype=np.int64) for name in names} if groups else {},
        features=("dispute", "neighbour"),
        values=np.stack([np.array(R[name], dtype=np.float64) for name in ("dispute", "neighbour")], axis=1),
        quiet_years=(years - events).astype(np.float64),
        events=events,
    )


def prior(sd: float) -> PairPrior:
    return PairPrior(
        level=(-4.0, sd),
        features={"dispute": (0.0, sd), "neighbour": (0.0, sd)},
        scales={"member": 1.0, "candidate": 1.0},
    )


def test_without_effects_the_mode_is_that_of_glm() -> None:
    rows, told = pairs(groups=False), R["glm"]
    design = build_pair_design(rows, prior(1e5))
    likelihood = _Likelihood(design, rows)
    _, mode, factor = inner_mode(design, likelihood, {}, design.mean)
    inverse = np.linalg.inv(factor)
    assert mode == pytest.approx(told["estimate"], rel=SAME)
    assert np.sqrt(np.diag(inverse @ inverse.T)) == pytest.approx(told["std_error_observed"], rel=SAME)
    assert likelihood.value(mode) == pytest.approx(told["log_likelihood"], rel=1e-9)


@pytest.fixture(scope="module")
def crossed() -> PairFit:
    return fit_pairs(pairs(groups=True), prior(10.0))


def test_crossed_effects_agree_with_glmer(crossed: PairFit) -> None:
    told, posterior = R["glmer"], crossed.posterior
    mean, sd = posterior.mean()[:3], np.sqrt(posterior.variance()[:3])
    error = np.array(told["std_error"])
    assert np.abs(mean - told["estimate"]).max() < NEAR_IN_SE * error.max()
    assert (np.abs(np.log(sd / error)) < np.log(RATIO)).all()
    draws, scales = posterior.draw(np.random.default_rng(1), 8000)
    low, high = np.quantile(draws[:, :3], (LOW, HIGH), axis=0)
    assert (np.abs(low - told["low"]) < 0.3 * error).all()
    assert (np.abs(high - told["high"]) < 0.3 * error).all()
    learnt = dict(zip(posterior.design.scales, np.median(scales, axis=0), strict=True))
    assert learnt["member"] == pytest.approx(told["sd_member"], rel=0.12)
    assert learnt["candidate"] == pytest.approx(told["sd_candidate"], rel=0.12)


def test_effects_of_members_and_candidates_agree_with_glmer(crossed: PairFit) -> None:
    mean = crossed.posterior.mean()
    for kind in ("member", "candidate"):
        columns = crossed.posterior.design.kind(kind)
        assert columns is not None
        ours, theirs = mean[columns.places], np.array(R["glmer"][f"{kind}_effect"])
        assert np.corrcoef(ours, theirs)[0, 1] > 0.999
        assert np.abs((ours - ours.mean()) - (theirs - theirs.mean())).max() < 0.1
