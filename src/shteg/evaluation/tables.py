"""Result tables of the evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from shteg.estimates import Column, Table, Unit
from shteg.evaluation.base_forecast import BaseForecast
from shteg.evaluation.models import MODELS
from shteg.evaluation.reliability import Bin
from shteg.evaluation.scoring import StepRows
from shteg.evaluation.skill import Ratio, Removal
from shteg.evaluation.summary import SkillRow

TEXT, WHOLE, NUMBER, TRUTH = pl.String, pl.Int64, pl.Float64, pl.Boolean

_COLUMNS: dict[str, tuple[Any, str, Unit | None]] = {
    "subject": (TEXT, "What is forecast: steps, rungs, acts, ratification, or something nothing can test yet.", None),
    "part": (TEXT, "All forecasts, those of one step (step:ID), or all but those of countries in the fast lane.", None),
    "horizon": (WHOLE, "Years ahead; 0 for all horizons together.", "years"),
    "score": (TEXT, "Score: log, brier, rps (ranked probability) or crps (restricted).", None),
    "model": (TEXT, "Model that is scored.", None),
    "baseline": (TEXT, "What it is compared with.", None),
    "forecasts": (WHOLE, "Forecasts scored.", "count"),
    "events": (WHOLE, "Different events among them; the same one is foretold from many origins.", "count"),
    "countries": (WHOLE, "Countries (or members, or candidates) among them.", "count"),
    "loss": (NUMBER, "Mean score of the model, turned so that less is better.", "score"),
    "baseline_loss": (NUMBER, "Mean score of the baseline, turned so that less is better.", "score"),
    "skill": (NUMBER, "Part of the baseline's loss that the model takes away: 1 is perfect, 0 no better.", "share"),
    "low": (NUMBER, "Lower end of the 90 % interval.", None),
    "high": (NUMBER, "Upper end of the 90 % interval.", None),
    "verdict": (TEXT, "better or worse where the whole interval is; unclear; not_identified without events.", None),
    "bin": (WHOLE, "Number of the bin.", "count"),
    "from_share": (NUMBER, "Lower bound of the bin.", "share"),
    "to_share": (NUMBER, "Upper bound of the bin.", "share"),
    "mean_forecast": (NUMBER, "Mean probability given.", "share"),
    "happened_share": (NUMBER, "Share of them that came true.", "share"),
    "effective": (NUMBER, "Independent forecasts that would tell as much.", "count"),
    "observed": (NUMBER, "Forecast events that happened, counted once per forecast.", "count"),
    "expected": (NUMBER, "Sum of the probabilities given.", "count"),
    "ratio": (NUMBER, "Observed over expected: above 1, too few were foretold.", "ratio"),
    "without": (TEXT, "Countries left out of the scoring.", None),
    "count": (WHOLE, "How many are left out.", "count"),
    "origin": (WHOLE, "Year on whose first day the forecast was made.", "year"),
    "country": (TEXT, "Country (ISO 3166-1 alpha-3).", None),
    "step": (TEXT, "Step of the ladder.", None),
    "happened": (TRUTH, "Whether the step was taken within the horizon.", None),
    "year": (WHOLE, "By the end of this calendar year.", "year"),
    "probability": (NUMBER, "Probability at the base rate of each step.", "share"),
    "exposure_years": (NUMBER, "Country-years at risk behind the rate.", "years"),
    **{model: (NUMBER, f"Probability given by the model {model}.", "share") for model in MODELS},
}


def _table(name: str, title: str, names: Sequence[str], rows: Sequence[Sequence[Any]], key: Sequence[str]) -> Table:
    schema = {one: _COLUMNS[one][0] for one in names}
    columns = tuple(Column(name=one, description=_COLUMNS[one][1], unit=_COLUMNS[one][2]) for one in names)
    frame = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    return Table(name=name, title=title, frame=frame, columns=columns, key=tuple(key))


def skill_table(rows: Sequence[SkillRow]) -> Table:
    """Every model against its baseline."""
    names = ("subject", "part", "horizon", "score", "model", "baseline", "forecasts", "events", "countries", "loss",
             "baseline_loss", "skill", "low", "high", "verdict")  # fmt: skip
    cells = []
    for row in rows:
        head = (row.subject, row.part, row.horizon, row.score, row.model, row.baseline)
        one = row.found
        body = (
            (0, row.events, 0, None, None, None, None, None)
            if one is None
            else (one.forecasts, row.events, one.countries, one.loss, one.baseline_loss, one.skill, one.low, one.high)
        )
        cells.append((*head, *body, row.verdict))
    return _table("skill", "How good the forecasts were", names, cells, names[:6])


def reliability_table(bins: Mapping[tuple[str, str], Sequence[Bin]]) -> Table:
    """Forecasts by their probability, and how many came true; keyed by subject and model."""
    names = ("subject", "model", "bin", "from_share", "to_share", "forecasts", "countries", "mean_forecast",
             "happened_share", "low", "high", "effective")  # fmt: skip
    rows = [
        (subject, model, number, one.from_share, one.to_share, one.forecasts, one.countries, one.mean_forecast,
         one.happened_share, one.low, one.high, one.effective)
        for (subject, model), some in bins.items()
        for number, one in enumerate(some, start=1)
    ]  # fmt: skip
    return _table("reliability", "Probability given and share that came true", names, rows, names[:3])


def ratios_table(ratios: Mapping[tuple[str, int, str], Ratio]) -> Table:
    """Events observed and expected, by part, horizon and model."""
    names = ("part", "horizon", "model", "observed", "expected", "ratio", "low", "high")
    rows = [(*key, one.observed, one.expected, one.ratio, one.low, one.high) for key, one in ratios.items()]
    return _table("observed_expected", "Events observed and expected", names, rows, names[:3])


def jackknife_table(removals: Sequence[Removal]) -> Table:
    """The skill without each country, and without the pairs that change it most."""
    names = ("without", "count", "skill")
    rows = [(", ".join(one.without), len(one.without), one.skill) for one in removals]
    return _table("without_countries", "Skill without some countries", names, rows, ("without",))


def forecasts_table(rows: StepRows) -> Table:
    """Every forecast of a step with its outcome."""
    names = ("origin", "country", "step", "horizon", "happened", *MODELS)
    cells = [
        (rows.origin[at], rows.country[at], rows.step[at], int(rows.horizon[at]), bool(rows.happened[at]),
         *(float(rows.probability[model][at]) for model in MODELS))
        for at in range(len(rows.origin))
    ]  # fmt: skip
    return _table("backtest", "Every forecast of a step and what came of it", names, cells, names[:4])


def base_rate_table(forecasts: Sequence[BaseForecast]) -> Table:
    """What the base rate foretells for the aspirant."""
    names = ("step", "year", "probability", "low", "high", "events", "exposure_years")
    rows = [(one.step, one.year, one.probability, one.low, one.high, one.events, one.exposure_years)
            for one in forecasts]  # fmt: skip
    return _table("base_rate", "The next steps at the base rate", names, rows, names[:2])
