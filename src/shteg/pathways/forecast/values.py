"""The values of the stage that a text may quote, and the draws it hands on."""

from __future__ import annotations

import numpy as np

from shteg.estimates import Draws, Unit, Value
from shteg.pathways.engine.build_model import Model
from shteg.pathways.forecast.shares import LEVEL, Shares, median_years
from shteg.pathways.forecast.tables import TINY, Summary, blocker_cells, effect_scenarios
from shteg.pathways.model.arrays import CONDITIONS
from shteg.pathways.model.provenance import Basis, basis_of_effect, basis_of_step, weakest

SEPARATOR = "|"
"""Between measure, step and year in the units of draws; ids never hold it."""


def share_decimals(number: float) -> int:
    """Decimals of the percentage: one below ten per cent, none above."""
    return 1 if round(abs(number), 12) < 0.095 else 0


def share_value(
    name: str,
    key: str,
    args: dict[str, str],
    shares: Shares,
    at: tuple[int, ...],
    basis: Basis,
    method: str,
    *,
    difference: bool = False,
) -> Value:
    """Make the value of a share, or of a difference of shares, with its interval, label and sources."""
    number, low, high = (float(x[at]) for x in (shares.mean, shares.low, shares.high))
    number, low, high = (0.0 if abs(x) < TINY else x for x in (number, low, high))
    return Value(
        id=name,
        number=number,
        unit="share",
        decimals=share_decimals(number),
        label=basis.label,
        label_key=f"value.pathways.{key}",
        label_args=args,
        source_ids=basis.source_ids,
        method=f"pathways#{method}",
        low=low,
        high=high,
        level=LEVEL,
        verified=basis.verified,
        details={"kind": "difference"} if difference or key.startswith("effect") or key == "blocker_importance" else {},
    )


def forecast_values(model: Model, summary: Summary) -> list[Value]:
    """Probabilities by report year, and the year by which a step is more likely than not."""
    worlds, found = model.case.pathways.worlds_per_draw, []
    pooled, per_draw = median_years(summary.cumulative, worlds, model.years)
    for k, step in enumerate(model.steps):
        basis, args = basis_of_step(model, k), {"step": f"step:{step.id}"}
        for year in model.report_years:
            at = (k, model.years.index(year))
            name = f"forecast.{step.id}.{year}"
            found.append(
                share_value(name, "forecast", {**args, "year": str(year)}, summary.incidence, at, basis, "forecast")
            )
        found.append(_median_year(model, step.id, int(pooled[k]), per_draw[:, k], basis))
    return found


