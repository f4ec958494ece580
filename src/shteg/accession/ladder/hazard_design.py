"""The latent effects of the hazard model: their columns, their priors, and the rows as sparse combinations of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from shteg.accession.ladder.risk_rows import RiskRows
from shteg.arrays import Floats, Ints

SCALES = ("tau_a", "tau_b", "sigma_u", "sigma_gamma")
"""Standard deviations that are learnt: of organisations, of slopes over steps, of countries, of yearly moves."""


class ScalePrior(Protocol):
    """Half-normal priors of the learnt standard deviations of a design, by name."""

    def scale_of(self, name: str) -> float:
        """Give the scale of the half-normal prior of a learnt standard deviation."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardPrior:
    """Priors of the hazard model; METHODS names those of the first block, the others are ours.

    `level_*`: log yearly rate of a step. `slope_sd`: common effect of a standardised covariate. `scales`: half-normal
    scales of the learnt standard deviations. `unknown_sd`: effect of an unknown covariate. `duration_*`: change of the
    log hazard from one piece of duration to the next, common and by step. `block_*`: while a member openly blocks.
    `skip_*`: without a prerequisite that others had to have.
    """

    level_mean: float = float(np.log(0.15))
    level_sd: float = 1.0
    slope_sd: float = 0.5
    tau_a: float = 0.5
    tau_b: float = 0.3
    sigma_u: float = 0.7
    sigma_gamma: float = 0.2

    unknown_sd: float = 0.5
    duration_sd: float = 0.5
    duration_step_sd: float = 0.3
    block_mean: float = -1.0
    block_sd: float = 1.0
    skip_mean: float = -1.0
    skip_sd: float = 1.0

    def scale_of(self, name: str) -> float:
        """Give the scale of the half-normal prior of a learnt standard deviation."""
        return float(getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """One kind of effect: where its columns start, what they are called, and their prior.

    `sd` is the prior standard deviation, or the name of a learnt one. A random walk has its first value (that of the
    first year) at 0 and no column for it.
    """

    kind: str
    start: int
    names: tuple[str, ...]
    mean: float
    sd: float | str
    walk: bool = False

    @property
    def places(self) -> slice:
        """The columns as a slice."""
        return slice(self.start, self.start + len(self.names))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HazardDesign:
    """Columns and rows of the linear predictor; `index` and `value` are (row, entry), unused entries have value 0."""

    columns: tuple[Columns, ...]
    index: Ints
    value: Floats
    scales: tuple[str, ...]
    prior: ScalePrior

    @property
    def size(self) -> int:
        """Number of latent effects."""
        return self.columns[-1].start + len(self.columns[-1].names)

    @property
    def mean(self) -> Floats:
        """Prior means, (effect,)."""
        return np.concatenate([np.full(len(one.names), one.mean) for one in self.columns])

    def kind(self, kind: str) -> Columns | None:
        """Give the columns of one kind; None if the model has none."""
        return next((one for one in self.columns if one.kind == kind), None)

    def precision(self, scales: dict[str, float]) -> tuple[Floats, float]:
        """Give the prior precision, (effect, effect), and its log determinant, at given standard deviations."""
        matrix = np.zeros((self.size, self.size))
        diagonal, above, below = (np.einsum("ii->i", part) for part in (matrix, matrix[:-1, 1:], matrix[1:, :-1]))
        log_determinant = 0.0
        for one in self.columns:
            sd = one.sd if isinstance(one.sd, float) else scales[one.sd]
            weight = 1.0 / sd**2
            diagonal[one.places] = weight
            if one.walk:
                last = one.places.stop - 1
                diagonal[one.start : last] = 2.0 * weight
                above[one.start : last] = below[one.start : last] = -weight
            log_determinant += len(one.names) * float(np.log(weight))
        return matrix, log_determinant

    def draw_prior(self, scales: dict[str, float], generator: np.random.Generator) -> Floats:
        """Draw the latent effects from their prior, (effect,)."""
        drawn = generator.standard_normal(self.size)
        for one in self.columns:
            sd = one.sd if isinstance(one.sd, float) else scales[one.sd]
            own = sd * drawn[one.places]
            drawn[one.places] = one.mean + (np.cumsum(own) if one.walk else own)
        return drawn


def build_design(rows: RiskRows, prior: HazardPrior | None = None) -> HazardDesign:
    """Lay out the effects that the rows can inform, and the rows as combinations of them.

    Organisations get effects only if there are two or more, unknown covariates only where one is unknown, blocks and
    skipping only where they occur.
    """
    prior = prior or HazardPrior()
    columns = _columns(rows, prior)
    acts = _acting(rows)
    by_kind = {one.kind: one for one in columns}
    entries: list[tuple[Ints, Floats]] = []
    one = np.ones(len(rows.step))

    def add(kind: str, place: Ints, value: Floats) -> None:
        if kind in by_kind:
            entries.append((by_kind[kind].start + place, value))

    zero = np.zeros(len(rows.step), dtype=np.int64)
    add("level", rows.step, one)
    add("organisation", rows.organisation * len(rows.steps) + rows.step, one)
    known = np.where(rows.applies & np.isfinite(rows.covariates), rows.covariates, 0.0)
    unknown = (rows.applies & ~np.isfinite(rows.covariates)).astype(np.float64)
    for v in range(len(rows.variables)):
        add("slope", zero + v, known[:, v])
        if any(at == v for _, at in acts):
            place = np.array([acts.index((k, v)) if (k, v) in acts else 0 for k in range(len(rows.steps))])
            add("step-slope", place[rows.step], known[:, v])
        add("unknown", zero + v, unknown[:, v])
    for piece in range(1, _pieces(rows)):
        reached = (rows.piece >= piece).astype(np.float64)
        add("duration", zero + piece - 1, reached)
        add("step-duration", rows.step * (_pieces(rows) - 1) + piece - 1, reached)
    add("block", zero, rows.blocked.astype(np.float64))
    add("skip", zero, rows.skipped.astype(np.float64))
    add("year", np.maximum(rows.year - 1, 0), (rows.year > 0).astype(np.float64))
    add("country", rows.country, one)
    index = np.stack([place for place, _ in entries], axis=1)
    value = np.stack([amount for _, amount in entries], axis=1)
    used = {one.sd for one in columns if isinstance(one.sd, str)}
    return HazardDesign(
        columns=columns, index=index, value=value, scales=tuple(s for s in SCALES if s in used), prior=prior
    )


def _pieces(rows: RiskRows) -> int:
    return 3 if not len(rows.piece) else max(3, int(rows.piece.max()) + 1)


def _acting(rows: RiskRows) -> list[tuple[int, int]]:
    """Give the pairs of step and variable in which the variable acts on the step in some row."""
    return [
        (k, v)
        for k in range(len(rows.steps))
        for v in range(len(rows.variables))
        if bool(rows.applies[rows.step == k, v].any())
    ]


def _columns(rows: RiskRows, prior: HazardPrior) -> tuple[Columns, ...]:
    pieces = [str(piece) for piece in range(1, _pieces(rows))]
    unknown = bool((rows.applies & ~np.isfinite(rows.covariates)).any())
    plan: list[tuple[str, Sequence[str], float, float | str, bool]] = [
        ("level", rows.steps, prior.level_mean, prior.level_sd, False),
        ("organisation", [f"{o}|{s}" for o in rows.organisations for s in rows.steps]
            if len(rows.organisations) > 1 else (), 0.0, "tau_a", False),
        ("slope", rows.variables, 0.0, prior.slope_sd, False),
        ("step-slope", [f"{rows.steps[k]}|{rows.variables[v]}" for k, v in _acting(rows)], 0.0, "tau_b", False),
        ("unknown", rows.variables if unknown else (), 0.0, prior.unknown_sd, False),
        ("duration", pieces, 0.0, prior.duration_sd, False),
        ("step-duration", [f"{s}|{p}" for s in rows.steps for p in pieces], 0.0, prior.duration_step_sd, False),
        ("block", ("block",) if rows.blocked.any() else (), prior.block_mean, prior.block_sd, False),
        ("skip", ("skip",) if rows.skipped.any() else (), prior.skip_mean, prior.skip_sd, False),
        ("year", [str(year) for year in rows.years[1:]], 0.0, "sigma_gamma", True),
        ("country", rows.countries, 0.0, "sigma_u", False),
    ]  # fmt: skip
    columns: list[Columns] = []
    start = 0
    for kind, names, mean, sd, walk in plan:
        if len(names):
            columns.append(Columns(kind=kind, start=start, names=tuple(names), mean=mean, sd=sd, walk=walk))
            start += len(names)
    return tuple(columns)
