"""How good the forecasts were: proper scores at rolling origins, against baselines, with intervals over countries."""

from shteg.evaluation.backtest import OriginForecasts, run_backtest
from shteg.evaluation.stage import score_forecasts, summarise
from shteg.evaluation.summary import SkillRow

__all__ = ["OriginForecasts", "SkillRow", "run_backtest", "score_forecasts", "summarise"]
