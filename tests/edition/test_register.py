"""What is registered is what the edition says; a reconstructed edition rests on what was known, and keeps its name."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shteg.edition import Options
from shteg.edition.register import lines_of, plan_reconstruction, plan_registration
from shteg.errors import EditionError, UsageError
from shteg.evidence.case import Case
from shteg.evidence.records.files import LEDGER
from shteg.ledger.lines import events_before, rule_in_words

TODAY, ONCE = date(2026, 11, 30), date(2018, 1, 1)


def test_every_dated_probability_of_the_edition_is_registered_under_its_name(
    demo: Case, demo_edition: Path, kept: Path
) -> None:
    plan = plan_registration(demo, Options(cache=kept))
    manifest = json.loads((demo_edition / "manifest.json").read_text(encoding="utf-8"))
    assert plan.edition == manifest["edition"]
    lines = {line["id"]: line for line in lines_of(plan, Options(cache=kept), TODAY)}
    values = json.loads((demo_edition / "values.json").read_text(encoding="utf-8"))
    years = demo.pathways.report_years
    dated = {one["id"]: one for one in values if re.fullmatch(r"forecast\.[^.]+\.\d{4}", one["id"])}
    assert len(lines) == len(dated) == len(demo.steps) * len(years)
    for name, value in dated.items():
        line = lines[f"{plan.edition}.{name.removeprefix('forecast.')}"]
        assert float(line["probability"]) == pytest.approx(value["number"], abs=5e-7)
        assert float(line["low"]) == pytest.approx(value["low"], abs=5e-7)
        assert (line["kind"], line["made_on"], line["written_on"]) == ("real", "2026-06-30", "2026-11-30")
        assert line["due"] == f"{name[-4:]}-12-31"
    assert f"`plan` of XAA, surely on or before {years[0]}-12-31" in lines[f"{plan.edition}.plan.{years[0]}"]["rule"]


def test_a_step_without_events_is_registered_with_those_that_come_first(demo: Case) -> None:
    steps = {step.id: step for step in demo.steps}
    assert events_before(steps["ratified"], steps) == ("protocol",)
    assert events_before(steps["member"], steps) == ("protocol",)  # past the step between, which has none
    assert events_before(steps["contributor"], steps) == ()
    rules = {name: rule_in_words(step, "XAA", date(2031, 12, 31), steps) for name, step in steps.items()}
    assert "no if it has no `protocol` of XAA by then" in rules["ratified"]
    assert rules["contributor"].endswith("it is closed by hand, with reason and source.")


def test_to_be_registered_makes_it_no_other_edition(demo: Case) -> None:
    name = plan_registration(demo, Options()).edition
    before = replace(demo, files={file: sha for file, sha in demo.files.items() if file not in LEDGER}, ledger=())
    assert len(before.files) == len(demo.files) - len(LEDGER)
    assert plan_registration(before, Options()).edition == name
    other = replace(demo, files={**demo.files, "acts.csv": "0" * 64})
    assert plan_registration(other, Options()).edition != name


def test_an_edition_without_dated_probabilities_is_not_registered(
    demo: Case, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shteg.edition.register.FORECASTS", "stance")
    plan = plan_registration(demo, Options(cache=kept))
    with pytest.raises(EditionError, match="gives no dated probability of a step ahead"):
        lines_of(plan, Options(cache=kept), TODAY)


def test_another_day_is_no_edition_of_today(demo: Case) -> None:
    with pytest.raises(UsageError, match=r"(?s)is not today's.*shteg reconstruct"):
        plan_registration(demo, Options(as_of=ONCE))
    with pytest.raises(UsageError, match=r"(?s)is not before 2026-06-30.*shteg register"):
        plan_reconstruction(demo, Options(), date(2026, 6, 30), (1,))


def test_a_reconstruction_asks_what_can_be_scored_by_now(demo: Case) -> None:
    plan = plan_reconstruction(demo, Options(), ONCE, (1, 3, 5, 10))
    assert plan.kind == "reconstructed"
    assert plan.case.header.as_of == ONCE
    assert plan.case.pathways.report_years == (2018, 2020, 2022, 2027, *demo.pathways.report_years)


def test_what_became_known_later_changes_no_reconstruction(demo: Case) -> None:
    name = plan_reconstruction(demo, Options(), ONCE, (1, 3)).edition
    late = [row for row in demo.acts if row.public_from > ONCE]
    early = [row for row in demo.acts if row.public_from <= ONCE]
    assert late
    fewer = replace(demo, acts=tuple(early), files={**demo.files, "acts.csv": "0" * 64}, ledger=(), resolutions=())
    assert plan_reconstruction(fewer, Options(), ONCE, (1, 3)).edition == name
    others = {
        "other evidence": plan_reconstruction(replace(demo, acts=tuple(early[1:])), Options(), ONCE, (1, 3)),
        "another day": plan_reconstruction(demo, Options(), date(2019, 1, 1), (1, 3)),
        "other years": plan_reconstruction(demo, Options(), ONCE, (1, 4)),
        "verified only": plan_reconstruction(demo, Options(verified_only=True), ONCE, (1, 3)),
    }
    assert name not in {one.edition for one in others.values()}
    assert len({one.edition for one in others.values()}) == len(others)
