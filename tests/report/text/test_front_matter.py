"""The front matter: titles with figures, conditions that stop the build, leads that an editor names."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shteg.errors import ParityError, Problem
from shteg.estimates import Value
from shteg.report import EditionView, check_texts, require_parity
from shteg.report.language.marked import Marked, Quoted
from shteg.report.text.conditions import Doubt, parse_condition
from shteg.report.text.leads import is_probability, no_lead
from shteg.report.text.read import read_document
from shteg.report.text.resolve import read_resolved

PUBLISHED = ("value.survey.published", "value.survey.score")
HEAD = """+++
title = "{title}"
description = "{description}"
{rest}
+++

{body}
"""
EN = {
    "title": "The {{ value.acts.recognition.no|words }} refusers are not the whole problem",
    "description": "Support is {{ value.survey.joining.tvb.2025.all }}.",
    "body": "Words about the lake and its shores. {#words}",
}
SQ = {
    "title": "Të {{ value.acts.recognition.no|words }} kundërshtarët nuk janë i gjithë problemi",
    "description": "Mbështetja është {{ value.survey.joining.tvb.2025.all }}.",
    "body": "Fjalë për liqenin dhe brigjet e tij. {#words}",
}
LEADS = """leads = [
  "survey.joining.tvb.2025.all",
  { value = "forecast.plan.2036", text = "CAPTION" },
]"""
CAPTIONS = {"en": "is how likely the plan is", "sq": "është gjasa e planit"}


def front(parts: dict[str, str], rest: str = "", **changed: str) -> str:
    return HEAD.format(**(parts | changed), rest=rest)


@pytest.fixture
def problems(make_edition: Callable[..., EditionView]) -> Callable[..., list[Problem]]:
    """Give a function that puts two announcements into the edition and lists what is wrong with them."""

    def find(en: str, sq: str) -> list[Problem]:
        return list(check_texts(make_edition(en, sq, name="announcement")))

    return find


def both(rest: str) -> tuple[str, str]:
    return front(EN, rest.replace("CAPTION", CAPTIONS["en"])), front(SQ, rest.replace("CAPTION", CAPTIONS["sq"]))


def test_a_title_knows_its_figures(make_edition: Callable[..., EditionView]) -> None:
    edition = make_edition(*both(LEADS), name="announcement")
    assert check_texts(edition) == ()
    document, _ = read_resolved(edition, "sq", "announcement")
    assert document.title == "Të dy kundërshtarët nuk janë i gjithë problemi"
    assert isinstance(document.title, Marked)
    (figure,) = [one for one in document.title.parts if isinstance(one, Quoted)]
    assert (figure.value_id, figure.style, str(figure)) == ("acts.recognition.no", "words", "dy")
    assert document.description == "Mbështetja është 84%."


@pytest.mark.parametrize(
    ("spoil", "line", "problem"),
    [
        ({"title": "The 2 refusers are not the whole problem"}, 2, "the title: the figure '2' is bound to no value"),
        ({"title": "The two refusers are not the whole problem"}, 2, "the number word 'two' is bound to no value"),
        ({"title": "The {{ value.acts.recognition.noo }} refusers"}, 2, "there is no value 'acts.recognition.noo'"),
        ({"title": "The lake [@register] and its shores"}, 2, "something other than words and figures"),
        ({"title": "The lake {{ figure.blockers }}"}, 2, "something other than words and figures"),
        ({"description": "Support is 84%."}, 3, "the description: the figure '84%' is bound to no value"),
    ],
)
def test_spoilt_titles(problems: Callable[..., list[Problem]], spoil: dict[str, str], line: int, problem: str) -> None:
    found = [one for one in problems(front(EN, **spoil), front(SQ)) if problem in one.problem]
    assert [(one.file, one.line) for one in found] == [("text/en/announcement.md", line)]


def test_a_title_is_bound_to_the_same_in_every_language(problems: Callable[..., list[Problem]]) -> None:
    other = front(SQ, title="Të {{ value.acts.recognition.yes|words }} miqtë janë larg")
    (found,) = problems(front(EN), other)
    assert (found.file, found.line) == ("text/sq/announcement.md", 2)
    assert "the values of the title differ from text/en/announcement.md" in found.problem


FALSE = {
    "acts.recognition.no = 3": "acts.recognition.no is 2",
    "acts.recognition.no = 2.5": "only whole numbers are equal",
    "low(survey.joining.tvb.2025.all) > 0.9": "low(survey.joining.tvb.2025.all) is 0.80097",
    "forecast.plan.2036 > forecast.association.2036": "forecast.plan.2036 is 0.17",
    "0.9 <= survey.joining.tvb.2025.all": "survey.joining.tvb.2025.all is 0.84",
    "blocker.best.plan.2036.2 names XAH XAG": "the value names XAH XAI, without XAG, besides XAI",
    "blocker.best.plan.2036.2 names XAH XXX": "speaks of a member 'XXX' that there is not",
    "acts.recognition.no names XAH": "the value acts.recognition.no names no members",
    "low(acts.recognition.no) > 1": "but the value has no interval",
    "case.as-of > 3": "no number",
    "survey.joining.tvb.2052.all > 0": "speaks of a value 'survey.joining.tvb.2052.all' that there is not",
}


@pytest.mark.parametrize("condition", FALSE)
def test_a_headline_that_is_no_longer_true_stops_the_build(
    make_edition: Callable[..., EditionView], condition: str
) -> None:
    rest = f'holds = [\n  "acts.recognition.no = 2",\n  "{condition}",\n]'
    edition = make_edition(*both(rest), name="announcement")
    with pytest.raises(ParityError, match="Hint: ") as caught:
        require_parity(edition)
    places = [(one.file, one.line) for one in caught.value.problems]
    assert places == [("text/en/announcement.md", 6), ("text/sq/announcement.md", 6)]
    assert FALSE[condition] in str(caught.value)


def test_a_headline_that_is_true_passes(problems: Callable[..., list[Problem]]) -> None:
    rest = """holds = [
  "acts.recognition.no = 2", "blocker.best.plan.2036.2 names XAI XAH", "high(blocker.best.plan.2036.2) < 0.5",
  "low(survey.joining.tvb.2025.all) >= high(survey.joining.tvb.2023.hill-community)", "0.9 > forecast.plan.2036",
]"""
    assert problems(*both(rest)) == []


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b <> 2", "a.b == 2", "a.b < 2 < 3", "a.b < 3,5", "1 < 2", "low(a.b < 2", "mid(a.b) < 2",
     "a.b names", "a.b names Spain", "a.b names ESP ESP", "A.b < 2", "a.b < 2; c.d > 1", "a.b < 50%", "a.b < -",
     "a.b < 1e3"],
)  # fmt: skip
def test_conditions_are_read_strictly(text: str) -> None:
    assert isinstance(parse_condition(text), Doubt)


def test_conditions_are_the_same_in_every_language(problems: Callable[..., list[Problem]]) -> None:
    en, _ = both('holds = ["acts.recognition.no = 2"]')
    (found,) = problems(en, front(SQ, 'holds = ["acts.recognition.no < 3"]'))
    assert (found.file, found.line) == ("text/sq/announcement.md", 4)
    assert "the conditions under holds differ" in found.problem
    (found,) = problems(en, front(SQ))
    assert "missing acts.recognition.no = 2" in found.problem


BAD_LEADS = {
    'leads = "forecast.plan.2036"': "leads is not a list",
    "leads = []": "leads is not a list",
    'leads = ["a.b", "a.c", "a.d", "a.e", "a.f"]': "leads is not a list of one to 4 values",
    'leads = ["forecast.plan.2036", "forecast.plan.2036"]': "leads twice",
    'leads = [{ value = "forecast.plan.2036", words = "x" }]': "is no lead",
    'leads = [{ value = "forecast.plan.2036", text = "" }]': "is no lead",
    "leads = [3]": "is no lead",
    'leads = ["forecast.plan.2063"]': "there is no value 'forecast.plan.2063'",
    'leads = [{ value = "forecast.plan.2036", text = "by 2036" }]': "the figure '2036' is bound to no value",
    'leads = [{ value = "forecast.plan.2036", text = "…" }]': "has no words",
    'leads = ["coherence.joining.tvb.2025.census-2024.rest"]': "only bounds of it are known",
    'figures = ["nothing"]': "there is no figure 'nothing'",
    'figures = ["blockers", "blockers"]': "stands twice",
    'figures = "blockers"': "figures is not a list",
    'holds = "a.b < 2"': "holds is not a list",
}


@pytest.mark.parametrize("rest", BAD_LEADS)
def test_spoilt_leads(problems: Callable[..., list[Problem]], rest: str) -> None:
    found = [one for one in problems(front(EN, rest), front(SQ, rest)) if BAD_LEADS[rest] in one.problem]
    assert {(one.file, one.line) for one in found} >= {("text/en/announcement.md", 4)}
    assert all(one.hint for one in found)


def test_only_the_announcement_leads() -> None:
    text = front(EN, 'leads = ["forecast.plan.2036"]\nfigures = ["blockers"]')
    _, found = read_document(text, language="en", name="report")
    assert [one.line for one in found] == [5, 4] or [one.line for one in found] == [4, 5]
    assert all("only the text announcement has" in one.problem for one in found)


def test_leads_are_the_same_in_every_language(problems: Callable[..., list[Problem]]) -> None:
    en, sq = both(LEADS)
    (found,) = problems(en, sq.replace('"survey.joining.tvb.2025.all",', '"survey.joining.tvb.2023.all",'))
    assert (found.line, "the leads differ" in found.problem) == (5, True)
    (found,) = problems(en, front(SQ, 'leads = ["survey.joining.tvb.2025.all", "forecast.plan.2036"]'))
    assert "the caption of forecast.plan.2036 differs" in found.problem
    (found,) = problems(en, sq.replace(CAPTIONS["sq"], "është {{ value.case.members }} nga gjasat e planit"))
    assert "the caption of forecast.plan.2036 differs" in found.problem
    (found,) = problems(en, front(SQ, LEADS.replace("CAPTION", CAPTIONS["en"])))
    assert "the same words" in found.problem


def test_figures_of_other_populations_never_lead(demo_view: EditionView) -> None:
    elsewhere = {row["figure"]: row["elsewhere"] for row in demo_view.rows("survey.published")}
    figures = {id: one for id, one in demo_view.values.items() if one.label_key.startswith(PUBLISHED)}
    refused = {id.removeprefix("survey.") for id, one in figures.items() if "another population" in no_lead(one)}
    assert refused == {figure for figure, is_elsewhere in elsewhere.items() if is_elsewhere} != set()
    assert len(refused) < len(figures)


def test_only_probabilities_are_told_as_frequencies(demo_view: EditionView) -> None:
    said = {value.label_key for value in demo_view.values.values() if is_probability(value)}
    assert {"value.pool.forecast", "value.pathways.forecast", "value.pathways.best_set"} <= said
    parts: list[Value] = [one for one in demo_view.values.values() if one.method.startswith("survey")]
    assert parts
    assert not any(map(is_probability, parts))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("Words. {#claims}", "block 'claims' is a paragraph, no list"),
        ("- **One.** A\n- **Two.** B {#claims}", "block 'claims' has 2 items"),
        ("- **One.** A\n- Two. B\n- **Three.** C {#claims}", "item 2 of block 'claims' does not begin with its claim"),
        ("### How {#how}", "block 'how' is no heading of level 2"),
        ("{{ figure.blockers }} {#figure}", "stands on the front page already (line 4)"),
    ],
)
def test_blocks_that_the_front_page_places(body: str, problem: str, problems: Callable[..., list[Problem]]) -> None:
    text = front(EN, 'figures = ["blockers"]', body=body)
    found = [one for one in problems(text, front(SQ, 'figures = ["blockers"]')) if problem in one.problem]
    assert [(one.file, one.line) for one in found] == [("text/en/announcement.md", 7)]


def test_the_report_bears_the_title_of_the_publication(make_edition: Callable[..., EditionView]) -> None:
    edition = make_edition()
    assert check_texts(edition) == ()
    (found,) = check_texts(replace(edition, case=replace(edition.case, title=edition.case.title | {"en": "Another"})))
    assert (found.file, found.line) == ("text/en/report.md", 2)
    assert "is not that of the publication, 'Another'" in found.problem
