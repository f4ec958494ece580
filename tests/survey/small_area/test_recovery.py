"""Known shares of towns found again, and how often the intervals hold them."""

import numpy as np
import pytest

from shteg.survey import Design, SmallDomains, estimate_small_domains
from tests.survey.small_area_data import sample_of, towns

SIZES = [40, 15, 60, 8, 25, 90, 30, 50, 20, 70]


def fit(seed: int, level: float) -> tuple[SmallDomains, np.ndarray]:
    rng = np.random.default_rng(10_000 + seed)
    frame, share = sample_of(seed, SIZES, sd=abs(rng.normal()), intercept=rng.normal(0, 0.7))
    result = estimate_small_domains(
        Design.from_frame(frame),
        "answer",
        "yes",
        groups=["town"],
        cells=towns(len(SIZES)),
        by="town",
        level=level,
        seed=seed,
        draws=2000,
    )
    return result, share


def test_shares_are_found_better_than_directly() -> None:
    """Sixty towns in six samples: smaller errors, and few towns outside their intervals."""
    gaps, direct, held = [], [], []
    for seed in range(1, 7):
        result, share = fit(seed, 0.9)
        columns = ("estimate", "direct", "ci_low", "ci_high")
        estimate, plain, low, high = (result.frame[column].to_numpy() for column in columns)
        gaps.append(estimate - share)
        direct.append(plain - share)
        held.append((low <= share) & (share <= high))
    assert np.sqrt(np.mean(np.square(gaps))) < np.sqrt(np.mean(np.square(direct)))
    assert np.mean(held) > 0.78  # 0.9 less three standard errors of 60 towns


@pytest.mark.slow
def test_intervals_cover_what_they_say() -> None:
    """200 samples of ten towns, sd drawn from its prior: 90 % intervals hold 85–95 % of the shares."""
    held, sds = [], []
    for seed in range(200):
        rng = np.random.default_rng(10_000 + seed)
        sd = abs(rng.normal())
        result, share = fit(seed, 0.9)
        low, high = (result.frame[column].to_numpy() for column in ("ci_low", "ci_high"))
        held.append((low <= share) & (share <= high))
        first, last = result.group_sds.select("ci_low", "ci_high").row(0)
        sds.append(first <= sd <= last)
    assert 0.85 < np.mean(held) < 0.95
    assert 0.836 < np.mean(sds) < 0.964  # one sd a sample: 0.9 and three standard errors of 200
