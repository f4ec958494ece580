"""The texts say which forecast leads and where the model was better or worse: the backtest must still say the same."""

import pytest

from shteg.evaluation import score_forecasts
from shteg.evidence import find_case, read_case


@pytest.mark.slow
def test_the_texts_say_what_the_backtest_finds() -> None:
    values = {one.id: one for one in score_forecasts(read_case(find_case("kosovo-nato"))).values}
    assert values["skill.ladder.leads"].number == "base_rate"
    overall = values["skill.ladder.full.all"]
    assert overall.low is not None
    assert overall.low < 0.0
    better = values["skill.step.pfp"]
    assert better.low is not None
    assert better.low > 0.0
    for step in ("protocols", "member"):
        worse = values[f"skill.step.{step}"]
        assert worse.high is not None
        assert worse.high < 0.0
