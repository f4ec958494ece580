"""The survey stage: published figures, their trends and coherence, and estimates of the waves with microdata."""

from __future__ import annotations

from shteg.estimates import StageResult, Value
from shteg.evidence.case import Case
from shteg.survey.coherence.examine import examine_coherence
from shteg.survey.coherence.polls import as_printed
from shteg.survey.opinion.tables import coherence_table, published_table, trend_tables, wave_tables
from shteg.survey.opinion.values import coherence_values, published_values, trend_values, wave_values
from shteg.survey.opinion.wave_estimates import estimate_wave
from shteg.survey.published.published import ASSUMED_DESIGN_EFFECT, is_elsewhere, read_figures
from shteg.survey.published.trends import estimate_trends
from shteg.survey.waves.read_wave import read_wave

LEVEL = 0.95
"""Coverage of all survey intervals."""


def estimate_opinion(case: Case, *, design_effect: float = ASSUMED_DESIGN_EFFECT) -> StageResult:
    """Estimate what people want, from everything the case holds on it.

    Parameters
    ----------
    case : Case
        A case without surveys gives empty tables and no values. Figures of other populations
        (`other_populations` of questions.toml) are in no trend and in no check.
    design_effect : float, >= 1
        Assumed for published figures, whose design effect nobody printed.

    Returns
    -------
    StageResult
        Stage "survey": tables published, trends, trend_series, trend_points, house_effects, coherence, wave_estimates,
        waves; values `survey.<figure>`, `survey.trend.…`, `coherence.…` and `survey.wave.…`.

    Raises
    ------
    DesignError
        The data of a wave do not fit its design or its questionnaire.
    """
    readings = read_figures(case.published, case.designs, design_effect=design_effect, level=LEVEL)
    own = [one for one in readings if not is_elsewhere(one.figure, case.other_populations)]
    trends = estimate_trends(own, case.questions, design_effect=design_effect, level=LEVEL)
    printed = as_printed([one.figure for one in own], case.corrected)
    report = examine_coherence(printed, case.population, case.schemes, case.designs, case.questions)
    designs = [(wave, read_wave(wave)) for wave in case.waves]
    estimates = [
        estimate_wave(wave, design, minimum_base=case.header.minimum_base, level=LEVEL) for wave, design in designs
    ]
    tables = (
        published_table(readings, design_effect, case.header.minimum_base, case.other_populations),
        *trend_tables(trends),
        coherence_table(case, report),
        *wave_tables([(wave.id, wave.design.source, design) for wave, design in designs], estimates),
    )
    values: list[Value] = [
        *published_values(case, readings, design_effect, LEVEL),
        *trend_values(case, trends, LEVEL),
        *coherence_values(case, report),
    ]
    for (wave, _), frame in zip(designs, estimates, strict=True):
        values += wave_values(case, wave, frame, LEVEL)
    return StageResult(stage="survey", tables={table.name: table for table in tables}, values=tuple(values))
