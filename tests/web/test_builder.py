"""What the processes beside the server say, asked in this process: editions, what is stale, problems, scenarios."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shteg.edition import Options
from shteg.edition.cache import StageCache
from shteg.errors import ModelError, UsageError
from shteg.evidence import Case, find_case
from shteg.report import open_edition
from shteg.web import builder as rooms
from shteg.web.builder import Builder, options_of, setting_of
from shteg.web.scenario import describe_choices, simulate


class Heard:
    """Stands for the requests: keeps what is said."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.newer = False

    def say(self, **said: Any) -> None:
        self.said.append(json.loads(json.dumps(said)))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.said if one["kind"] == kind]


@pytest.fixture
def made(tmp_path: Path, kept: Path, demo_edition: Path) -> tuple[Path, Builder, Heard]:
    shutil.copytree(find_case("demo"), tmp_path / "case")
    heard = Heard()
    (tmp_path / "work").mkdir()
    return tmp_path / "case", Builder(tmp_path / "case", tmp_path / "work", Options(cache=kept), heard), heard  # type: ignore[arg-type]


def test_options_go_to_another_process_and_back(tmp_path: Path) -> None:
    options = Options(verified_only=True, text=False, threads=2, cache=tmp_path)
    setting = json.loads(json.dumps(setting_of(tmp_path, tmp_path, options, tmp_path)))
    assert options_of(setting) == options


def test_a_case_that_was_built_is_there_at_once(made: tuple[Path, Builder, Heard], demo_edition: Path) -> None:
    _, builder, heard = made
    builder.build(7)
    assert [one["kind"] for one in heard.said] == ["progress", "read", "edition", "problems"]
    assert {one["number"] for one in heard.said} == {7}
    (edition,) = heard.of("edition")
    assert edition["stale"] == []
    assert edition["edition"] == json.loads((demo_edition / "manifest.json").read_text(encoding="utf-8"))["edition"]
    assert heard.of("problems")[0] == {"kind": "problems", "number": 7, "problems": [], "whole": True}


def test_a_changed_table_is_shown_before_its_figures_and_given_up_when_it_changes_again(
    made: tuple[Path, Builder, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, builder, heard = made
    builder.build(1)
    heard.said.clear()
    acts = case / "acts.csv"
    acts.write_bytes(b"".join(acts.read_bytes().splitlines(keepends=True)[:-3]))
    heard.newer = True  # the case changes again as soon as it is computed
    monkeypatch.setattr(rooms, "held_results", _without_kept(rooms.held_results))
    builder.build(2)
    (edition,) = heard.of("edition")
    assert {"stance", "pathways", "pool"} <= set(edition["stale"])
    view = open_edition(Path(edition["folder"]))
    assert view.table("evidence.acts").height == len(acts.read_bytes().splitlines()) - 1
    assert heard.said[-1]["kind"] == "superseded"


def _without_kept(held: Callable[..., Any]) -> Callable[..., Any]:
    return lambda case, cache, last: held(case, StageCache(None), last)


def test_every_problem_is_said_as_check_says_it(made: tuple[Path, Builder, Heard]) -> None:
    case, builder, heard = made
    members = case / "members.csv"
    members.write_bytes(members.read_bytes().replace(b"XAB", b"QQQ", 1))
    text = case / "text" / "sq" / "report.md"
    text.write_text(text.read_text(encoding="utf-8") + "\n\nJanë 17 veta. {#tepër}\n", encoding="utf-8")
    builder.build(1)
    (told,) = heard.of("problems")
    assert not told["whole"]
    files = {one["file"] for one in told["problems"]}
    assert {"members.csv", "text/sq/report.md"} <= files
    assert all(one["hint"] for one in told["problems"])


def test_what_stops_a_build_is_told_and_the_next_goes_on(
    made: tuple[Path, Builder, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, builder, heard = made

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(rooms, "read_case", fail)
        builder.build(1)
        patched.setattr(rooms, "read_case", _raise(ModelError("no such rate", "name another", "pathways.toml")))
        builder.build(2)
    (failed,) = heard.of("failed")
    assert "a bug" in failed["problem"]
    (told,) = heard.of("problems")
    assert (told["problems"][0]["file"], told["problems"][0]["problem"]) == ("pathways.toml", "no such rate")
    heard.said.clear()
    builder.build(3)
    assert heard.said[-1]["problems"] == []


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def asked(**more: Any) -> dict[str, Any]:
    return {"language": "sr", "measures": [], "scenario": "", "settings": {}, **more}


def test_a_scenario_stands_beside_the_forecast_of_the_case(demo: Case, kept: Path, demo_edition: Path) -> None:
    seen = Options().filter(demo)
    choices = describe_choices(seen, "sr")
    ids = [one["id"] for one in choices["measures"]]
    steps: list[tuple[int, int]] = []
    found = simulate(seen, StageCache(kept), asked(measures=ids), 2, lambda done, total: steps.append((done, total)))
    assert steps[-1][0] > 0
    view = open_edition(demo_edition)
    last = found["years"][-1]
    for value in view.select("value.pathways.forecast", year=last):
        title = view.name_of(value.label_args["step"], "sr")
        row = next((row for row in found["rows"] if row["step"] == title), None)
        if row is not None:
            assert row["cells"][-1]["share_before"] == pytest.approx(value.number, abs=1e-6)
    assert any(cell["share"] > cell["share_before"] for row in found["rows"] for cell in row["cells"])
    assert all(cell["now"].endswith("%") for row in found["rows"] for cell in row["cells"])
    assert found["sentences"]


def test_what_does_not_exist_is_refused(demo: Case, kept: Path) -> None:
    seen = Options().filter(demo)
    for more in ({"measures": ["none"]}, {"scenario": "none"}, {"language": "xx"}):
        with pytest.raises(UsageError, match="load the"):
            simulate(seen, StageCache(kept), asked(**more), 1, lambda done, total: None)


def test_every_stage_has_a_name_in_the_studio() -> None:
    from shteg.edition.stage_table import STAGES
    from shteg.report.language.messages import has_message, languages

    named = [one.name if hasattr(one, "name") else one for one in STAGES]
    assert len(named) >= 10
    assert [(code, one) for code in languages() for one in named if not has_message(code, f"studio.stage.{one}")] == []
