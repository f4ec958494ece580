"""The stance model of a case: its acts on a time line of every member, its fit, and what a member would do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import log
from typing import Literal

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress
from shteg.errors import ModelError
from shteg.estimates import YEAR_DAYS
from shteg.evidence.case import Case
from shteg.stance.members.acts import Responses, absence_as_level, collect_responses
from shteg.stance.members.sampler import STATIC, Panel, Posterior, Prior, level_probabilities, sample_panel

Absence = Literal["missing", "level"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StanceModel:
    """A case made ready for the sampler.

    Attributes
    ----------
    members : tuple of str
        In the order of the case; results are in this order.
    items : tuple of str
        Items in use.
    responses : Responses
        The acts that count, without those left out on purpose.
    start, as_of : date
        First day of the year of the first act, and the day of the case.
    points : mapping of str to tuple of date
        Days of each member's time line: start, acts, ends of years, the day of the case.
    panel : Panel
        Its members are sorted by code, so that the order of the case's rows changes nothing.
    columns : (member,) int
        Place in the panel of each member.
    covariate_names : tuple of str
    words : mapping of str to tuple of str
        What the case calls each level of an item in use, several words joined by a stroke; in the order of `levels`.
    prior : Prior
    """

    members: tuple[str, ...]
    items: tuple[str, ...]
    responses: Responses
    start: date
    as_of: date
    points: Mapping[str, tuple[date, ...]]
    panel: Panel
    columns: Ints
    covariate_names: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    prior: Prior

    def levels(self, item: str) -> tuple[int, ...]:
        """Levels of an item as the case numbers them, in the order of `StancePosterior.probability`."""
        return self.responses.case_levels[self.items.index(item)]

    def point(self, member: str, day: date) -> int:
        """Give the number of a point of a member's time line in the panel."""
        row = self.columns[self.members.index(member)]
        return int(self.panel.first[row]) + self.points[member].index(day)

    def prior_variance(self) -> Floats:
        """Give the variance before any act of each member's stance on the day of the case, (member,)."""
        law, panel = self.prior, self.panel
        ends = panel.first[1:]
        years, changes = (np.add.reduceat(values, panel.first[:-1]) for values in (panel.gap, panel.changes))
        variance = 1.0 + law.effect_sd**2 * (panel.covariates**2).sum(axis=1)
        variance += law.drift_sd**2 * years + law.jump_sd**2 * changes
        return np.asarray(variance[: ends.size][self.columns])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StancePosterior:
    """A fitted model: `chains.theta`, `.r_hat` and `.ess` are in the order of `model.members`."""

    model: StanceModel
    chains: Posterior

    @property
    def theta_now(self) -> Floats:
        """Stances on the day of the case, (draw, member)."""
        return self.chains.theta.reshape(-1, len(self.model.members))

    def level_draws(self, item: str, theta: Floats | None = None) -> Floats:
        """Probability of each level of an item, draw by draw, for stances `theta` (now, if left out).

        Parameters
        ----------
        item : str
            In use.
        theta : (draw, member) float

        Returns
        -------
        (draw, member, level) float
        """
        column = self._column(item)
        draws = self.chains.discrimination.shape[0] * self.chains.discrimination.shape[1]
        cuts = self.chains.cuts[:, :, column, : int(self.model.panel.n_levels[column]) - 1].reshape(draws, -1)
        slopes = self.chains.discrimination[:, :, column].reshape(draws)
        return level_probabilities(self.theta_now if theta is None else theta, slopes, cuts)

    def probability(self, member: str, item: str) -> Floats:
        """Probability of each level of the member's act on an item, were it done on the day of the case, (level,)."""
        row = self.model.members.index(member)
        return np.asarray(self.level_draws(item, self.theta_now[:, [row]])[:, 0].mean(axis=0))

    def probability_on(self, member: str, item: str, day: date) -> Floats:
        """Probability of each level of the member's act on an item on an earlier day of its time line, (level,).

        Parameters
        ----------
        member : str
        item : str
            In use.
        day : date
            A point of the member's time line.

        Returns
        -------
        (level,) float
            Sums to 1.

        Raises
        ------
        ModelError
            The day is no point of the member's time line: neither an act (also one left out), nor the end of a year.
        """
        if day not in self.model.points[member]:
            raise ModelError(
                f"{day} is no point of the time line of {member}", "choose the day of an act, or the end of a year",
                "stance",
            )  # fmt: skip
        return np.asarray(self.path_levels(member, item, day).mean(axis=0))

    def path_levels(self, member: str, item: str, day: date) -> Floats:
        """Probability of each level on a day of the time line, (path draw, level); paths are every `every`-th draw.

        Parameters
        ----------
        member : str
        item : str
            In use.
        day : date
            A point of the member's time line.

        Returns
        -------
        (path draw, level) float
        """
        chains, column = self.chains, self._column(item)
        kept, draws = slice(chains.every - 1, None, chains.every), chains.paths.shape[0] * chains.paths.shape[1]
        theta = chains.paths[:, :, self.model.point(member, day)].reshape(draws, 1)
        slopes = chains.discrimination[:, kept, column].reshape(draws)
        cuts = chains.cuts[:, kept, column, : int(self.model.panel.n_levels[column]) - 1].reshape(draws, -1)
        return level_probabilities(theta, slopes, cuts)[:, 0]

    def _column(self, item: str) -> int:
        if item not in self.model.items:
            raise ModelError(
                f"the item {item!r} is not in use", f"choose one of {', '.join(self.model.items)}", "stance"
            )
        return self.model.items.index(item)


