"""The texts say how the published forecast compares with the base rate: the backtest must still say the same."""

import pytest

from shteg.evaluation import score_forecasts
from shteg.evidence import find_case, read_case


@pytest.mark.slow
def test_the_texts_say_what_the_backtest_finds() -> None:
    values = {one.id: one for one in score_forecasts(read_case(find_case("kosovo-nato"))).values}
    assert values["skill.pool.verdict"].number == "unclear"
    assert values["skill.pool.seeds-better"].number < values["skill.pool.seeds"].number
    for name in ("skill.ladder.pool.all", "skill.pool.equal"):
        overall = values[name]
        assert overall.low is not None
        assert overall.high is not None
        assert overall.low < 0.0 < overall.high
    better = values["skill.step.pfp"]
    assert better.low is not None
    assert better.low > 0.0
    for step in ("protocols", "member"):  # “there the bare pace is hard to beat”
        last = values[f"skill.step.{step}"]
        assert last.low is not None
        assert last.low < 0.0
