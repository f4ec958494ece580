"""A made-up case that uses every part of the model at once, with uncertain parameters and uncertain draws."""

import dataclasses

import numpy as np

from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case
from tests.pathways.worlds import (
    MEMBERS,
    area,
    consent,
    effect,
    make_case,
    measure,
    parameter,
    settlement,
    shock,
    stages,
    step,
)

STEPS = (
    step("tailored", rule="all", rung=0, statehood_content=0.2, requirement_areas=("law",)),
    step("centre", rule="sponsors", sponsors=MEMBERS[2:5], rung=0, statehood_content=0.2),
    step("first", rule="all", rung=1, statehood_content=0.4, requirement_areas=("law", "army")),
    step("second", rule="two_thirds", rung=2, statehood_content=0.8, prerequisites=("first",)),
    step("third", rule="majority", rung=3, statehood_content=1.0, prerequisites=("second", "centre")),
    step("ratified", rule="all", rung=4, ratified=True, prerequisites=("third",)),
    step("member", rung=5, prerequisites=("ratified",), fitted_from="third"),
)
MEASURES = (
    measure("persuade", effect("consent.intercept", "add", 0.6, 0.1, 1.0), effect("consent.slope", "multiply", 1.1)),
    measure("one-member", effect("consent.member.AAB", "add", 2.0, 1.0, 3.0), start_years=1.5, label="estimated"),
    measure("settle", effect("settlement.rate", "multiply", 2.0, 1.5, 3.0), effect("settlement.follow", "add", 0.1)),
    measure("come-round", effect("consent.change_rate", "multiply", 1.5), start_years=2.0),
    measure("reform", effect("area.army.median_years", "multiply", 0.6, 0.5, 0.8), start_years=0.5, label="borrowed"),
    measure("pace", effect("step.first.log_rate", "add", 0.5, 0.2, 0.8)),
    measure("later-pace", effect("step.second.log_rate", "add", 0.4), start_years=3.0),
    measure("calm", effect("shock.crisis.rate", "multiply", 0.5), start_years=1.0),
    measure("nothing", effect("consent.intercept", "add", 0.0), effect("shock.crisis.rate", "multiply", 1.0)),
)


def rich_case(*, draws: int = 10, worlds: int = 50, members: tuple[str, ...] = MEMBERS[:12], seed: int = 3) -> Case:
    return make_case(
        STEPS,
        members=members,
        measures=MEASURES,
        draws=draws,
        worlds=worlds,
        seed=seed,
        horizon_years=12,
        report_years=(2029, 2033, 2038),
        consents=consent(
            intercept=parameter(3.0, 2.5, 3.4),
            slope=parameter(0.8, 0.5, 1.0),
            statehood=parameter(1.5, 1.0, 2.0),
            common_factor=parameter(0.8, 0.5, 1.2),
            change_rate=parameter(0.3, 0.2, 0.4),
            defection=parameter(0.01, 0.001, 0.03),
        ),
        settlement=settlement(0.2, (MEMBERS[0], MEMBERS[3], MEMBERS[7]), 0.8),
        areas=(area("law", 1.0, 1.5), area("army", 2.0, 2.5)),
        shocks=(shock("war", 0.3, 1.0, 0.8), shock("crisis", 0.4, 1.5, -1.0)),
        procedures={"tailored": parameter(0.8, 0.4, 1.5), "centre": parameter(0.5, 0.4, 0.7)},
    )


def rich_stages(case: Case) -> tuple[StageResult, StageResult]:
    members, count = tuple(one.member for one in case.members), case.pathways.draws
    noise = np.random.default_rng(11)
    theta = np.array([np.sin(sum(map(ord, code))) for code in members])  # belongs to the code, not to the place
    shift = noise.normal(size=(count, 1)) * 0.2
    rates = {"first": 1.5, "second": 1.2, "third": 1.5}
    stance, accession = stages(case, theta=theta, rates=rates, log_days=5.0 + 0.3 * theta)
    theta_draws = dataclasses.replace(stance.draws["theta"], values=theta + shift)
    kept = {
        **accession.draws,
        "log_rate": Draws(
            values=np.log(list(rates.values())) + noise.normal(size=(count, 3)) * 0.2,
            units=tuple(rates),
            measure="log_rate_per_year",
            label="estimated",
            source_ids=("made-up",),
        ),
    }
    return StageResult(stage="stance", draws={"theta": theta_draws}), StageResult(stage="accession", draws=kept)
