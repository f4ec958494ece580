"""What a reader can switch, and the engine's own answer to it: the page must give the same, world by world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from shteg.pathways.engine.build_model import make_plan, with_scenarios
from shteg.pathways.engine.simulation import trace_paths
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, Scenario

Rule = Literal["case", "all", "three_quarters", "two_thirds", "majority"]
"""How many members a step needs: as the case has it, or the same of all steps on which all members vote."""
Settled = Literal["estimated", "never", "now"]
RATE = "settlement.rate"
RATES: Mapping[Settled, float] = {"never": 0.0, "now": 100.0}
"""Yearly rate of the settlement: none at all, or one that comes within days."""
VOTES: Mapping[Rule, Callable[[int], int]] = {
    "all": lambda n: n,
    "three_quarters": lambda n: -(-3 * n // 4),
    "two_thirds": lambda n: -(-2 * n // 3),
    "majority": lambda n: n // 2 + 1,
}
BY_ALL = ("all", "two_thirds", "majority")
"""Rules of steps on which all members vote; named sponsors stay who they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A state of the switches.

    `measures` gives the intensity of each that is taken, `rule` holds for decisions, `ratification` for steps that are
    ratified; `always` and `never` are members.
    """

    measures: Mapping[str, float] = field(default_factory=dict)
    rule: Rule = "case"
    ratification: Rule = "case"
    settlement: Settled = "estimated"
    always: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def scenario(self) -> Scenario:
        """Give the scenario of the simulation that it stands for, without the rule."""
        return Scenario(
            name="setting",
            measures=frozenset(self.measures),
            timing={name: (None, intensity) for name, intensity in self.measures.items()},
            overrides={RATE: RATES[self.settlement]} if self.settlement != "estimated" else {},
            always=self.always,
            never=self.never,
        )


def with_rule(model: Model, rule: Rule, ratification: Rule) -> Model:
    """Let other numbers of members decide.

    Parameters
    ----------
    model : Model
    rule, ratification : Rule
        Of decisions, and of steps that are ratified.

    Returns
    -------
    Model
    """
    votes = np.array(model.structure.votes)
    for k, step in enumerate(model.steps):
        wanted = ratification if step.ratified else rule
        if wanted != "case" and step.rule in BY_ALL:
            votes[k] = VOTES[wanted](int(model.structure.electors[k]))
    return replace(model, structure=model.structure._replace(votes=votes))


def answer(model: Model, settings: Sequence[Setting], draws: Sequence[int], worlds: int) -> Floats:
    """Walk the worlds of some draws under settings of one rule, with the engine of the forecast.

    Parameters
    ----------
    model : Model
    settings : sequence of Setting
        All of the same rules.
    draws : sequence of int
        Numbers of posterior draws.
    worlds : int, >= 1
        Worlds of each draw, from its first on.

    Returns
    -------
    (draw, world, setting, step) float
        Years until each step, `NEVER` where it is not reached by the horizon.

    Raises
    ------
    ValueError
        The settings have several rules.
    ModelError
        A setting names what the case does not have.
    """
    rules = {(one.rule, one.ratification) for one in settings}
    if len(rules) != 1:
        raise ValueError(f"one rule at a time, not {len(rules)}")
    ruled = with_rule(with_scenarios(model, [one.scenario() for one in settings]), *rules.pop())
    plan = make_plan(ruled)
    return np.concatenate([trace_paths(ruled, draw, draw + 1, worlds, plan=plan) for draw in draws])
