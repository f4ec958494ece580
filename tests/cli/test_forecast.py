"""What a forecast is asked for: scenarios, settings, measures; and an interrupt that keeps what is done."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from shteg.cli.forecast.command import command
from shteg.cli.forecast.options import chosen_measures, chosen_scenario, read_settings
from shteg.errors import UsageError
from shteg.pathways import simulate_pathways
from shteg.pathways.engine import simulation
from tests.pathways.rich import rich_case, rich_stages

FILE = """
[scenarios.one]
title = { en = "One", sq = "Një" }
measures = [ { id = "reform", intensity = 0.5 } ]

[scenarios.two]
title = { en = "Two", sq = "Dy" }

[scenarios.two.set]
"settlement.rate" = 0.2
"""


def test_a_scenario_is_found_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(FILE, encoding="utf-8")
    name, found = chosen_scenario(rich_case(), f"{file}:two")
    assert name == "two"
    assert found is not None
    assert found.set == {"settlement.rate": 0.2}
    with pytest.raises(UsageError, match="name one"):
        chosen_scenario(rich_case(), str(file))
    with pytest.raises(UsageError, match="did you mean two"):
        chosen_scenario(rich_case(), f"{file}:twoo")


def test_settings_are_numbers_each_set_once() -> None:
    assert read_settings(["a.b=0.5", "c = 2"]) == {"a.b": 0.5, "c": 2.0}
    with pytest.raises(UsageError, match="write it like"):
        read_settings(["a.b=much"])
    with pytest.raises(UsageError, match="once"):
        read_settings(["a=1", "a=2"])


def test_measures_with_and_without() -> None:
    case = rich_case()
    assert "reform" not in chosen_measures(case, ["all"], ["reform"])
    with pytest.raises(UsageError, match="did you mean reform"):
        chosen_measures(case, ["reforms"], [])


def test_an_interrupt_keeps_the_draws_done(monkeypatch: pytest.MonkeyPatch) -> None:
    case = rich_case(draws=30, worlds=20)
    monkeypatch.setattr(simulation, "WORLDS_PER_CHUNK", 200)

    def interrupt(done: int, total: int) -> None:
        if done > 0:
            raise KeyboardInterrupt

    found = simulate_pathways(case, *rich_stages(case), threads=1, progress=interrupt, on_interrupt="keep")
    values = {value.id: value.number for value in found.values}
    assert values["simulation.draws"] == 10
    assert values["simulation.worlds"] == 200
    assert "explanations" not in found.tables
    with pytest.raises(KeyboardInterrupt):
        simulate_pathways(case, *rich_stages(case), threads=1, progress=interrupt)


def test_worlds_without_paths_says_what_to_add() -> None:
    done = CliRunner().invoke(command, ["demo", "--worlds", "5"])
    assert isinstance(done.exception, UsageError)
    assert "--paths" in str(done.exception)


def test_every_number_has_its_label_and_its_sources(demo_edition: Path, kept: Path, tmp_path: Path) -> None:
    file = tmp_path / "paths.parquet"
    words = ["demo", "--json", "--cache", str(kept), "--paths", str(file), "--worlds", "2"]
    done = CliRunner().invoke(command, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert all(value["label"] and value["sources"] and value["method"] for value in told["values"])
    assert {"shapley", "blocking_sets", "tornado", "value_of_information", "explanations"} <= told["tables"].keys()
    assert file.stat().st_size > 0
