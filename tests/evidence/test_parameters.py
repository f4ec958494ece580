"""The list of parameters: one for the checks, the lexicon of the edition, the model and the documentation."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from shteg.edition.lexicon import build_lexicon
from shteg.evidence import Case, check_case, read_case, shipped_cases
from shteg.evidence.parameters import find_parameters, movable_targets, outside, settable_names
from shteg.evidence.records.base import Parameter
from shteg.evidence.records.case import Effect, Recommendations
from shteg.evidence.records.case import Pathways as PathwaysRecord
from shteg.pathways.model.checks import check_measures
from shteg.pathways.model.parameters import name_parameters
from tests.evidence.demo_copy import copy_demo_in_two_languages, replace_once

DOCS = Path(__file__).resolve().parents[2] / "docs"


def whole_case(folder: Path) -> Path:
    """Copy demo with a parameter of every kind that there is."""
    case = copy_demo_in_two_languages(folder)
    one = 'value = 0.1, low = 0.05, high = 0.2, label = "assumed", source = "editors", title = { en = "a", sq = "b" }'
    add = f"""
[consent.episodes]
onset = {{ {one} }}
stance = {{ {one} }}
end = {{ {one} }}

[withdrawal]
rate = {{ {one} }}
return_rate = {{ {one} }}

[reversals]
association = {{ {one} }}
"""
    with (case / "pathways.toml").open("a", encoding="utf-8") as file:
        file.write(add)
    return case


def steps_without_ratification(case: Case) -> list[str]:
    return [step.id for step in case.steps if not step.ratified]


@pytest.mark.parametrize("name", sorted(shipped_cases()))
def test_every_parameter_has_a_title_in_every_language_of_the_site(name: str) -> None:
    case = read_case(shipped_cases()[name])
    lexicon = build_lexicon(case)
    for one in name_parameters(case.pathways).values():
        assert set(lexicon[one.title_id]) == set(case.header.languages), one.title_id


def test_a_lost_step_has_a_title(tmp_path: Path) -> None:
    case = read_case(whole_case(tmp_path))
    assert build_lexicon(case)["parameter:reversal.association"] == {"en": "a", "sq": "b"}


def test_every_parameter_of_the_record_is_in_the_list(tmp_path: Path) -> None:
    pathways = read_case(whole_case(tmp_path)).pathways
    listed = {id(one.entry) for one in find_parameters(pathways)}

    def parameters(value: object) -> list[Parameter]:
        if isinstance(value, Parameter):
            return [value]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
        if hasattr(type(value), "model_fields"):
            inner = [getattr(value, name) for name in type(value).model_fields]  # type: ignore[attr-defined]
        return [one for part in inner for one in parameters(part)]

    assert {id(one) for one in parameters(pathways)} == listed
    assert isinstance(pathways, PathwaysRecord)


def test_raw_tables_and_records_give_the_same_list(tmp_path: Path) -> None:
    import tomllib

    folder = whole_case(tmp_path)
    raw = tomllib.loads((folder / "pathways.toml").read_text(encoding="utf-8"))
    read = read_case(folder).pathways
    assert [(a.name, a.path) for a in find_parameters(raw)] == [(a.name, a.path) for a in find_parameters(read)]
    assert [one.name for one in find_parameters(read)] == list(name_parameters(read))


def test_docs_check_and_model_agree_on_what_a_measure_may_move(tmp_path: Path) -> None:
    case = read_case(whole_case(tmp_path))
    checked = set(movable_targets(case.pathways, [m.member for m in case.members], steps_without_ratification(case)))
    everything = checked | set(settable_names(case.pathways, ["XAB"], ["plan"])) | {"step.ratified.log_rate", "no.such"}
    effect = {"value": 0.1, "low": 0.05, "high": 0.2}
    measure = case.recommendations.measures[0]
    model = set()
    for target in everything:
        moved = measure.model_copy(update={"effects": (Effect(target=target, operation="add", **effect),)})
        trial = replace(case, recommendations=Recommendations(areas=case.recommendations.areas, measures=(moved,)))
        if not check_measures(trial):
            model.add(target)
    assert model == checked
    text = (
        (DOCS / "case-format.md").read_text(encoding="utf-8").split("## What a measure may move")[1].split("\n## ")[0]
    )
    ids = r"\.(XA[A-I]|fisheries|patrol|drought|association|contributor|plan|protocol|member)(?=\.|$)"
    kinds = {re.sub(ids, ".ID", one.replace("consent.member.", "consent.member!")) for one in checked}
    kinds = {re.sub(r"member!.*", "member.CODE", one) for one in kinds}
    assert {one for one in re.findall(r"`([a-z_]+\.[A-Za-z_.]+)`", text) if "toml" not in one} == kinds


def test_a_measure_may_move_the_loss_of_a_step(tmp_path: Path) -> None:
    folder = whole_case(tmp_path)
    replace_once(folder, "recommendations.toml", '"settlement.rate"', '"reversal.association"')
    assert check_case(folder) == ()


@pytest.mark.parametrize(
    ("value", "domain", "wrong"),
    [(-101, "real", True), (-99, "real", False), (0, "positive", True), (1.01, "probability", True)],
)
def test_a_domain_has_ends(value: float, domain: str, wrong: bool) -> None:
    assert outside(value, domain) is wrong  # type: ignore[arg-type]