def build_stance_model(
    case: Case,
    *,
    as_of: date | None = None,
    dynamic: bool = True,
    covariates: bool = True,
    absence: Absence = "missing",
    exclude: frozenset[tuple[str, str]] = frozenset(),
    prior: Prior | None = None,
) -> StanceModel:
    """Put the acts of a case on a time line of every member.

    Parameters
    ----------
    case : Case
    as_of : date, optional
        Use only what could be known on this day (`Case.as_of`).
    dynamic : bool
        False keeps stances constant in time.
    covariates : bool
        False leaves them out of the prior mean.
    absence : {"missing", "level"}
        Whether an absence on record counts as reluctance ("level"); without a record it never counts.
    exclude : frozenset of (member, item)
        Acts left out of the fit; their items stay in use and their days on the time line, so that these acts can be
        foretold, for the day on which they were done or for today.
    prior : Prior, optional

    Returns
    -------
    StanceModel
    """
    seen = case if as_of is None else case.as_of(as_of)
    collected = collect_responses(seen)
    if absence == "level":
        collected = absence_as_level(seen, collected)
    day = seen.header.as_of
    start = date(min((one.day for one in collected.responses), default=day).year, 1, 1)
    kept = tuple(one for one in collected.responses if (one.member, one.item) not in exclude)
    responses = replace(collected, responses=kept)
    points = {member: _points(member, collected, start, day) for member in responses.members}
    names, values = _covariates(seen, start) if covariates else ((), np.empty((len(responses.members), 0)))
    chosen = prior or Prior()
    codes = sorted(responses.members)
    order = np.array([responses.members.index(code) for code in codes], dtype=np.int64)
    return StanceModel(
        members=responses.members,
        items=responses.items,
        responses=responses,
        start=start,
        as_of=day,
        points=points,
        panel=_panel(seen, responses, codes, points, values[order]),
        columns=np.argsort(order),
        covariate_names=names,
        words=_words(seen, responses),
        prior=chosen if dynamic else replace(chosen, drift_sd=STATIC.drift_sd, jump_sd=STATIC.jump_sd),
    )


