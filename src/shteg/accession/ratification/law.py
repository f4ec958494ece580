"""The law of ratification times: log-normal with member and round effects, and members that hold out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from shteg.accession.ratification.acts import RatificationAct
from shteg.accession.ratification.chain import Acts, Groups, RatificationPrior, Sampling
from shteg.accession.ratification.kernel import run_chain
from shteg.arrays import Floats
from shteg.errors import ModelError

SCALARS = ("mean", "sd", "member_sd", "round_sd", "hold_share", "hold_weight", "log_extra_days", "extra_sd",
           "quick_share")  # fmt: skip
"""Mean log days and residual sd; sds of member and round effects as multiples of the residual sd; mean share of
holding out over members, and the number of rounds that the mean weighs for a member; mean and sd of log extra days."""


PRIOR = RatificationPrior()
SAMPLING = Sampling()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatificationPosterior:
    """Draws of the law. `member` is (draw, member) mean log days without a round effect, `sd` and `new_round` (draw,).

    `round_effect` is (draw, round); a member's mean log days in a round to come is `member` + `new_round`. `hold` is
    (draw, member), the share of rounds in which the member holds out; `log_extra_days` and `extra_sd` (draw,) are the
    log-normal law of the days that this adds. `held` is the probability that a member held out in a round on record,
    by (member, round). `chains` holds each scalar as (chain, kept), for judging convergence.
    """

    members: tuple[str, ...]
    rounds: tuple[str, ...]
    member: Floats
    round_effect: Floats
    new_round: Floats
    sd: Floats
    hold_share: Floats
    hold: Floats
    log_extra_days: Floats
    extra_sd: Floats
    held: dict[tuple[str, str], float]
    chains: dict[str, Floats] = field(default_factory=dict)

    def days(self, generator: np.random.Generator) -> Floats:
        """Draw the days each member takes in a round to come, (draw, member): one round for each draw."""
        shape = self.member.shape
        usual = self.member + self.new_round[:, None] + self.sd[:, None] * generator.standard_normal(shape)
        extra = self.log_extra_days[:, None] + self.extra_sd[:, None] * generator.standard_normal(shape)
        holds = generator.random(shape) < self.hold
        return np.asarray(np.exp(usual) + np.where(holds, np.exp(np.minimum(extra, 700.0)), 0.0))


def fit_ratification(
    acts: Sequence[RatificationAct],
    members: Sequence[str],
    draws: int,
    generator: np.random.Generator,
    *,
    holding: bool = True,
    prior: RatificationPrior = PRIOR,
    sampling: Sampling = SAMPLING,
) -> RatificationPosterior:
    """Fit days = exp(mean + member + round + e), and with a small probability per member and round extra days.

    Parameters
    ----------
    acts : sequence of RatificationAct
        Bounds of the days of each ratification.
    members : sequence of str
        Members to give a law for; those without an act get the pooled law.
    draws : int, >= 1
        Number of draws to give: taken at equal distances from all chains; more than kept are not to be had.
    generator : numpy.random.Generator
    holding : bool
        False: nobody ever holds out (the plain hierarchical log-normal law).
    prior : RatificationPrior
        Of the law's parameters.
    sampling : Sampling
        How many chains run, and for how long.

    Returns
    -------
    RatificationPosterior

    Raises
    ------
    ModelError
        No draws, or an act whose bounds are out of order.

    References
    ----------
    Gelman and Hill (2007), ch. 12; docs/methods/ratification.md.
    """
    if draws < 1:
        raise ModelError(f"{draws} draws say nothing", "ask for 1 draw or more", "ratification")
    wrong = [one for one in acts if not 0.0 <= one.low < one.high or (one.low == 0.0 and np.isinf(one.high))]
    if wrong:
        raise ModelError(
            f"the days of {wrong[0].member} lie after {wrong[0].low} and by {wrong[0].high}",
            "give a lower bound below the upper one, and leave out acts of which nothing is known",
            "ratification",
        )
    rounds = tuple(sorted({one.round for one in acts}))
    units = (*members, *sorted({one.member for one in acts} - set(members)))
    ordered, groups = _grouped(acts, units, rounds)
    kept = max(sampling.kept, -(-draws // sampling.chains))
    longer, sizes = sampling._replace(kept=kept), (len(units), len(rounds))
    runs = [
        run_chain(ordered, groups, sizes, prior, holding, longer, chain) for chain in generator.spawn(sampling.chains)
    ]
    scalars, effects, share, held = (np.stack(parts) for parts in zip(*runs, strict=True))
    chosen = np.linspace(0, sampling.chains * kept - 1, draws).round().astype(np.int64)
    flat, flat_effects = scalars.reshape(-1, len(SCALARS))[chosen], effects.reshape(-1, effects.shape[2])[chosen]
    named = dict(zip(SCALARS, flat.T, strict=True))
    pairs = list(dict.fromkeys((one.member, one.round) for one in _sorted(acts, units, rounds)))
    return RatificationPosterior(
        members=tuple(members),
        rounds=rounds,
        member=named["mean"][:, None] + flat_effects[:, : len(members)],
        round_effect=flat_effects[:, len(units) :],
        new_round=named["round_sd"] * named["sd"] * generator.standard_normal(draws),
        sd=named["sd"],
        hold_share=named["hold_share"] if holding else np.zeros(draws),
        hold=share.reshape(-1, share.shape[2])[chosen][:, : len(members)],
        log_extra_days=named["log_extra_days"],
        extra_sd=named["extra_sd"],
        held={pair: float(held[:, :, at].mean()) for at, pair in enumerate(pairs)},
        chains={name: scalars[:, :, at] for at, name in enumerate(SCALARS)},
    )


def _sorted(acts: Sequence[RatificationAct], units: tuple[str, ...], rounds: tuple[str, ...]) -> list[RatificationAct]:
    places, turns = {name: at for at, name in enumerate(units)}, {name: at for at, name in enumerate(rounds)}
    return sorted(acts, key=lambda one: (places[one.member], turns[one.round], one.low, one.high, one.candidate))


def _grouped(acts: Sequence[RatificationAct], units: tuple[str, ...], rounds: tuple[str, ...]) -> tuple[Acts, Groups]:
    """Give the acts as arrays sorted by member and round, and where each member-and-round begins and ends."""
    chosen = _sorted(acts, units, rounds)
    pairs = [(units.index(one.member), rounds.index(one.round)) for one in chosen]
    distinct = list(dict.fromkeys(pairs))
    group = np.array([distinct.index(pair) for pair in pairs], dtype=np.int64)
    arrays = Acts(
        np.array([one.low for one in chosen], dtype=np.float64),
        np.array([one.high for one in chosen], dtype=np.float64),
        np.array([pair[0] for pair in pairs], dtype=np.int64),
        np.array([len(units) + pair[1] for pair in pairs], dtype=np.int64),
    )
    first = np.searchsorted(group, np.arange(len(distinct))).astype(np.int64)
    last = np.searchsorted(group, np.arange(len(distinct)), side="right").astype(np.int64)
    known = np.full(len(distinct), 0, dtype=np.int64)
    for one, place in zip(chosen, group, strict=True):
        known[place] = -1 if one.held is None else max(known[place], int(one.held))
    return arrays, Groups(np.array([pair[0] for pair in distinct], dtype=np.int64), first, last, known)
