"""The model as the page works with it: steps, members, parameters, measures, and the keys of all random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shteg.pathways.model.arrays import Flags
from shteg.pathways.model.model import Model, cut_points, rate_source
from shteg.randomness import stable_key

VERSION = 1
"""Of the form of the package; a page reads only its own."""


def describe(model: Model, seed: np.uint64, draws: Sequence[int], worlds: int) -> dict[str, Any]:
    """Describe everything but the columns of draws, by parts that become rows of a table.

    Parameters
    ----------
    model : Model
    seed : uint64
        The folded seed.
    draws : sequence of int
        Numbers of the draws that are packed.
    worlds : int
        Worlds of each.

    Returns
    -------
    dict
        Part → what JSON can hold.
    """
    st = model.structure
    return {
        "worlds": {
            "version": VERSION,
            "seed": key(seed),
            "draws": list(draws),
            "worlds": worlds,
            "horizon": st.horizon,
            "years": list(model.years),
            "yearTimes": st.year_times.tolist(),
            "reportYears": list(model.report_years),
            "vetoes": bool(st.vetoes),
            "withdraws": bool(st.withdraws),
            "lapses": bool(st.lapses),
            "order": st.step_order.tolist(),
            "factorKey": key(st.factor_key),
            "settlementKey": key(st.settlement_key),
            "withdrawalKey": key(st.episode_key[-1]),
            "objections": model.objections is not None,
            "hold": model.ratify_hold is not None,
        },
        "steps": [_step(model, k) for k in range(len(model.steps))],
        "members": [_member(model, j) for j in range(len(model.members))],
        "ratification": [
            [[key(one) for one in st.ratify_key[k, j]] for j in range(len(model.members))]
            for k in range(len(model.steps))
            if st.ratified[k]
        ],
        "areas": [
            {"id": area.id, "key": key(st.area_key[a]), "elapsed": float(st.area_elapsed[a])}
            for a, area in enumerate(model.case.pathways.areas)
        ],
        "shocks": [
            {
                "id": shock.id,
                "key": key(st.shock_key[h]),
                "underWay": bool(st.under_way[h]),
                "underWayKey": key(st.under_way_key[h]),
            }
            for h, shock in enumerate(model.case.pathways.shocks)
        ],
        "parameters": [
            {
                "name": name,
                "value": one.parameter.value,
                "low": one.parameter.low,
                "high": one.parameter.high,
                "domain": one.domain,
                "key": key(stable_key("parameter", name)),
                "packed": one.estimated is not None,
            }
            for name, one in model.named.items()
        ],
        "measures": [
            {
                "id": measure.id,
                "start": measure.start_years,
                "effects": [
                    {
                        "target": one.target,
                        "operation": one.operation,
                        "value": one.value,
                        "low": one.low,
                        "high": one.high,
                        "key": key(stable_key("parameter", f"{measure.id}\x1f{one.target}\x1f{one.operation}")),
                    }
                    for one in measure.effects
                ],
            }
            for measure in model.case.recommendations.measures
        ],
    }


def key(number: np.uint64) -> str:
    """Write a 64-bit key in sixteen hexadecimal digits: a number of JavaScript could not hold it."""
    return f"{int(number):016x}"


def _step(model: Model, k: int) -> dict[str, Any]:
    step, st = model.steps[k], model.structure
    duration = model.duration
    return {
        "id": step.id,
        "rule": step.rule,
        "prerequisites": np.flatnonzero(st.prerequisite[k]).tolist(),
        "eligible": bits(st.eligible[k]),
        "electors": int(st.electors[k]),
        "votes": int(st.votes[k]),
        "ratified": bool(st.ratified[k]),
        "reached": bool(st.reached[k]),
        "areas": np.flatnonzero(st.needs_area[k]).tolist(),
        "content": step.statehood_content,
        "elapsed": float(st.elapsed[k]),
        "cuts": [[years, duration.units[at]] for years, at in cut_points(model, step)] if duration else [],
        "rate": "" if step.ratified else rate_source(model, step),
        "key": key(st.procedure_key[k]),
        "lapseKey": key(st.lapse_key[k]),
    }


def _member(model: Model, j: int) -> dict[str, Any]:
    st = model.structure
    return {
        "id": model.members[j],
        "moves": bool(st.moves[j]),
        "begun": bool(model.objections.begun[j]) if model.objections is not None else False,
        "consent": key(st.consent_key[j]),
        "change": key(st.change_key[j]),
        "follow": key(st.follow_key[j]),
        "episode": key(st.episode_key[j]),
    }


def bits(flags: Flags) -> str:
    """Write flags as a text of zeros and ones."""
    return "".join("1" if one else "0" for one in flags)