def fit_stance(
    model: StanceModel,
    seed: int,
    *,
    chains: int = 4,
    iterations: int = 2000,
    burn_in: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> StancePosterior:
    """Sample the posterior of a stance model.

    Parameters
    ----------
    model : StanceModel
    seed : int
        The same seed gives the same draws, for any number of threads.
    chains, iterations : int
        Chains, and iterations kept of each; `burn_in` more (half as many, if left out) are thrown away before.
    burn_in : int, optional
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (parts done, parts in all).

    Returns
    -------
    StancePosterior

    Raises
    ------
    ModelError
        The chains disagree even when lengthened.
    """
    posterior = sample_panel(
        model.panel, seed, kept=iterations, burn_in=iterations // 2 if burn_in is None else burn_in, chains=chains,
        prior=model.prior, threads=threads, progress=progress,
    )  # fmt: skip
    ordered = replace(
        posterior,
        theta=np.ascontiguousarray(posterior.theta[:, :, model.columns]),
        r_hat=posterior.r_hat[model.columns],
        ess=posterior.ess[model.columns],
    )
    return StancePosterior(model=model, chains=ordered)


def _words(case: Case, responses: Responses) -> dict[str, tuple[str, ...]]:
    def called(item: str, number: int) -> str:
        return " / ".join(word for word, level in case.items[item].levels.items() if level == number)

    numbered = zip(responses.items, responses.case_levels, strict=True)
    return {item: tuple(called(item, number) for number in numbers) for item, numbers in numbered}


def _points(member: str, responses: Responses, start: date, day: date) -> tuple[date, ...]:
    acts = {one.day for one in responses.responses if one.member == member}
    ends = {date(year, 12, 31) for year in range(start.year, day.year)}
    return tuple(sorted({start, day} | acts | ends))


def _covariates(case: Case, start: date) -> tuple[tuple[str, ...], Floats]:
    """Give what moves the prior mean: the variables of the case for stances, and who was in the union at the start.

    The latest value known counts; a member without one gets the centre.
    """
    members = tuple(member.member for member in case.members)
    names: list[str] = []
    columns: list[Floats] = []
    for name, variable in case.variables.items():
        if "stance" not in variable.use:
            continue
        rows = sorted(
            (row for row in case.covariates if row.variable == name and row.country in members),
            key=lambda row: (row.happened_on, row.public_from, row.grade, row.value),
        )
        known = {
            row.country: ((log(row.value) if variable.log else row.value) - variable.centre) / variable.scale
            for row in rows
        }
        if known:
            names.append(name)
            columns.append(np.array([known.get(member, 0.0) for member in members]))
    joined = [member.eu_member_since is not None and member.eu_member_since.first <= start for member in case.members]
    if any(joined) and not all(joined):
        names.append("eu_member")
        columns.append(np.array(joined, dtype=np.float64) - np.mean(joined))
    return tuple(names), np.stack(columns, axis=1) if columns else np.empty((len(members), 0))


def _panel(
    case: Case, responses: Responses, codes: list[str], points: Mapping[str, tuple[date, ...]], covariates: Floats
) -> Panel:
    """Number the points of all members through, by code, and count the changes of government between them."""
    first = np.concatenate([[0], np.cumsum([len(points[code]) for code in codes])]).astype(np.int64)
    gaps: list[float] = []
    changes: list[float] = []
    for code in codes:
        days = points[code]
        took_office = [row.happened_on.middle for row in case.governments if row.country == code]
        for before, at in zip((days[0], *days[:-1]), days, strict=True):
            gaps.append((at - before).days / YEAR_DAYS)
            changes.append(float(sum(before < day <= at for day in took_office)))
    place = {(code, day): int(first[row]) + at for row, code in enumerate(codes) for at, day in enumerate(points[code])}
    acts = sorted(
        (responses.items.index(one.item), place[one.member, one.day], one.level) for one in responses.responses
    )
    table = np.array(acts, dtype=np.int64).reshape(-1, 3)
    return Panel(
        first=first, gap=np.array(gaps), changes=np.array(changes), covariates=covariates, act_point=table[:, 1].copy(),
        act_item=table[:, 0].copy(), act_level=table[:, 2].copy(),
        n_levels=np.array([len(levels) for levels in responses.case_levels], dtype=np.int64),
    )  # fmt: skip
