"""A package as the page gets it, and settings drawn at random."""

import json
from typing import Any

import numpy as np

from shteg.explorer.package import Package, to_json
from shteg.explorer.setting import Setting
from shteg.pathways.model.model import Model

RULES = ("case", "all", "three_quarters", "two_thirds", "majority")


def book_of(package: Package) -> dict[str, Any]:
    """Give what the script of the page holds."""
    columns = [[" ".join(one.names), one.low, one.high, one.text] for one in package.columns]
    return {"parts": json.loads(to_json(package.parts)), "columns": columns}


def random_settings(model: Model, count: int, seed: int) -> list[Setting]:
    """Draw settings of every kind: none, one or many measures, members and rules switched."""
    noise = np.random.default_rng(seed)
    measures = [one.id for one in model.case.recommendations.measures]
    settled = ("estimated", "never", "now") if "settlement.rate" in model.named else ("estimated",)
    found = []
    for _ in range(count):
        taken = {one: float(noise.choice([0.5, 1.0, 1.5, 2.0])) for one in measures if noise.random() < noise.random()}
        share = noise.random() * 0.4
        states = {one: noise.random() for one in model.members}
        rule, ratification = (RULES[noise.integers(len(RULES))] for _ in range(2))
        found.append(
            Setting(
                measures=taken,
                rule=rule,  # type: ignore[arg-type]
                ratification=ratification,  # type: ignore[arg-type]
                settlement=settled[noise.integers(len(settled))],  # type: ignore[arg-type]
                always=frozenset(one for one, state in states.items() if state < share),
                never=frozenset(one for one, state in states.items() if state > 1 - share / 8),
            )
        )
    return found


def as_switched(setting: Setting) -> dict[str, Any]:
    """Write a setting as the page has it."""
    members = dict.fromkeys(sorted(setting.always), "always") | dict.fromkeys(sorted(setting.never), "never")
    return {
        "measures": dict(setting.measures),
        "rule": setting.rule,
        "ratification": setting.ratification,
        "settlement": setting.settlement,
        "members": members,
    }
