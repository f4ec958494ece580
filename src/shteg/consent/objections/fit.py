"""The hazards of objections fitted to a case: their onset and their end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from shteg.accession.ladder.nested_laplace import LaplacePosterior, fit_laplace
from shteg.arrays import Floats
from shteg.chunks import one_blas_thread
from shteg.consent.objections.exposure import Episode, end_rows, episodes_of, new_government_share, onset_rows
from shteg.consent.objections.pair_rows import END, ONSET, PairPrior, PairRows, build_pair_design
from shteg.evidence.case import Case
from shteg.randomness import named_generator


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairDraws:
    """Draws of the effects of one hazard, (draw, effect) in the order of the design, and of its scales.

    A name that the rows do not hold gets an effect of its own from its group, drawn by name.
    """

    posterior: LaplacePosterior
    effects: Floats
    scales: Mapping[str, Floats]
    seed: int
    stream: str

    def level(self) -> Floats:
        """Give the log yearly rate of a pair without relation, (draw,)."""
        return self.named("level", "level")

    def feature(self, name: str) -> Floats:
        """Give what a feature adds to the log rate, (draw,)."""
        return self.named("feature", name)

    def named(self, kind: str, name: str) -> Floats:
        """Give the effect of a name of a group, (draw,)."""
        for columns in self.posterior.design.columns:
            if columns.kind == kind and name in columns.names:
                return np.asarray(self.effects[:, columns.start + columns.names.index(name)])
        generator = named_generator(self.seed, "consent", self.stream, kind, name)
        return np.asarray(self.scales[kind] * generator.standard_normal(len(self.effects)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairFit:
    """One hazard of pairs of member and candidate, fitted."""

    rows: PairRows
    prior: PairPrior
    posterior: LaplacePosterior


@lru_cache(maxsize=4)
def draw_pairs(fit: PairFit, seed: int, stream: str, draws: int) -> PairDraws:
    """Draw effects and scales of a hazard; the last ones drawn are kept, for one candidate after another.

    Parameters
    ----------
    fit : PairFit
    seed : int
    stream : str
        Name of the random numbers: "onset" or "end".
    draws : int

    Returns
    -------
    PairDraws
        Scales of groups that the rows do not hold come from their prior.
    """
    with one_blas_thread():
        effects, scales = fit.posterior.draw(named_generator(seed, "consent", stream), draws)
    learnt = {name: scales[:, at] for at, name in enumerate(fit.posterior.design.scales)}
    others = {
        name: scale * np.abs(named_generator(seed, "consent", stream, "scale", name).standard_normal(draws))
        for name, scale in fit.prior.scales.items()
        if name not in learnt
    }
    return PairDraws(posterior=fit.posterior, effects=effects, scales=learnt | others, seed=seed, stream=stream)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectionFit:
    """How often members begin to object to candidates, and how fast they cease, learnt from one case as it stands.

    `new_share` is the share of time in which a member's government is new.
    """

    onset: PairFit
    end: PairFit
    episodes: tuple[Episode, ...]
    new_share: float


def fit_pairs(rows: PairRows, prior: PairPrior) -> PairFit:
    """Fit a hazard of pairs by nested Laplace approximation.

    log rate = level + features'β + organisation + ground + member + candidate; groups are normal with learnt sds.

    Parameters
    ----------
    rows : PairRows
    prior : PairPrior

    Returns
    -------
    PairFit

    Raises
    ------
    ModelError
        The search for the mode does not settle.

    References
    ----------
    docs/methods/consent.md; Prentice and Gloeckler (1978), Biometrics 34(1); Rue, Martino and Chopin (2009), JRSS B
    71(2).
    """
    with one_blas_thread():
        return PairFit(rows=rows, prior=prior, posterior=fit_laplace(build_pair_design(rows, prior), rows))


def fit_objections(case: Case) -> ObjectionFit:
    """Fit onset and end of objections of members to candidates of all organisations of the case.

    Parameters
    ----------
    case : Case
        For an earlier day give `case.as_of(day)`. Few objections, or none, leave the prior where it is.

    Returns
    -------
    ObjectionFit

    Raises
    ------
    ModelError
        The search for the mode does not settle.
    """
    return ObjectionFit(
        onset=fit_pairs(onset_rows(case), ONSET),
        end=fit_pairs(end_rows(case), END),
        episodes=episodes_of(case),
        new_share=new_government_share(case),
    )


def prior_of(fit: PairFit) -> PairFit:
    """Give the same hazard with nothing observed: its draws are those of the prior."""
    rows = fit.rows
    unseen = replace(rows, quiet_years=np.zeros(len(rows.events)), events=np.zeros(len(rows.events), dtype=np.int64))
    return fit_pairs(unseen, fit.prior)


def average_log_rate(level: Floats, added: Floats, share: float) -> Floats:
    """Give the log of a rate that is higher by `added` in a share of the time, (draw,).

    Parameters
    ----------
    level, added : (draw,) float
        Log yearly rate, and what is added to it for a share of the time.
    share : float
        0–1.

    Returns
    -------
    (draw,) float
    """
    return np.asarray(level + np.log1p(share * np.expm1(added)))