def _median_year(model: Model, step: str, pooled: int, per_draw: np.ndarray, basis: Basis) -> Value:
    last = model.years[-1]
    edges = np.quantile(per_draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")
    low, high = int(edges[0]), int(edges[1])
    inside, closed = pooled <= last, pooled <= last and high <= last
    unit: Unit = "year" if inside else "text"
    return Value(
        id=f"forecast.median-year.{step}",
        number=float(pooled) if inside else f"> {last}",
        unit=unit,
        decimals=0,
        label=basis.label,
        label_key="value.pathways.median_year",
        label_args={"step": f"step:{step}"},
        source_ids=basis.source_ids,
        method="pathways#forecast",
        low=float(min(low, pooled)) if closed else None,
        high=float(max(high, pooled)) if closed else None,
        level=LEVEL if closed else None,
        verified=basis.verified,
        details={"low": str(low) if low <= last else f"> {last}", "high": str(high) if high <= last else f"> {last}"},
    )


def blocker_values(model: Model, summary: Summary) -> list[Value]:
    """Last to consent, objecting at the horizon, importance: by step and member."""
    found, horizon = [], str(model.years[-1])
    bases = [basis_of_step(model, k) for k in range(len(model.steps))]
    for k, j, race in blocker_cells(model, summary):
        step, member = model.steps[k].id, model.members[j]
        args = {"step": f"step:{step}", "member": f"member:{member}"}
        for kind, shares in (("last", summary.last), ("horizon", summary.blocked), ("importance", summary.critical)):
            key = kind if kind == "importance" else f"{kind}_{race}"
            full = args if kind == "last" else {**args, "year": horizon}
            name = f"blocker.{kind}.{step}.{member}"
            found.append(share_value(name, f"blocker_{key}", full, shares, (k, j), bases[k], "blockers"))
    return found


def effect_values(model: Model, summary: Summary) -> list[Value]:
    """What each measure, and all together, change."""
    found = []
    every = [measure.id for measure in model.case.recommendations.measures]
    for s, name in effect_scenarios(model):
        for k, step in enumerate(model.steps):
            basis = basis_of_effect(model, k, every if name == "all" else [name])
            for r, year in enumerate(model.report_years):
                args = {"step": f"step:{step.id}", "year": str(year)}
                if name != "all":
                    args["measure"] = f"measure:{name}"
                key = "effect_all" if name == "all" else "effect"
                at, full_name = (s, k, r), f"effect.{name}.{step.id}.{year}"
                found.append(share_value(full_name, key, args, summary.effects, at, basis, "effects"))
    return found


def stop_values(model: Model, summary: Summary) -> list[Value]:
    """Shares of the worlds that do not reach a step, by where and for want of what the way stops."""
    found = []
    for k, at, c in np.argwhere(summary.stopped > 0):
        step, stop, basis = model.steps[k].id, model.steps[at].id, basis_of_step(model, int(k))
        number = float(summary.stopped[k, at, c] / summary.stopped[k].sum())
        found.append(
            Value(
                id=f"stop.{step}.{stop}.{CONDITIONS[c]}",
                number=number,
                unit="share",
                decimals=share_decimals(number),
                label=basis.label,
                label_key=f"value.pathways.stop_{CONDITIONS[c]}",
                label_args={"step": f"step:{step}", "at_step": f"step:{stop}", "year": str(model.years[-1])},
                source_ids=basis.source_ids,
                method="pathways#conditions",
                verified=basis.verified,
            )
        )
    return found


def size_values(model: Model) -> list[Value]:
    """How much was simulated, and how far ahead."""
    pathways = model.case.pathways
    sources = tuple(sorted({one.parameter.source for one in model.named.values()}))
    numbers: tuple[tuple[str, float, Unit], ...] = (
        ("draws", pathways.draws, "count"),
        ("worlds", pathways.draws * pathways.worlds_per_draw, "count"),
        ("horizon", model.years[-1], "year"),
    )
    return [
        Value(
            id=f"simulation.{name}",
            number=float(number),
            unit=unit,
            decimals=0,
            label="computed",
            label_key=f"value.pathways.{name}",
            source_ids=sources,
            method="pathways#simulation",
        )
        for name, number, unit in numbers
    ]


def result_draws(model: Model, summary: Summary) -> dict[str, Draws]:
    """Hand on cleaned draws: `forecast` (units step|year) and `effect` (units measure|step|year) at report years."""
    bases = [basis_of_step(model, k) for k in range(len(model.steps))]
    sources = tuple(sorted({source for basis in bases for source in basis.source_ids}))
    label = weakest(basis.label for basis in bases)
    count = model.case.pathways.draws
    years = [(model.years.index(year), str(year)) for year in model.report_years]
    steps = [(k, step.id) for k, step in enumerate(model.steps)]
    forecast = [(k, y, SEPARATOR.join((step, year))) for k, step in steps for y, year in years]
    found = {
        "forecast": Draws(
            values=np.stack([summary.incidence.draws[:, k, y] for k, y, _ in forecast], axis=1),
            units=tuple(unit for _, _, unit in forecast),
            measure="share",
            label=label,
            source_ids=sources,
        )
    }
    scenarios = effect_scenarios(model)
    if scenarios:
        names = [SEPARATOR.join((name, step, year)) for _, name in scenarios for _, step in steps for _, year in years]
        chosen = summary.effects.draws[:, [s for s, _ in scenarios]]
        found["effect"] = Draws(
            values=chosen.reshape(count, -1), units=tuple(names), measure="share", label=label, source_ids=sources
        )
    return found
