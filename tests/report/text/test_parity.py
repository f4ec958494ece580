"""The gate: every kind of planted defect is found, and a clean pair of texts passes."""

from collections.abc import Callable

import pytest

from shteg.errors import ParityError
from shteg.report import EditionView, check_texts, parse_document, require_parity, resolve
from shteg.report.published import PrintedValue, check_published, check_published_text
from shteg.report.text.tree import plain_text, runs_of
from tests.report.conftest import EN, SQ

WAR = "Në vitin 1999 lufta mbaroi dhe që nga 12 qershor 1999 një mision e ruan paqen sipas Rezolutës 1244 [@register]."
ENGLISH = (
    "In 1999 the war ended, and since 12 qershor 1999 a mission has kept the peace as Rezoluta 1244 asks [@register]."
)
QUOTE = "> Dera e Lidhjes është e hapur për çdo vend që i plotëson kushtet e saj. {#quote}"
QUOTE_EN = "> The door of the League is open to every country that meets its conditions. {#quote}"

DEFECTS = {
    "block missing": ("{{ table.evidence.members }} {#tab}\n\n", "", "block 'tab' is missing in this language"),
    "block added": ("{{ authors }}", "Më tepër. {#more}\n\n{{ authors }}", "block 'more' is missing"),
    "blocks swapped": (
        "{{ table.evidence.members }} {#tab}\n\n{{ list.measures }} {#measures}",
        "{{ list.measures }} {#measures}\n\n{{ table.evidence.members }} {#tab}",
        "stands where text/en/report.md has",
    ),
    "id renamed": ("{#quote}", "{#quotes}", "block 'quote' is missing"),
    "id twice": ("{#quote}", "{#list}", "block id 'list' stands twice"),
    "id left out": (" {#quote}", "", "the block has no id"),
    "other kind": (QUOTE, QUOTE[2:], "is a paragraph, in text/en/report.md"),
    "item left out": ("\n  - Pa këtë, asgjë nuk lëviz. {#list}", " {#list}", "is a list of 2 items, in"),
    "other value": ("value.survey.joining.tvb.2025.all ", "value.survey.trend.joining.2025 ", "the values differ"),
    "value left out": ("**{{ value.survey.joining.tvb.2025.all }}**", "e lartë", "the values differ"),
    "other direction": ("2019:survey.trend.joining.2025", "2021:survey.trend.joining.2025", "the directions differ"),
    "citation left out": (" [@barometer-2025; @register]", "", "the citations differ"),
    "unknown citation": ("[@register].", "[@regster].", "there is no source 'regster'"),
    "measure left out": ("{{ measure.settlement-talks }}", "bisedime", "the measures differ"),
    "other figure": ("figure.forecast-path", "figure.blockers", "the figures differ"),
    "unknown figure": ("figure.forecast-path", "figure.forecst-path", "there is no figure 'forecst-path'"),
    "other table": ("table.evidence.members", "table.evidence.chronicle", "the tables differ"),
    "unknown value": (
        "value.survey.joining.tvb.2025.all ",
        "value.survey.joining.tvb.2035.all ",
        "there is no value 'survey.joining.tvb.2035.all'",
    ),
    "unbound figure": (
        "**{{ value.survey.joining.tvb.2025.all }}**",
        "{{ value.survey.joining.tvb.2025.all }}, pra 84%",
        "figure '84%' is",
    ),
    "unbound fraction": ("asgjë nuk lëviz", "asgjë nuk lëviz ½", "figure '½' is bound"),
    "unbound word": ("Dera e Lidhjes", "Katër dyer të Lidhjes", "number word 'Katër' is bound to no value"),
    "unbound half": ("Pa këtë", "Gjysma e vendeve pa këtë", "number word 'Gjysma' is bound"),
    "figure in title": ('"Rruga e', '"3 rrugët e', "the title: the figure '3'"),
    "other year": ("Në vitin 1999", "Në vitin 1998", "the declared numbers differ"),
    "English date": ("12 qershor 1999", "12 June 1999", "'12 June' is a date in language en"),
    "other language": (WAR, ENGLISH, "is in language en, not sq"),
    "not translated": (QUOTE, QUOTE_EN, "has the same words as text/en/report.md"),
    "title not translated": ("Rruga e Arvanisë drejt Lidhjes", "The road of Arvania to the League", "the title has"),
    "unknown placeholder": ("{{ measure.settlement-talks }}", "{{ mesure.settlement-talks }}", "is not understood"),
    "style that fails": ("acts.recognition.no|Words", "acts.recognition.no|range", "the value has no interval"),
}  # fmt: skip


