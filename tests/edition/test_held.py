"""What can be shown before all stages have run: kept results, and those of the last build where there are none."""

from dataclasses import replace
from pathlib import Path

from shteg.edition import Options, run_stages
from shteg.edition.build import freeze_results
from shteg.edition.cache import StageCache
from shteg.edition.held import held_results
from shteg.edition.stage_table import STAGES
from shteg.evidence import Case
from shteg.report import open_edition


def test_of_a_case_that_was_built_nothing_is_stale(demo: Case, demo_edition: Path, kept: Path) -> None:
    held = held_results(Options().filter(demo), StageCache(kept), None)
    assert held is not None
    assert held.stale == ()
    assert list(held.results.by_stage) == [stage.name for stage in STAGES]


def test_without_a_last_build_nothing_is_held(demo: Case, tmp_path: Path) -> None:
    assert held_results(Options().filter(demo), StageCache(tmp_path), None) is None


def test_stages_whose_evidence_changed_keep_the_last_result_and_are_named(
    demo: Case, demo_edition: Path, kept: Path, tmp_path: Path
) -> None:
    cache = StageCache(kept)
    last = run_stages(Options().filter(demo), cache)
    changed = replace(demo, acts=demo.acts[:-1])
    held = held_results(Options().filter(changed), StageCache(tmp_path / "empty"), last)
    assert held is not None
    assert set(held.stale) == {"stance", "consent", "pathways", "recommendations", "evaluation", "pool", "explorer"}
    assert all(held.results[name] is last[name] for name in held.stale)
    assert all(held.results.keys[name] == last.keys[name] for name in held.stale)
    folder = freeze_results(changed, tmp_path / "edition", Options(), held.results)
    view = open_edition(folder)
    assert view.table("evidence.acts").height == len(demo.acts) - 1
    assert view.values.keys() >= {value.id for value in last["pathways"].values}
