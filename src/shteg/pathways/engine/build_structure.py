"""What stays the same: the arrays of a case's steps and members, and what scenarios share with each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.steps_taken import steps_taken
from shteg.evidence.votes import votes_needed
from shteg.pathways.engine.world import DAYS_PER_YEAR
from shteg.pathways.model.arrays import NEVER, Flags, Floats, Integers, Keys, Plan, Structure
from shteg.pathways.model.model import Model, Scenario, cut_points, rate_source
from shteg.randomness import stable_key

RATIFYING = ("ratify", "hold", "hold days")
CONSENTS = ("consent.", "settlement.", "stance.")
EPISODES = ("consent.episodes.", "withdrawal.", "stance.")
"""What the numbers of consents and of episodes depend on, by the beginning of its name."""
MOST_GROUPS = 12
"""Sets of so many groups of members are told apart in a world by a table of 2¹² places."""


def calendar(case: Case) -> tuple[tuple[int, ...], Floats]:
    """Give the calendar years up to the horizon, and the years from the as-of day to the end of each."""
    start = case.header.as_of
    years = range(start.year, start.year + case.pathways.horizon_years + 1)
    times = np.array([((date(year, 12, 31) - start).days + 1) / DAYS_PER_YEAR for year in years])
    return tuple(years), times


def _keys(purpose: str, names: Iterable[str]) -> Keys:
    return np.array([stable_key(purpose, name) for name in names], dtype=np.uint64)


def build_structure(
    case: Case, order: list[int], years: tuple[int, ...], year_times: Floats, elapsed: Mapping[str, float]
) -> Structure:
    """Build the arrays that are the same in every draw and scenario.

    Parameters
    ----------
    case : Case
    order : list of int
        Places of the steps, prerequisites first.
    years : tuple of int
        Calendar years, of which the report years are picked.
    year_times : (y,) float
        Years from the first day to the end of each.
    elapsed : mapping of step id to float
        Years already waited for a step whose prerequisites are met.

    Returns
    -------
    Structure
    """
    steps, members = case.steps, [one.member for one in case.members]
    areas = [area.id for area in case.pathways.areas]
    voting = [[s.rule != "none" and (s.rule != "sponsors" or m in s.sponsors) for m in members] for s in steps]
    eligible: Flags = np.array(voting, dtype=np.bool_).reshape(len(steps), len(members))
    electors = eligible.sum(axis=1).astype(np.int64)
    moves = case.pathways.settlement.moves if case.pathways.settlement else ()
    pathways, as_of = case.pathways, case.header.as_of
    taken = steps_taken(case)
    return Structure(
        step_order=np.array(order, dtype=np.int64),
        prerequisite=np.array([[t.id in s.prerequisites for t in steps] for s in steps], dtype=np.bool_),
        eligible=eligible,
        electors=electors,
        votes=np.array([votes_needed(s.rule, int(n)) for s, n in zip(steps, electors, strict=True)], dtype=np.int64),
        ratified=np.array([s.ratified for s in steps], dtype=np.bool_),
        reached=np.array([s.id in taken for s in steps], dtype=np.bool_),
        needs_area=np.array([[a in s.requirement_areas for a in areas] for s in steps], dtype=np.bool_).reshape(
            len(steps), len(areas)
        ),
        moves=np.array([m in moves for m in members], dtype=np.bool_),
        vetoes=pathways.consent.episodes is not None and bool(members),
        withdraws=pathways.withdrawal is not None,
        lapses=bool(pathways.reversals),
        under_way=np.array([began(shock.under_way_since, as_of) for shock in pathways.shocks], dtype=np.bool_),
        area_elapsed=np.array([years_since(area.started_on, as_of) for area in pathways.areas], dtype=np.float64),
        elapsed=np.array([elapsed.get(s.id, 0.0) for s in steps], dtype=np.float64),
        cut_years=np.zeros((len(steps), 0)),
        horizon=float(year_times[-1]),
        year_times=year_times,
        report_index=np.array([years.index(y) for y in sorted(set(case.pathways.report_years))], dtype=np.int64),
        factor_key=stable_key("common factor"),
        settlement_key=stable_key("settlement"),
        consent_key=_keys("consent", members),
        change_key=_keys("change", members),
        follow_key=_keys("follow", members),
        ratify_key=np.array(
            [[[stable_key(f"{what}\x1f{s.id}", m) for what in RATIFYING] for m in members] for s in steps],
            dtype=np.uint64,
        ).reshape(len(steps), len(members), len(RATIFYING)),
        procedure_key=_keys("procedure", (s.id for s in steps)),
        area_key=_keys("area", areas),
        shock_key=_keys("shock", (shock.id for shock in pathways.shocks)),
        under_way_key=_keys("under way", (shock.id for shock in pathways.shocks)),
        episode_key=np.array([*_keys("episode", members), stable_key("withdrawal")], dtype=np.uint64),
        lapse_key=_keys("lapse", (s.id for s in steps)),
    )


def began(since: DateInterval | None, as_of: date) -> bool:
    """Tell whether something that began at a date had begun by the as-of day."""
    return since is not None and since.last <= as_of


def years_since(since: DateInterval | None, as_of: date) -> float:
    """Give the years from the middle of a date to the as-of day; 0 where there is none or it lies ahead."""
    if since is None or since.last > as_of:
        return 0.0
    middle = (since.first.toordinal() + since.last.toordinal()) / 2
    return (as_of.toordinal() - middle) / DAYS_PER_YEAR


def cut_table(model: Model) -> Floats:
    """Give (k, c) the years of waiting from which hazards are others, NEVER where there are no more."""
    points = [cut_points(model, step) for step in model.steps]
    table = np.full((len(points), max(map(len, points))), NEVER)
    for k, cuts in enumerate(points):
        table[k, : len(cuts)] = [years for years, _ in cuts]
    return table


def make_plan(model: Model) -> Plan:
    """Tell which scenarios share consents, areas and shocks, so that each is drawn once in a world."""
    scenarios = model.scenarios
    moved = [_moved(model, s, *CONSENTS, without=EPISODES) for s in scenarios]
    consent = _rows([(mark, s.always, s.never) for mark, s in zip(moved, scenarios, strict=True)])
    areas = _rows([_moved(model, s, "area.") for s in scenarios])
    shocks = _rows([_moved(model, s, "shock.") for s in scenarios])
    episodes = _rows([_moved(model, s, *EPISODES) for s in scenarios])
    late = consent if model.structure.vetoes and _waits_for_a_quorum(model.structure) else np.zeros_like(consent)
    ratification = _rows([(s.always, s.never) for s in scenarios])
    forced = [[(m in s.always) * 1 - (m in s.never) * 1 for m in model.members] for s in scenarios]
    alike = _rows(list(zip(*forced, *model.structure.eligible.tolist(), strict=True)))
    groups = 1 + int(alike.max(initial=-1))
    return Plan(
        compare=np.array([s.compare for s in scenarios], dtype=np.int64),
        consent_row=consent,
        consent_from=_first(_rows(moved)),
        area_row=areas,
        area_from=_first(areas),
        shock_row=shocks,
        shock_from=_first(shocks),
        episode_row=episodes,
        episode_from=_first(episodes),
        late_row=late,
        ratify_row=ratification,
        forced=np.array(forced, dtype=np.int64).reshape(len(scenarios), len(model.members)),
        any_forced=np.array([bool(s.always or s.never) for s in scenarios], dtype=np.bool_),
        like_first=_like_first(model) if groups <= MOST_GROUPS else np.zeros(len(scenarios), dtype=np.bool_),
        forced_groups=_forced_groups(forced, alike.tolist()),
        group_start=np.concatenate([[0], np.bincount(alike).cumsum()]) if len(alike) else np.zeros(1, dtype=np.int64),
        group_member=np.argsort(alike, kind="stable"),
        twin=_twins(model, list(zip(shocks, episodes, late, ratification, strict=True))),
    )


def _like_first(model: Model) -> Flags:
    """Tell which scenarios differ from the first at most in who always consents; none where only the first would."""
    first, *others = [(s.measures, s.timing, s.overrides, s.never) for s in model.scenarios]
    forced = bool(model.scenarios[0].always or model.scenarios[0].never)
    alike = [not forced and one == first for one in others]
    return np.array([any(alike), *alike], dtype=np.bool_)


def _forced_groups(forced: Sequence[Sequence[int]], alike: Sequence[int]) -> Integers:
    """Give (s,) the groups whose members always consent, as bits; of the first 63 groups."""
    return np.array(
        [sum({1 << g for one, g in zip(row, alike, strict=True) if one > 0 and g < 63}) for row in forced],
        dtype=np.int64,
    )


def _twins(model: Model, shared: Sequence[Hashable]) -> Integers:
    """Give (s, k) the last scenario before with the same hazard of a step and the same in `shared`, -1 = none."""
    twins = np.full((len(model.scenarios), len(model.steps)), -1)
    for k, step in enumerate(model.steps):
        names = (f"step.{step.id}.", *(() if step.ratified else (rate_source(model, step),)))
        seen: dict[Hashable, int] = {}
        for s, scenario in enumerate(model.scenarios):
            mark = (_moved(model, scenario, *names), shared[s])
            twins[s, k], seen[mark] = seen.get(mark, -1), s
    return twins


def _waits_for_a_quorum(st: Structure) -> bool:
    return bool(((st.votes < st.electors) & ~st.ratified).any())


def _moved(model: Model, scenario: Scenario, *prefixes: str, without: tuple[str, ...] = ()) -> Hashable:
    """Give what a scenario changes among the parameters with these prefixes: equal means equal numbers."""
    horizon = model.structure.horizon

    def concerned(name: str) -> bool:
        return name.startswith(prefixes) and (name.startswith("stance.") or not name.startswith(without or ("-",)))

    measures = tuple(
        (m.id, scenario.start_years(m), scenario.intensity(m))
        for m in model.case.recommendations.measures
        if scenario.acts(m, horizon) and any(concerned(e.target) for e in m.effects)
    )
    return measures, tuple(sorted((k, v) for k, v in scenario.overrides.items() if concerned(k)))


def _rows(marks: Sequence[Hashable]) -> Integers:
    """Number the different marks in the order in which they come."""
    order = {mark: i for i, mark in enumerate(dict.fromkeys(marks))}
    return np.array([order[mark] for mark in marks], dtype=np.int64)


def _first(rows: Integers) -> Integers:
    """Give, for each scenario, the first one with its row."""
    return np.unique(rows, return_index=True)[1].astype(np.int64)[rows]
