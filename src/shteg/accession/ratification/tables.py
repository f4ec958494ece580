"""Result tables of ratification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shteg.accession.chains import effective_draws, r_hat
from shteg.accession.curves.tables import HIGH, LOW, NUMBER, TEXT, make_table
from shteg.accession.ratification.law import RatificationPosterior
from shteg.accession.ratification.times import RatificationTime
from shteg.estimates import Table, Unit

Floats = NDArray[np.float64]

COLUMNS: dict[str, tuple[Any, str, Unit | None]] = {
    "hold_share": (NUMBER, "Share of rounds in which the member holds out, posterior mean.", "share"),
    "next_median": (NUMBER, "Median of the days in a round to come.", "days"),
    "law_part": (TEXT, "Parameter of the law of ratification times.", None),
    "median": (NUMBER, "Posterior median.", None),
    "ninety_low": (NUMBER, "Lower end of the 90 % interval.", None),
    "ninety_high": (NUMBER, "Upper end of the 90 % interval.", None),
    "r_hat": (NUMBER, "Rank-normalised split R-hat of the chains; 1 where they agree.", "ratio"),
    "ess": (NUMBER, "Independent draws that the chains are worth.", "count"),
}


def times_table(times: Sequence[RatificationTime]) -> Table:
    """Ratification times on record."""
    names = ("candidate", "member", "round", "stage", "ratified_on", "days", "days_low", "days_high", "status",
             "source", "grade")  # fmt: skip
    rows = [
        (one.candidate, one.member, one.round or None, one.stage, str(one.ratified_on),
         *((one.days, one.low, one.high) if one.status in ("used", "same_act") else (None, None, None)),
         one.status, one.source, one.grade)
        for one in times
    ]  # fmt: skip
    return make_table("ratification_times", "Days from signature to ratification", names, rows, ("candidate", "member"))


def ratification_members_table(
    times: Sequence[RatificationTime], posterior: RatificationPosterior, days: Floats
) -> Table:
    """One row per member: its usual time, how often it holds out, and the time in a round to come."""
    names = ("member", "n_acts", "log_days", "log_days_sd", "median_days", "median_low", "median_high", "hold_share",
             "next_median", "next_low", "next_high")  # fmt: skip
    rows = []
    for place, member in enumerate(posterior.members):
        own = posterior.member[:, place]
        median = np.exp(np.quantile(own, [0.5, LOW, HIGH]))
        following = np.quantile(days[:, place], [0.5, LOW, HIGH])
        acts = sum(one.member == member and one.status == "used" for one in times)
        sd = float(own.std(ddof=1)) if own.size > 1 else 0.0
        rows.append((member, acts, float(own.mean()), sd, *map(float, median), float(posterior.hold[:, place].mean()),
                     *map(float, following)))  # fmt: skip
    return make_table("ratification_members", "How fast members ratify", names, rows, ("member",), COLUMNS)


def ratification_law_table(posterior: RatificationPosterior) -> Table:
    """One row per parameter of the law: posterior median, 90 % interval, and how well the chains agree."""
    rows = []
    for name, chains in posterior.chains.items():
        median, low, high = (float(x) for x in np.quantile(chains, [0.5, LOW, HIGH]))
        rows.append((name, median, low, high, r_hat(chains), effective_draws(chains)))
    names = ("law_part", "median", "ninety_low", "ninety_high", "r_hat", "ess")
    return make_table("ratification_law", "The law of ratification times", names, rows, ("law_part",), COLUMNS)


def ratification_rounds_table(times: Sequence[RatificationTime], posterior: RatificationPosterior) -> Table:
    """One row per round: candidates, the last ratification on record, the round effect."""
    names = ("round", "candidates", "n_members", "last_days", "members", "effect", "effect_low", "effect_high")
    rows = []
    for place, day in enumerate(posterior.rounds):
        of_round = [one for one in times if one.round == day and one.status in ("used", "same_act")]
        last = max(one.days for one in of_round)
        effect = posterior.round_effect[:, place]
        rows.append((
            day,
            ", ".join(sorted({one.candidate for one in of_round})),
            len({one.member for one in of_round}),
            last,
            ", ".join(sorted({one.member for one in of_round if one.days == last})),
            float(effect.mean()),
            *(float(x) for x in np.quantile(effect, [LOW, HIGH])),
        ))  # fmt: skip
    return make_table("ratification_rounds", "Rounds of ratification", names, rows, ("round",))
