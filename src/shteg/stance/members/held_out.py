"""Acts held out one part after another, and what the stance model without them says of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np

from shteg.chunks import Progress
from shteg.errors import UsageError
from shteg.evidence.case import Case
from shteg.randomness import stable_key
from shteg.stance.members.acts import Response
from shteg.stance.members.fit import build_stance_model, fit_stance


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutAct:
    """One act, and its levels' probabilities when the model has not seen it.

    Attributes
    ----------
    member, item : str
    day : date
        When it was done; the model foretells it for that day.
    level : int
        What was done: a place in `probability`.
    fold : int
        Acts of one fold are held out together.
    probability, base : tuple of float
        Of each level: under the model, and among the acts on this item that are not held out with it (each level half
        an act more). Each sums to 1.
    """

    member: str
    item: str
    day: date
    level: int
    n_levels: int
    fold: int
    probability: tuple[float, ...]
    base: tuple[float, ...]

    @property
    def log_score(self) -> float:
        """Log probability under the model of what was done."""
        return log(max(self.probability[self.level], 1e-12))

    @property
    def base_log_score(self) -> float:
        """Log probability under the base rate of what was done."""
        return log(self.base[self.level])

    @property
    def brier(self) -> float:
        """Ranked probability score under the model: 0 is best."""
        return _ranked(self.probability, self.level)

    @property
    def base_brier(self) -> float:
        """Ranked probability score under the base rate."""
        return _ranked(self.base, self.level)


def held_out_acts(
    case: Case,
    *,
    as_of: date | None = None,
    folds: int = 5,
    chains: int = 4,
    iterations: int = 1000,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[HeldOutAct, ...]:
    """Hold each member's acts on each item out once, and foretell the latest of them.

    All acts of a member on an item go out together: what a member did on an item before would give the answer away.
    Parts are drawn by a hash of member and item, so that one more act moves no other into another part's place by name.

    Parameters
    ----------
    case : Case
    as_of : date, optional
        Use only what could be known on this day.
    folds : int, >= 2
    chains, iterations : int
        Of each fit.
    progress : callable, optional
        Called with (folds done, folds in all).

    Returns
    -------
    tuple of HeldOutAct
        In the order of the case's members, then of its items.

    Raises
    ------
    UsageError
        Fewer than two folds.
    ModelError
        The chains of a fit disagree.
    """
    if folds < 2:
        raise UsageError(f"{folds} folds leave nothing to learn from", "give 2 or more", "folds")
    whole = build_stance_model(case, as_of=as_of)
    latest: dict[tuple[str, str], Response] = {}
    for one in sorted(whole.responses.responses, key=lambda one: one.day):
        latest[one.member, one.item] = one
    ranked = sorted(latest, key=lambda pair: int(stable_key(str(case.header.seed), *pair)))
    fold = {pair: place % folds for place, pair in enumerate(ranked)}
    made: dict[tuple[str, str], HeldOutAct] = {}
    for part in range(folds):
        out = frozenset(pair for pair in latest if fold[pair] == part)
        if out:
            model = build_stance_model(case, as_of=as_of, exclude=out)
            posterior = fit_stance(model, case.header.seed, chains=chains, iterations=iterations, threads=threads)
            for member, item in sorted(out):
                act = latest[member, item]
                count = len(model.levels(item))
                seen = [latest[pair].level for pair in latest if pair[1] == item and fold[pair] != part]
                counts = np.bincount(np.array(seen, dtype=np.int64), minlength=count) + 0.5
                made[member, item] = HeldOutAct(
                    member=member, item=item, day=act.day, level=act.level, n_levels=count, fold=part,
                    probability=tuple(float(p) for p in posterior.probability_on(member, item, act.day)),
                    base=tuple(float(p) for p in counts / counts.sum()),
                )  # fmt: skip
        if progress is not None:
            progress(part + 1, folds)
    return tuple(made[m, i] for m in whole.members for i in whole.items if (m, i) in made)


def _ranked(probability: tuple[float, ...], level: int) -> float:
    below = np.cumsum(probability)[:-1]
    done = (np.arange(len(probability) - 1) >= level).astype(np.float64)
    return float(((below - done) ** 2).mean())
