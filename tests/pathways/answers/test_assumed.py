"""The share of the variance of a forecast that rests on assumed parameters, against laws that are known."""

import dataclasses

import numpy as np
import pytest
from scipy.special import expit

from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case
from shteg.pathways import simulate_pathways
from shteg.pathways.answers.assumed import AssumedShare, assumed_share, shuffle_draws
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.forecast.simulate import simulate_enough
from shteg.pathways.model.parameters import draw_parameters
from tests.pathways.rich import rich_case, rich_stages
from tests.pathways.worlds import consent, make_case, parameter, stages, step

DRAWS = 2000
CLOSE = 0.07  # covariances over 2,000 draws


def one_step(label: str) -> Case:
    """A step whose consent is a link, and whose procedure takes a time within a range."""
    only = step("only", rule="all")
    given = parameter(4.0, 1.0, 16.0, label=label)
    return make_case(
        (only,), members=("AAA",), consents=consent(slope=0.0, change_rate=0.0), procedures={"only": given},
        draws=DRAWS, worlds=400, report_years=(2031,),
    )  # fmt: skip


def measured(label: str, link_label: str, spread: float = 1.5) -> tuple[AssumedShare | None, float]:
    """The share found, and that of the procedure in p = c·h: its own variance, and half of what both explain."""
    case = one_step(label)
    intercept = spread * np.random.default_rng(1).standard_normal(DRAWS)
    link = {"intercept": intercept, "slope": np.zeros(DRAWS), "statehood": np.zeros(DRAWS)}
    model = build_model(case, *stages(case), (), consent=linked(link_label, link), effects=False)
    done = simulate_enough(model)
    median = draw_parameters(model.named, case.header.seed, 0, DRAWS)["procedure.only.median_years"]
    year = model.structure.year_times[model.structure.report_index[0]]
    c, h = expit(intercept), 1.0 - 0.5 ** (year / median)
    alone, other = c.mean() ** 2 * h.var(), h.mean() ** 2 * c.var()
    total = alone + other + c.var() * h.var()
    return assumed_share(model, done, 0, 0), float((alone + 0.5 * (total - alone - other)) / total)


def linked(label: str, units: dict[str, np.ndarray]) -> StageResult:
    draws = Draws(
        values=np.stack(list(units.values()), axis=1), units=tuple(units), measure="logit", label=label,
        source_ids=("votes",),
    )  # fmt: skip
    return StageResult(stage="consent", draws={"consent_link": draws})


@pytest.mark.parametrize(
    ("label", "link_label"), [("assumed", "estimated"), ("borrowed", "assumed"), ("assumed", "assumed")]
)
def test_the_share_is_that_of_a_product_of_two(label: str, link_label: str) -> None:
    found, procedure = measured(label, link_label)
    assert found is not None
    exact = {"estimated": procedure, "assumed": 1.0 - procedure}[link_label] if label != link_label else 1.0
    assert found.share == pytest.approx(exact, abs=CLOSE)
    assert found.low <= found.share <= found.high
    assert found.high - found.low < 0.25


def test_nothing_assumed_is_no_share_and_no_spread_none() -> None:
    found, _ = measured("borrowed", "estimated")
    assert found is not None
    assert found.share == pytest.approx(0.0, abs=CLOSE)
    case = make_case((step("only"),), procedures={"only": parameter(1e-9)}, draws=20, worlds=10)
    model = build_model(case, *stages(case), (), effects=False)
    assert assumed_share(model, simulate_enough(model), 0, 0) is None


def test_what_is_estimated_together_stays_together() -> None:
    """Intercept and statehood move together; where only one of them is assumed, the other keeps what they share."""
    case = one_step("assumed")
    base = np.random.default_rng(2).standard_normal(DRAWS)
    noise = 0.1 * np.random.default_rng(3).standard_normal(DRAWS)
    link = {"intercept": base, "slope": np.ones(DRAWS), "statehood": 5.0 + base + noise}
    model = build_model(case, *stages(case), (), consent=linked("estimated", link), effects=False)
    named = dict(model.named)
    statehood = named["consent.statehood"]
    assumed = statehood.parameter.model_copy(update={"label": "assumed"})
    named["consent.statehood"] = dataclasses.replace(statehood, parameter=assumed)
    mixed = shuffle_draws(
        dataclasses.replace(model, named=named), np.random.default_rng(4).permutation(DRAWS), assumed=False
    ).named
    drawn = {name: mixed[f"consent.{name}"].estimated for name in ("intercept", "statehood")}
    assert np.array_equal(drawn["statehood"], model.named["consent.statehood"].estimated)
    assert not np.array_equal(drawn["intercept"], base)
    assert np.corrcoef(drawn["intercept"], drawn["statehood"])[0, 1] > 0.98


def test_the_stage_tells_it() -> None:
    case = rich_case()
    values = {one.id: one for one in simulate_pathways(case, *rich_stages(case)).values}
    told = values["forecast.assumed-share"]
    assert 0.0 <= float(told.number) <= 1.0
    assert told.low is not None
    assert told.low <= float(told.number)
