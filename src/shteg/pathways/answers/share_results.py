"""Shares of measures as a table and as values."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.estimates import Column, Table, Value
from shteg.pathways.answers.frames import DRAWS, LABEL, MC_ERROR, STEP, WORLDS, YEAR, cells, make_table, share_columns
from shteg.pathways.answers.shapley import Attribution, Player
from shteg.pathways.forecast.values import share_value
from shteg.pathways.model.model import Model
from shteg.pathways.model.provenance import Basis, basis_of_effect

KINDS = (
    ("share", "shapley", "Fair part of what all measures together change (Shapley value)"),
    ("alone", "alone", "Change by this measure alone"),
    ("but_one", "all-but-one", "Change lost if this measure alone is left out of all"),
)


def attribution_table(model: Model, found: Sequence[Attribution]) -> Table:
    """Share, alone and all but one, by step, year and measure (or area)."""
    rows = []
    for one in found:
        for i, player in enumerate(one.players):
            basis = _basis(model, one.step, player)
            for r, year in enumerate(model.report_years):
                numbers: list[object] = []
                for kind, _, _ in KINDS:
                    shares = getattr(one, kind)
                    numbers += [*cells(shares, (i, r)), float(shares.mc_error[i, r])]
                rows.append(
                    [
                        model.steps[one.step].id,
                        year,
                        player.id,
                        player.kind,
                        *numbers,
                        one.draws,
                        one.worlds,
                        basis.label,
                    ]
                )
    columns = [
        STEP,
        YEAR,
        Column(name="measure", description="Measure (id), or area of measures where there are too many of them."),
        Column(name="player", description="What the effect is shared among: measure or area."),
    ]
    for kind, _, words in KINDS:
        columns += [
            *share_columns(kind, words, prefix=kind),
            Column(name=f"{kind}_mc_error", description=MC_ERROR.description, unit="share"),
        ]
    columns += [DRAWS, WORLDS, LABEL]
    return make_table("shapley", "What each measure adds to the package", columns, ("step", "year", "measure"), rows)


def attribution_values(model: Model, found: Sequence[Attribution]) -> list[Value]:
    """`shapley.<measure>.<step>.<year>`, `alone.…` is the effect as published, `all-but-one.<measure>.…`."""
    values = []
    for one in found:
        step = model.steps[one.step].id
        for i, player in enumerate(one.players):
            if player.kind != "measure":
                continue
            basis = _basis(model, one.step, player)
            for r, year in enumerate(model.report_years):
                args = {"step": f"step:{step}", "year": str(year), "measure": f"measure:{player.id}"}
                for kind, name in (("share", "shapley"), ("but_one", "all-but-one")):
                    values.append(
                        share_value(
                            f"{name}.{player.id}.{step}.{year}",
                            name.replace("-", "_"),
                            args,
                            getattr(one, kind),
                            (i, r),
                            basis,
                            "attribution",
                            difference=True,
                        )
                    )
    return values


def _basis(model: Model, k: int, player: Player) -> Basis:
    return basis_of_effect(model, k, player.measures)
