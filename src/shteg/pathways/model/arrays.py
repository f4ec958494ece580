"""The arrays that the simulation works on: what never changes, what changes by draw and scenario, what is counted."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from shteg.pathways.model.by_reference import by_reference

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

NEVER = 1e18
"""Years until something that does not happen; finite, so that comparing and taking the largest stay simple."""

CONDITIONS = ("consent", "readiness", "procedure", "ratification", "withdrawal")
CONSENT, READINESS, PROCEDURE, RATIFICATION, WITHDRAWAL = range(5)


@by_reference
class Structure(NamedTuple):
    """What is the same in every draw and scenario. Axes: k step, j member, a area, h shock, y year, c cut."""

    step_order: Annotated[Integers, "k"]  # prerequisites first
    prerequisite: Annotated[Flags, "k, k"]  # row needs column
    eligible: Annotated[Flags, "k, j"]  # whose consent or ratification counts
    electors: Annotated[Integers, "k"]  # how many those are
    votes: Annotated[Integers, "k"]  # how many of them are needed, 0 = none
    ratified: Annotated[Flags, "k"]  # the members' ratification is the consent
    reached: Annotated[Flags, "k"]  # already so on the first day
    needs_area: Annotated[Flags, "k, a"]
    moves: Annotated[Flags, "j"]  # a settlement moves this member
    vetoes: bool  # members have episodes of blocking
    withdraws: bool  # the aspirant may withdraw
    lapses: bool  # steps may be lost again
    under_way: Annotated[Flags, "h"]  # on at the first day
    area_elapsed: Annotated[Floats, "a"]  # years of work before the first day
    elapsed: Annotated[Floats, "k"]  # years already waited for the step, its prerequisites being met
    cut_years: Annotated[Floats, "k, c"]  # years of waiting from which the hazard is another, NEVER = none
    horizon: float  # years from the first day
    year_times: Annotated[Floats, "y"]  # years from the first day to the end of each calendar year
    report_index: Annotated[Integers, "r"]  # positions in `year_times`
    factor_key: np.uint64
    settlement_key: np.uint64
    consent_key: Annotated[Keys, "j"]
    change_key: Annotated[Keys, "j"]
    follow_key: Annotated[Keys, "j"]
    ratify_key: Annotated[Keys, "k, j, 3"]  # its time, whether it holds out, for how long
    procedure_key: Annotated[Keys, "k"]
    area_key: Annotated[Keys, "a"]
    shock_key: Annotated[Keys, "h"]
    under_way_key: Annotated[Keys, "h"]
    episode_key: Annotated[Keys, "j + 1"]  # members, then the aspirant
    lapse_key: Annotated[Keys, "k"]


@by_reference
class Parameters(NamedTuple):
    """Parameters of a range of draws. Axes: d draw, s scenario, e epoch (time between two starts of measures)."""

    epochs: Annotated[Integers, "s"]  # how many epochs the scenario has
    starts: Annotated[Floats, "s, e"]  # first year of each epoch, 0 for the first
    doubt: Annotated[Floats, "d, s, e, j"]  # exp(-eta) without content and common factor
    weight: Annotated[Floats, "d, s, e, k"]  # exp(statehood * content)
    common: Annotated[Floats, "d, s, e"]  # sd of the common factor
    keep: Annotated[Floats, "d, s, e"]  # 1 - defection
    change: Annotated[Floats, "d, s, e"]  # rate a year at which a member comes round
    settle: Annotated[Floats, "d, s, e"]  # rate a year of a settlement
    follow: Annotated[Floats, "d, s, e"]  # probability that a member follows a settlement
    pace: Annotated[Floats, "d, s, e, a"]  # 1 / median years of an area
    shape: Annotated[Floats, "d, s, a"]  # Weibull shape
    hazard: Annotated[Floats, "d, s, e, k"]  # procedure rate a year
    shock_rate: Annotated[Floats, "d, s, e, h"]
    shock_years: Annotated[Floats, "d, s, h"]
    shock_effect: Annotated[Floats, "d, s, h"]  # added to the log hazard while on
    ratify_mean: Annotated[Floats, "d, j"]  # mean log days
    ratify_sd: Annotated[Floats, "d"]
    hold_share: Annotated[Floats, "d, j"]  # probability that a member holds out
    hold_mean: Annotated[Floats, "d"]  # mean log days that this adds
    hold_sd: Annotated[Floats, "d"]
    area_done: Annotated[Floats, "d, s, a"]  # work before the first day, in medians
    cut_factor: Annotated[Floats, "d, k, c"]  # the hazard is multiplied by this from the cut on
    onset: Annotated[Floats, "d, s, e, j + 1"]  # yearly rate at which members begin to block, the aspirant to withdraw
    release: Annotated[Floats, "d, s, e, j + 1"]  # yearly rate at which that ends
    on_share: Annotated[Floats, "d, s, j + 1"]  # probability that it is so on the first day
    lapse: Annotated[Floats, "d, s, e, k"]  # yearly rate at which a reached step is lost


@by_reference
class Plan(NamedTuple):
    """Which scenarios are simulated, and which of them share what, so that it is drawn once in a world.

    Scenarios with the same row share; `…_from` is the first scenario with the same parameters, which serve both.
    """

    compare: Annotated[Integers, "s"]  # the scenario that this one is compared with
    consent_row: Annotated[Integers, "s"]
    consent_from: Annotated[Integers, "s"]
    area_row: Annotated[Integers, "s"]
    area_from: Annotated[Integers, "s"]
    shock_row: Annotated[Integers, "s"]
    shock_from: Annotated[Integers, "s"]
    episode_row: Annotated[Integers, "s"]
    episode_from: Annotated[Integers, "s"]
    late_row: Annotated[Integers, "s"]  # where late consents are: `consent_row` where a window asks for them, else 0
    ratify_row: Annotated[Integers, "s"]  # same members forced
    forced: Annotated[Integers, "s, j"]  # 1 always consents, -1 never does, 0 as drawn
    any_forced: Annotated[Flags, "s"]
    group_start: Annotated[Integers, "g + 1"]  # members alike: forced in the same scenarios, asked at the same steps
    group_member: Annotated[Integers, "j"]  # group by group
    like_first: Annotated[Flags, "s"]  # differs from the first scenario at most in who always consents
    forced_groups: Annotated[Integers, "s"]  # bit g: group g always consents
    twin: Annotated[Integers, "s, k"]  # the last scenario before with the same procedure of the step, -1 = none


@by_reference
class Tally(NamedTuple):
    """Counts of worlds: whole numbers, so that sums do not depend on the order of work."""

    reached: Annotated[Integers, "d, k, y"]  # first scenario: step first reached in the year
    held: Annotated[Integers, "d, k, y"]  # first scenario: step reached, and not lost, at the end of the year
    gained: Annotated[Integers, "d, s, k, r"]  # reached here, not in the scenario compared with
    lost: Annotated[Integers, "d, s, k, r"]  # the other way round
    raced: Annotated[Integers, "d, k"]  # worlds in which the consents (or ratifications) were waited on
    last: Annotated[Integers, "d, k, j"]  # the consent that completes the number needed came last from this member
    blocked: Annotated[Integers, "d, k, j"]  # no consent from this member by the horizon
    critical: Annotated[Integers, "d, k, j"]  # reached by the horizon if the member always consents, not if never
    stopped: Annotated[Integers, "d, k, k, condition"]  # not reached by the horizon: at which step, for want of what


def take_steps(structure: Structure, kept: Sequence[int]) -> Structure:
    """Give the arrays of some steps only, by their numbers in ascending order; with them must be all they rest on."""
    parts = {}
    for name, hint in get_type_hints(Structure, include_extras=True).items():
        part = getattr(structure, name)
        for place, axis in enumerate(get_args(hint)[1].split(", ") if get_origin(hint) is Annotated else ()):
            part = part.take(kept, axis=place) if axis == "k" else part
        parts[name] = part
    order = [kept.index(k) for k in structure.step_order.tolist() if k in kept]
    return Structure(**{**parts, "step_order": np.array(order, dtype=np.int64)})


def empty_tally(structure: Structure, draws: int, scenarios: int) -> Tally:
    """Make the zero counts for a number of draws and scenarios.

    Parameters
    ----------
    structure : Structure
        Its steps, members, years and report years give the other axes.
    draws, scenarios : int, >= 1

    Returns
    -------
    Tally
        Axes as its fields say.
    """
    steps, members = structure.eligible.shape
    years, reports = len(structure.year_times), len(structure.report_index)

    def zeros(*shape: int) -> Integers:
        return np.zeros(shape, dtype=np.int64)

    return Tally(
        reached=zeros(draws, steps, years),
        held=zeros(draws, steps, years),
        gained=zeros(draws, scenarios, steps, reports),
        lost=zeros(draws, scenarios, steps, reports),
        raced=zeros(draws, steps),
        last=zeros(draws, steps, members),
        blocked=zeros(draws, steps, members),
        critical=zeros(draws, steps, members),
        stopped=zeros(draws, steps, steps, len(CONDITIONS)),
    )
