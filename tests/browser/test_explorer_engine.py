"""The explorer walks the very worlds of the engine: equal times on random settings of every kind, and fast enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from shteg.estimates import Draws, StageResult
from shteg.explorer.package import Package, make_package
from shteg.explorer.setting import Setting, answer, with_rule
from shteg.pathways.engine.build_model import build_model, with_scenarios
from shteg.pathways.engine.simulation import run_model
from shteg.pathways.model.arrays import CONDITIONS, NEVER, Floats
from shteg.pathways.model.model import Model
from tests.explorer.books import as_switched, book_of, random_settings
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.rich import rich_case, rich_stages

pytestmark = pytest.mark.browser

SETTINGS = 200
SAME_TIME = 1e-9
"""Years: exp, log and pow of two libraries differ in the last digit."""
ENGINE_FILES = 6
"""Parts of the script that compute; those behind them are the page."""


@pytest.fixture(scope="module")
def empty_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto("about:blank")
    for part in sorted(files("shteg.publish").joinpath("assets/explorer").iterdir(), key=lambda one: one.name):
        if part.name[:2] <= f"{ENGINE_FILES}0":
            page.add_script_tag(content=part.read_text(encoding="utf-8"))
    yield page
    context.close()


def rich(*, draws: int = 12, worlds: int = 6) -> Model:
    case = rich_case(draws=draws, worlds=worlds)
    return build_model(case, *rich_stages(case), (), effects=False)


def dynamic(*, draws: int = 12, worlds: int = 6, **parts: bool) -> Model:
    case = dynamic_case(draws=draws, worlds=worlds, **parts)
    return build_model(case, *dynamic_stages(case), (), effects=False)


def estimated(*, draws: int = 12) -> Model:
    """Give the same with consent as the stage before estimates it: the link, refusals, objections by member."""
    case = dynamic_case(draws=draws, worlds=6)
    noise = np.random.default_rng(13)
    members = tuple(one.member for one in case.members)
    centres = {
        "consent_link": {"intercept": 3.0, "slope": 0.8, "statehood": 1.5},
        "consent_common": {"common_factor": 0.8},
        "refusal_end": {"rate": -1.2},
        "objection_onset": {member: -2.5 - 0.1 * j for j, member in enumerate(members)},
        "objection_end": dict.fromkeys(members, -0.5),
    }
    drawn = {
        name: Draws(
            values=np.array(list(units.values())) + 0.1 * noise.normal(size=(draws, len(units))),
            units=tuple(units),
            measure="log_rate_per_year",
            label="estimated",
            source_ids=("made-up",),
        )
        for name, units in centres.items()
    }
    model = build_model(
        case, *dynamic_stages(case), (), consent=StageResult(stage="consent", draws=drawn), effects=False
    )
    assert model.objections is not None
    begun = np.arange(len(members)) % 5 == 0  # some object openly on the first day
    return replace(model, objections=replace(model.objections, begun=begun))


MODELS = {
    "estimated": estimated,
    "plain": rich,
    "everything": dynamic,
    "without-lapses": lambda: dynamic(lapses=False),
    "without-withdrawal": lambda: dynamic(withdraws=False),
    "without-episodes": lambda: dynamic(vetoes=False, lapses=False),
}


def load(page: Page, package: Package) -> None:
    page.evaluate(
        "book => { window.one = SHTEG_EXPLORER.makeExplorer(book); window.one.prepare(null, () => {}); }",
        book_of(package),
    )


def walked(page: Page, package: Package, settings: list[Setting]) -> Floats:
    """Give (setting, draw, world, step) years from the page."""
    found: list[list[float]] = page.evaluate(
        "settings => settings.map(one => Array.from(window.one.paths(one)))", [as_switched(one) for one in settings]
    )
    steps = len(package.model.steps)
    return np.array(found).reshape(len(settings), len(package.draws), package.worlds, steps)


@pytest.mark.parametrize("name", MODELS)
def test_the_page_walks_the_worlds_of_the_engine(empty_page: Page, name: str) -> None:
    package = make_package(MODELS[name](), worlds=60)
    settings = random_settings(package.model, SETTINGS, seed=7)
    load(empty_page, package)
    settings.sort(key=lambda one: (one.rule, one.ratification))
    compared = reached = 0
    for _, group in groupby(settings, key=lambda one: (one.rule, one.ratification)):
        same = list(group)
        theirs = np.moveaxis(answer(package.model, same, package.draws, package.worlds), 2, 0)
        ours = walked(empty_page, package, same)
        assert ((ours >= NEVER) == (theirs >= NEVER)).all()
        there = theirs < NEVER
        assert np.abs(ours[there] - theirs[there]).max() < SAME_TIME
        compared, reached = compared + theirs.size, reached + int(there.sum())
    assert compared == SETTINGS * 60 * len(package.model.steps)
    assert 0.1 < reached / compared < 0.9  # neither all nor nothing happens


@pytest.mark.parametrize("name", MODELS)
def test_where_the_way_stops_and_who_withholds(empty_page: Page, name: str) -> None:
    package = make_package(MODELS[name](), worlds=72)
    model, horizon = package.model, len(package.model.years) - 1
    load(empty_page, package)
    seen = withheld = 0
    for setting in random_settings(model, 12, seed=8):
        ruled = with_rule(with_scenarios(model, [setting.scenario()]), setting.rule, setting.ratification)
        tally = run_model(ruled, threads=1)
        for k in range(len(model.steps)):
            told: dict[str, Any] = empty_page.evaluate(
                "([setting, k, y]) => { const one = window.one.answer(setting, k, y);"
                " return {stops: [...one.stops], count: one.count, reached: [...one.reached],"
                " withheld: [...window.one.withheld(setting, k, y)]}; }",
                [as_switched(setting), k, horizon],
            )
            stops = np.array(told["stops"]).reshape(len(model.steps), len(CONDITIONS))
            np.testing.assert_array_equal(stops, tally.stopped[:, k].sum(axis=0))
            assert told["count"] == tally.reached[:, k].sum()
            years = np.array(told["reached"]).reshape(len(model.steps), len(model.years))
            np.testing.assert_array_equal(years, tally.reached.sum(axis=0).cumsum(axis=1))
            if model.structure.votes[k] > 0:
                np.testing.assert_array_equal(told["withheld"], tally.blocked[:, k].sum(axis=0))
                withheld += sum(told["withheld"])
            seen += int(stops.sum())
    assert seen > 500
    assert withheld > 300


@pytest.mark.parametrize("name", ["everything", "without-lapses", "plain"])
def test_sets_of_members_that_would_do(empty_page: Page, name: str) -> None:
    package = make_package(MODELS[name](), worlds=72)
    model, year = package.model, len(package.model.years) - 1
    end, members = model.structure.year_times[year], [one.member for one in model.case.members]
    load(empty_page, package)
    compared = 0
    for step in ("first", "second", "ratified"):
        k = [one.id for one in model.steps].index(step)
        setting = Setting(rule="all", never=frozenset(members[:1] if name == "everything" else ()))
        told = empty_page.evaluate(
            "([setting, k, y]) => { let found; const one = window.one.answer(setting, k, y);"
            " window.one.searchSets(setting, one, null, all => { found = all; });"
            " return {...found, counts: [...found.counts]}; }",
            [as_switched(setting), k, year],
        )
        pool = [members[j] for j in told["pool"]]
        masks = list(range(len(told["counts"])))
        sets = [frozenset(one for at, one in enumerate(pool) if mask >> at & 1) for mask in masks]
        sets.append(frozenset(members) - setting.never)
        paths = answer(model, [replace(setting, always=one) for one in sets], package.draws, package.worlds)
        counts = (paths[..., k] <= end).sum(axis=(0, 1))
        np.testing.assert_array_equal([*told["counts"], told["everyone"]], counts)
        needed = counts[0] + (counts[-1] - counts[0]) / 2
        enough = [len(one) for one, count in zip(sets[:-1], counts[:-1], strict=True) if count >= needed and one]
        least = min((size for size in enough if size <= 5), default=0) if counts[-1] > counts[0] else 0
        assert {one["size"] for one in told["smallest"]} == ({least} if least else set())
        compared += len(sets)
    assert compared > 40
