"""Quotable values of the hazard model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shteg.accession.curves.values import LEVEL, Ladder
from shteg.accession.ladder.fit import HIGH, LOW
from shteg.accession.ladder.person_period import PIECES
from shteg.accession.ladder.summary import Effect, StepRate
from shteg.estimates import Label, Unit, Value
from shteg.evidence.case import Case


def rate_values(case: Case, rates: Sequence[StepRate], borrowed: Mapping[str, str]) -> list[Value]:
    """Rates of the aspirant per year at risk and its median waits, with 90 % intervals."""
    ladder = Ladder(case)
    by_step = {rate.step: rate for rate in rates}
    values: list[Value] = []
    for step, origin in [*((rate.step, rate.step) for rate in rates), *borrowed.items()]:
        one = by_step[origin]
        label: Label = "borrowed" if step != origin else "estimated" if one.events else "assumed"
        details = {"events": one.events, "exposure_years": one.exposure, "elapsed_years": one.elapsed}
        sources, verified = ladder.sources([origin]), ladder.verified([origin])
        args = {"step": f"step:{step}", "country": f"country:{case.header.aspirant}"}
        kinds: list[tuple[str, Unit, int, tuple[float, float, float]]] = [
            ("rate", "ratio", 2, (one.rate, one.rate_low, one.rate_high)),
            ("median-wait", "years", 1, (one.wait, one.wait_low, one.wait_high)),
        ]
        for kind, unit, decimals, (number, low, high) in kinds:
            values.append(
                Value(
                    id=f"ladder.{kind}.{step}", number=number, unit=unit, decimals=decimals, label=label,
                    label_key=f"value.accession.{kind}", label_args=args, source_ids=sources, method="ladder#model",
                    low=low, high=high, level=LEVEL, verified=verified, details=details,
                )
            )  # fmt: skip
    return values


def effect_values(case: Case, found: Sequence[Effect]) -> list[Value]:
    """Hazard ratios of what the countries share: associations, not causes."""
    ladder = Ladder(case)
    steps = [step.id for step in ladder.steps]
    blocks = tuple(sorted({block.source for block in case.blocks}))
    used = {one.source for one in case.covariates if "ladder" in case.variables[one.variable].use}
    values: list[Value] = []
    for one in found:
        args: dict[str, str] = {}
        sources = ladder.sources(steps)
        if one.kind == "block":
            name, sources = "blocked", blocks or sources
        elif one.kind == "skip":
            name = "skipped"
        elif one.kind == "duration":
            years = f"{PIECES[int(one.name) - 1]:g}"
            name, args = f"waited-{years}", {"years": years}
        elif one.kind == "slope":
            name, args, sources = one.name, {"variable": f"variable:{one.name}"}, tuple(sorted(used)) or sources
        else:
            continue
        key = "variable" if one.kind == "slope" else "waited" if one.kind == "duration" else name
        values.append(
            Value(
                id=f"ladder.effect.{name}", number=float(np.exp(one.mean)), unit="ratio", decimals=2, label=one.label,
                label_key=f"value.accession.effect-{key}", label_args=args, source_ids=sources, method="ladder#model",
                low=float(np.exp(one.low)), high=float(np.exp(one.high)), level=LEVEL, verified=ladder.verified(steps),
                details={"learnt": one.learnt},
            )
        )  # fmt: skip
    return values


def prior_values(case: Case, waits: Mapping[str, NDArray[np.float64]]) -> list[Value]:
    """The median wait under the prior alone, over all steps."""
    if not waits:
        return []
    number, low, high = (float(x) for x in np.quantile(np.concatenate(list(waits.values())), [0.5, LOW, HIGH]))
    return [
        Value(
            id="ladder.prior.median-wait", number=number, unit="years", decimals=1, label="assumed",
            label_key="value.accession.prior-wait", source_ids=Ladder(case).fallback or ("case",),
            method="ladder#model", low=low, high=high, level=LEVEL,
        )
    ]  # fmt: skip
