"""The posterior draws that a model works with, one column each, and a model with other numbers in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from shteg.estimates import Draws
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, cut_points, rate_source

HELD = ("theta", "log_rate", "ratify_mean", "ratify_sd", "ratify_hold", "duration", "veto")
"""Fields of `Model` that hold draws, (draw, unit)."""
NAMED, ONSET, END = "named", "onset", "end"
SEPARATOR = "/"


def columns_of(model: Model) -> dict[str, Floats]:
    """List the columns of draws that the simulation of a model reads.

    Parameters
    ----------
    model : Model

    Returns
    -------
    dict of str to (draw,) float
        By name: `theta/<member>`, `log_rate/<step>`, `named/<parameter>` of what was estimated, and so on.
    """
    found: dict[str, Floats] = {}
    for name, parameter in model.named.items():
        if parameter.estimated is not None:
            found[f"{NAMED}{SEPARATOR}{name}"] = parameter.estimated
    for field in HELD:
        draws: Draws | None = getattr(model, field)
        if draws is not None:
            for unit in _units_read(model, field, draws):
                found[f"{field}{SEPARATOR}{unit}"] = draws.values[:, draws.units.index(unit)]
    if model.objections is not None:
        for j, member in enumerate(model.members):
            found[f"{ONSET}{SEPARATOR}{member}"] = model.objections.onset[:, j]
            found[f"{END}{SEPARATOR}{member}"] = model.objections.end[:, j]
    return found


def _units_read(model: Model, field: str, draws: Draws) -> Iterator[str]:
    """Name the units of draws that any step or member of the model asks for."""
    if field == "log_rate":
        sources = (rate_source(model, step) for step in model.steps if not step.ratified)
        wanted = [one.removeprefix("log_rate.") for one in sources if one.startswith("log_rate.")]
    elif field == "duration":
        wanted = [draws.units[at] for step in model.steps for _, at in cut_points(model, step)]
    elif field in ("theta", "ratify_mean"):
        wanted = list(model.members)
    elif field == "ratify_hold":
        shares = [f"share|{member}" for member in model.members]
        wanted = ["share", *(one for one in shares if one in draws.units), "log_extra_days", "sd"]
    elif field == "veto":
        wanted = [] if model.objections is not None else ["onset", "end"]
    else:
        wanted = [draws.units[0]]
    yield from (unit for unit in dict.fromkeys(wanted) if unit in draws.units)


def with_columns(model: Model, columns: Mapping[str, Floats], rows: list[int]) -> Model:
    """Put other numbers in the place of some draws of a model.

    Parameters
    ----------
    model : Model
    columns : mapping of str to (n,) float
        By the names of `columns_of`.
    rows : list of int
        The n draws that they are of; all others stay.

    Returns
    -------
    Model
    """
    named = {
        name: replace(one, estimated=_put(one.estimated, rows, columns[f"{NAMED}{SEPARATOR}{name}"]))
        if one.estimated is not None
        else one
        for name, one in model.named.items()
    }
    changed: dict[str, object] = {"named": named}
    for field in HELD:
        draws: Draws | None = getattr(model, field)
        if draws is not None:
            values = np.array(draws.values)
            for at, unit in enumerate(draws.units):
                if (name := f"{field}{SEPARATOR}{unit}") in columns:
                    values[rows, at] = columns[name]
            changed[field] = replace(draws, values=values)
    if model.objections is not None:
        onset, end = np.array(model.objections.onset), np.array(model.objections.end)
        for j, member in enumerate(model.members):
            onset[rows, j] = columns[f"{ONSET}{SEPARATOR}{member}"]
            end[rows, j] = columns[f"{END}{SEPARATOR}{member}"]
        changed["objections"] = replace(model.objections, onset=onset, end=end)
    return replace(model, **changed)  # type: ignore[arg-type]


def _put(column: Floats, rows: list[int], values: Floats) -> Floats:
    found = np.array(column)
    found[rows] = values
    return found
