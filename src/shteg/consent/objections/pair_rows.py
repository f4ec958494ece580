"""Rows of members and candidates at risk, and the hazard model of them: effects, priors, layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from shteg.accession.ladder.hazard_design import Columns, HazardDesign
from shteg.arrays import Bools, Floats, Ints
from shteg.errors import ModelError

PERIOD = 1.0
"""Years in a period: an objection begins or ends within one."""

GROUNDS = ("statehood", "border", "minority", "law", "domestic", "third_party")

SCALES = ("organisation", "ground", "member", "candidate")
"""Groups whose standard deviation is learnt, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPrior:
    """Priors of a hazard of pairs; docs/methods/consent.md gives the reasons.

    Attributes
    ----------
    level : (mean, sd)
        Log yearly rate of a pair without any relation.
    features : mapping of str to (mean, sd)
        What each feature adds to it.
    scales : mapping of str to float
        Half-normal scales of the standard deviations of groups.
    """

    level: tuple[float, float]
    features: Mapping[str, tuple[float, float]]
    scales: Mapping[str, float]

    def scale_of(self, name: str) -> float:
        """Give the scale of the half-normal prior of a learnt standard deviation."""
        return self.scales[name]

    def variance(self, features: Mapping[str, float], groups: Sequence[str]) -> float:
        """Give the prior variance of a log rate: E σ² of a half-normal σ is its scale squared.

        Parameters
        ----------
        features : mapping of str to float
            Feature → its amount.
        groups : sequence of str
            Groups whose effects are part of the rate.
        """
        fixed = self.level[1] ** 2 + sum((amount * self.features[name][1]) ** 2 for name, amount in features.items())
        return fixed + sum(self.scales[group] ** 2 for group in groups)


ONSET = PairPrior(
    level=(float(np.log(0.002)), 1.5),
    features=MappingProxyType(
        {
            "non_recognition": (2.0, 1.0),
            "dispute": (1.5, 1.0),
            "kin_minority": (0.5, 1.0),
            "neighbour": (0.5, 1.0),
            "first_year": (0.5, 1.0),
        }
    ),
    scales=MappingProxyType({"organisation": 0.5, "member": 0.7, "candidate": 0.7}),
)
"""Onset: a pair without relation once in 500 years, within a factor of 12 either way; relations raise it, to a degree
that is left open."""

END = PairPrior(
    level=(float(np.log(0.25)), 1.0),
    features=MappingProxyType({"non_recognition": (-0.5, 1.0), "new_government": (0.5, 0.7)}),
    scales=MappingProxyType({"organisation": 0.5, "ground": 0.7, "member": 0.5, "candidate": 0.5}),
)
"""End: an objection lasts four years, within a factor of five; a new government hastens its end, if anything."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairRows:
    """Time at risk of pairs of member and candidate, with what happened in it.

    Attributes
    ----------
    names : mapping of str to tuple of str
        Names of each group: "organisation", "member", "candidate" and, of ends, "ground".
    groups : mapping of str to (row,) int
        Place of each row's name in its group.
    features : tuple of str
    values : (row, feature) float
    quiet_years : (row,) float, >= 0
        Time in which nothing happened.
    events : (row,) int
        Periods with an event; each adds one period at risk, which `quiet_years` does not hold.
    period : float
        Its length, in years.
    """

    names: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Ints]
    features: tuple[str, ...]
    values: Floats
    quiet_years: Floats
    events: Ints
    period: float = field(default=PERIOD)

    def __post_init__(self) -> None:
        rows = len(self.events)
        if self.values.shape != (rows, len(self.features)) or {len(self.quiet_years), rows} != {rows}:
            raise ModelError("rows of pairs have columns of unequal length", "give one entry per row", "objections")
        for group, places in self.groups.items():
            if len(places) != rows or (rows and not (places.min() >= 0 and places.max() < len(self.names[group]))):
                raise ModelError(f"rows of pairs name no {group}", "number the names of a group from 0", "objections")
        if rows and (self.quiet_years.min() < 0 or self.events.min() < 0):
            raise ModelError("time at risk and events cannot be negative", "check begin and end", "objections")

    @property
    def exposure_years(self) -> Floats:
        """Years at risk, (row,), periods with an event among them."""
        exposure: Floats = self.quiet_years + self.period * self.events
        return exposure

    def take(self, kept: Bools) -> PairRows:
        """Give some of the rows; a name that is left in none of them keeps its effect, which is the prior's."""
        return replace(
            self,
            groups={group: places[kept] for group, places in self.groups.items()},
            values=self.values[kept],
            quiet_years=self.quiet_years[kept],
            events=self.events[kept],
        )


def build_pair_design(rows: PairRows, prior: PairPrior) -> HazardDesign:
    """Lay out the effects of a hazard of pairs: level, features, organisation, ground, member, candidate.

    Groups without a name in the rows are left out.

    Parameters
    ----------
    rows : PairRows
    prior : PairPrior
        With an entry for each feature and each group of the rows.

    Returns
    -------
    HazardDesign
        Kinds of effects: "level", "feature" and the groups.
    """
    plan: list[tuple[str, tuple[str, ...], float, float | str]] = [("level", ("level",), *prior.level)]
    plan += [("feature", (name,), *prior.features[name]) for name in rows.features]
    plan += [(group, rows.names[group], 0.0, group) for group in SCALES if rows.names.get(group)]
    columns: list[Columns] = []
    index: list[Ints] = []
    value: list[Floats] = []
    zero, one = np.zeros(len(rows.events), dtype=np.int64), np.ones(len(rows.events))
    start, at = 0, 0
    for kind, names, mean, sd in plan:
        columns.append(Columns(kind=kind, start=start, names=names, mean=mean, sd=sd))
        index.append(start + rows.groups.get(kind, zero))
        value.append(rows.values[:, at] if kind == "feature" else one)
        at += kind == "feature"
        start += len(names)
    return HazardDesign(
        columns=tuple(columns),
        index=np.stack(index, axis=1),
        value=np.stack(value, axis=1),
        scales=tuple(group for group in SCALES if rows.names.get(group)),
        prior=prior,
    )