def test_a_clean_pair_passes(edition: EditionView) -> None:
    assert check_texts(edition) == ()
    require_parity(edition)


@pytest.mark.parametrize("kind", DEFECTS)
def test_a_planted_defect_is_found(kind: str, make_edition: Callable[..., EditionView]) -> None:
    old, new, problem = DEFECTS[kind]
    assert old in SQ, "the defect must change the text"
    text = SQ.replace(old, new, -1 if kind == "English date" else 1)
    if kind == "other year":
        text = text.replace('["1999"', '["1998", "1999"')
    found = check_texts(make_edition(sq=text))
    assert problem in "\n".join(map(str, found))
    assert all(one.file.startswith("text/") and one.hint for one in found)


@pytest.mark.parametrize(
    ("language", "number", "problem"),
    [
        ("sq", "3.5", "a decimal point"),
        ("sq", "1,000", "a comma between thousands"),
        ("sq", "1990s", "an ordinal or decade of language en"),
        ("en", "3,5", "a decimal comma"),
        ("en", "1.000", "a point between thousands"),
        ("en", "12.06.1999", "a date with points"),
    ],
)
def test_number_formats_of_the_other_language(
    language: str, number: str, problem: str, make_edition: Callable[..., EditionView]
) -> None:
    texts = {"en": EN, "sq": SQ}
    texts[language] = texts[language].replace('["1999"', f'["{number}", "1999"').replace("> ", f"> {number} ", 1)
    assert problem in "\n".join(map(str, check_texts(make_edition(**texts))))


@pytest.mark.parametrize("number", ["3,5", "1\u00a0000", "12.06.1999"])
def test_number_formats_of_albanian_pass(number: str, make_edition: Callable[..., EditionView]) -> None:
    text = SQ.replace('["1999"', f'["{number}", "1999"').replace("> ", f"> {number} ", 1)
    problems = "\n".join(map(str, check_texts(make_edition(sq=text))))
    assert " has a " not in problems


def test_a_missing_translation_is_a_problem_never_a_fallback(make_edition: Callable[..., EditionView]) -> None:
    (problem,) = check_texts(make_edition(sq=None))
    assert str(problem).startswith("text/sq/report.md: the text is not yet in this language")


def test_problems_stand_at_their_line(make_edition: Callable[..., EditionView]) -> None:
    edition = make_edition(sq=SQ.replace("asgjë nuk lëviz", "asgjë nuk lëviz për 20 vjet"))
    (problem,) = check_texts(edition)
    line = SQ.splitlines().index("  - Pa këtë, asgjë nuk lëviz. {#list}") + 1
    assert (problem.file, problem.line) == ("text/sq/report.md", line)
    with pytest.raises(ParityError, match="is bound to no value"):
        require_parity(edition)


def test_published_figures_are_read_again(edition: EditionView) -> None:
    right = {
        "en": [PrintedValue("survey.joining.tvb.2025.all", "84%")],
        "sq": [PrintedValue("acts.recognition.no", "Dy", "Words"), PrintedValue("acts.recognition.no", "2")],
    }
    assert check_published(right, edition) == ()
    wrong = {"sq": [PrintedValue("survey.joining.tvb.2025.all", "84.0%", file="a.html"), PrintedValue("no.such", "1")]}
    assert check_published({"sq": [PrintedValue("acts.recognition.no", "Dy", "number")]}, edition)
    first, second = check_published(wrong, edition)
    assert "is printed as '84.0%', the edition says '84%'" in str(first) + str(second)
    assert "has no value no.such" in str(first) + str(second)


def test_figures_in_extracted_text_are_read_again(edition: EditionView) -> None:
    document = resolve(parse_document(edition.texts["sq"]["report"], language="sq", name="report"), edition)
    text = "\n".join(plain_text(runs_of(block.content)) for block in document.blocks)
    broken = text.replace("Mbështetja", "Mbë-\nshtetja")  # as a PDF breaks a line
    assert check_published_text(document, broken, "report.pdf") == ()
    (problem,) = check_published_text(document, text.replace("84%", "48%"), "report.pdf")
    assert "survey.joining.tvb.2025.all (84%) of block 'support' is not printed" in str(problem)
