"""The sufficient statistics of chunks that share no PSU add up to those of the whole."""

import numpy as np
import pytest

from shteg.survey.kernel import CellSums, ScoreMoments, score_codes, sum_codes

ROUNDING = 1e-12  # the same sums in another order


def _chunk(start: int, stop: int) -> tuple[CellSums, ScoreMoments]:
    random = np.random.default_rng(5)
    weight, codes = random.gamma(2, 1, 90), random.integers(0, 4, 90).astype(np.uint16)  # 3: not answered
    domains = np.stack([np.zeros(90), random.integers(1, 4, 90)], axis=1).astype(np.uint16)  # 3: in no domain
    psus = np.arange(0, 91, 5)[start : stop + 1]
    rows = slice(psus[0], psus[-1])
    stratum = (np.arange(18) // 6)[start:stop]
    sums, counts, squares = np.zeros((4, 4)), np.zeros((4, 4), np.int64), np.zeros((4, 2))
    part = domains[rows]
    sum_codes(weight[rows], codes[rows], part, sums, counts, squares)
    moments = ScoreMoments(
        psus=np.zeros((3, 3), np.int64),
        mean=np.zeros((3, 3, 3)),
        spread=np.zeros((3, 3, 3)),
        deviation=np.zeros((3, 3)),
    )
    score_codes(
        psus - psus[0],
        stratum,
        weight[rows],
        codes[rows],
        part,
        np.full((3, 3), 0.3),
        np.ones(3),
        moments.psus,
        moments.mean,
        moments.spread,
    )
    return CellSums(weight=sums, count=counts, weight_squared=squares, value=np.zeros(4)), moments


@pytest.mark.parametrize("cut", [1, 6, 8, 17])
def test_chunks_merge_to_the_whole(cut: int) -> None:
    sums, moments = _chunk(0, 18)
    (first, early), (second, late) = _chunk(0, cut), _chunk(cut, 18)
    merged, joined = first.merge(second), early.merge(late)
    assert np.array_equal(merged.count, sums.count)
    assert merged.weight == pytest.approx(sums.weight, rel=ROUNDING)
    assert merged.weight_squared == pytest.approx(sums.weight_squared, rel=ROUNDING)
    assert np.array_equal(joined.psus, moments.psus)
    assert joined.mean == pytest.approx(moments.mean, rel=ROUNDING, abs=ROUNDING)
    assert joined.spread == pytest.approx(moments.spread, rel=ROUNDING, abs=ROUNDING)
