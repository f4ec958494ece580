"""Figures of tables go through the gate too: printed by their place, read again in the finished page."""

import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from shteg.errors import PublishError
from shteg.publish import publish_site
from shteg.publish.html.edition_tables import assumptions_table, edition_table
from shteg.publish.html.reread import printed_cells, printed_values, require_same_values
from shteg.publish.pages.answers import answer_tables, shares_table
from shteg.publish.pages.question import figures_by_question, question_context
from shteg.publish.printed import Voice
from shteg.report import EditionView, PrintedCell, check_published_cells, open_edition
from tests.abroad import read_json, write_json

BASE = {"step": "member", "year": 2030, "label": "estimated", "low": 0.0002, "high": 0.31}
ANSWERS = {
    "pathways.routes": [
        {"route": "slow", "year": year, "probability": 0.0004, "mean_years": 12.25, "areas": "money", "blockers": "SWE"}
        | {"label": "assumed", "low": 0.0002, "high": 0.31}
        for year in (2028, 2030)
    ],
    "pathways.blocking_sets": [BASE | {"size": 1, "members": "SWE", "probability": 0.3, "needed": 0.5}],
    "pathways.tornado": [BASE | {"parameter": "a", "title_id": "step:member", "at_low": 0.996, "at_high": 0.0}],
    "pathways.value_of_information": [
        BASE | {"parameter": "a", "title_id": "step:member", "kind": "parameter", "clear": "yes", "explained": 0.4}
        | {"floor": 0.0004, "expected_change": 0.0123}
    ],
    "pathways.shapley": [
        BASE | {"measure": "settlement-talks", "player": "measure", "share": 0.0123}
        | {f"{kind}{end}": 0.01 for kind in ("share", "alone", "but_one") for end in ("_low", "_high")}
        | {"alone": 0.02, "but_one": -0.005}
    ],
}  # fmt: skip
TYPED = {"a": 1, "rate": 0.25, "start_year": 2020, "base": 1234, "share": 0.5}


@pytest.fixture(scope="module")
def folder(edition_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition with answers at the edges of what is printed."""
    made = tmp_path_factory.mktemp("answers") / "edition"
    shutil.copytree(edition_folder, made)
    for name, rows in ANSWERS.items():
        pl.DataFrame(rows).write_parquet(made / "tables" / f"{name}.parquet")
    pl.DataFrame([TYPED]).write_parquet(made / "tables" / "evidence.typed.parquet")
    for path in made.glob("text/*/announcement.md"):  # these answers hold no such chart
        path.write_text(
            path.read_text(encoding="utf-8").replace('"who-must-agree"', '"forecast-path"'), encoding="utf-8"
        )
    names = {
        "route:slow": {"en": "Slow", "sq": "E ngadaltë", "sr": "Spor"},
        "requirement-area:money": {"en": "Money", "sq": "Paraja", "sr": "Novac"},
    }
    write_json(made, "lexicon", read_json(made, "lexicon") | names)
    return made


@pytest.fixture(scope="module")
def published(folder: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its publication."""
    out = tmp_path_factory.mktemp("published")
    publish_site(folder, out, cache=kept / "drawings")
    return out


@pytest.fixture(scope="module")
def albanian(folder: Path) -> Voice:
    return Voice(edition=open_edition(folder), language="sq")


def cells_of(markup: str) -> dict[str, str]:
    found = re.findall(r'data-cell="([^"]+)" data-form="[\w-]+">([^<]*)</data>', markup)
    return {place: unescape(text) for place, text in found}


def rows_of(view: object) -> str:
    return "".join(str(cell) for row in view.rows for cell in row)  # type: ignore[attr-defined]


def test_answers_are_printed_by_their_place(albanian: Voice) -> None:
    found = cells_of("".join(rows_of(table) for table in answer_tables(albanian)))
    assert found["pathways.routes/0/probability"] == "<0,1%"
    assert found["pathways.routes/0/mean_years"] == "12,3"
    assert found["pathways.blocking_sets/0/probability"] == "30%"
    assert found["pathways.tornado/0/at_low"] == ">99%"
    assert found["pathways.tornado/0/at_high"] == "<0,1%"
    assert found["pathways.value_of_information/0/expected_change"] == "1,2"
    shares = shares_table(albanian)
    assert cells_of(rows_of(shares))["pathways.shapley/0/but_one"] == "\u22120,5"


def test_tables_of_the_edition_are_printed_by_their_place(albanian: Voice) -> None:
    found = cells_of(rows_of(edition_table(albanian, "evidence.typed")))
    assert found == {
        "evidence.typed/0/a": "1",
        "evidence.typed/0/rate": "0,250",
        "evidence.typed/0/start_year": "2020",
        "evidence.typed/0/base": "1\u00a0234",
        "evidence.typed/0/share": "0,500",
    }
    assert rows_of(assumptions_table(albanian, "evidence.typed")) == rows_of(edition_table(albanian, "evidence.typed"))


def test_pages_of_questions_print_values_and_bases(site: Path, edition: EditionView) -> None:
    page = site / "sq" / "question-joining.html"
    published = edition.table("evidence.published").filter(pl.col("question") == "joining")
    assert {one.value_id for one in printed_values(page)} >= {f"survey.{one}" for one in published["id"]}
    bases = [f"{one:,}".replace(",", "\u00a0") for one in published["n"].drop_nulls()]
    assert sorted(one.text for one in printed_cells(page)) == sorted(bases)
    assert any("\u00a0" in one for one in bases)


def test_a_published_figure_without_a_value_is_an_error_and_not_the_raw_percentage(
    edition: EditionView,
) -> None:
    name = "survey.joining.tvb.2025.lake-community"
    rows = figures_by_question(edition)["joining"]
    assert question_context(Voice(edition=edition, language="en"), "joining", rows)
    poor = replace(edition, values={one: value for one, value in edition.values.items() if one != name})
    with pytest.raises(PublishError, match=f"has no value {re.escape(name)}"):
        question_context(Voice(edition=poor, language="en"), "joining", rows)


@pytest.mark.parametrize(
    ("slug", "pattern", "changed"),
    [
        ("path", r'(data-cell="pathways.routes/0/probability"[^>]*>)[^<]*', r"\g<1>7%"),
        ("path", r'(data-cell="pathways.routes/0/)probability(")', r"\g<1>no_such\g<2>"),
        ("path", r'(data-cell="pathways.routes/)0(/probability")', r"\g<1>99\g<2>"),
        ("question-joining", r'(data-cell="evidence.published/0/n"[^>]*>)[^<]*', r"\g<1>999"),
        ("members", r'(data-style="interval">)[^<]*', r"\g<1>1–2%"),
    ],
)
def test_a_changed_cell_is_found_when_re_read(
    folder: Path, published: Path, tmp_path: Path, slug: str, pattern: str, changed: str
) -> None:
    voice = Voice(edition=open_edition(folder), language="en")
    right, page = published / "en" / f"{slug}.html", tmp_path / f"{slug}.html"
    require_same_values([right], voice)
    text = right.read_text(encoding="utf-8")
    broken = re.sub(pattern, changed, text, count=1)
    assert broken != text
    page.write_text(broken, encoding="utf-8")
    with pytest.raises(PublishError, match="differ from the edition"):
        require_same_values([page], voice)


def test_a_cell_that_is_no_number_is_told(edition: EditionView) -> None:
    wrong = (
        PrintedCell("evidence.members", 0, "member", "count", "1"),
        PrintedCell("evidence.members", 0, "row", "nonsense", "1"),
        PrintedCell("evidence.none", 0, "row", "count", "1"),
    )
    assert len(check_published_cells({"en": wrong}, edition)) == 3
    assert check_published_cells({"en": [PrintedCell("evidence.members", 0, "row", "count", "1")]}, edition) == ()


def test_charts_and_sentences_print_figures_that_are_read_again(site: Path) -> None:
    page = site / "en" / "path.html"
    text = page.read_text(encoding="utf-8")
    for part in re.findall(r'<figure class="figure".*?</figure>', text, re.DOTALL):
        table = re.sub(
            r'<data\b.*?</data>|<th scope="row".*?</th>|<caption>.*?</caption>',
            "",
            part.split("<tbody>")[1],
            flags=re.DOTALL,
        )
        cells = re.findall(r'<td class="num">(.*?)</td>', table)
        assert not [cell for cell in cells if re.search(r"\d%", cell)], "a share without its value"
    answers = re.search(r'<section class="part" id="answers".*?</section>', text, re.DOTALL)
    assert answers
    places = [one.column for one in printed_cells(page) if one.table == "pathways.explanations"]
    assert places
    assert all(one.startswith("fills.") for one in places)


@pytest.mark.parametrize(
    ("column", "what"),
    [("fills.share.9", "holds no such number"), ("fills", "is no number"), ("none.a.0", "no such cell")],
)
def test_a_number_that_is_not_inside_its_cell_is_told(edition: EditionView, column: str, what: str) -> None:
    (found,) = check_published_cells({"en": [PrintedCell("pathways.explanations", 0, column, "open", "1%")]}, edition)
    assert what in found.problem


@pytest.mark.parametrize("language", ["en", "sq"])
def test_the_mark_of_a_citation_never_begins_a_line(site: Path, language: str) -> None:
    before = [
        found
        for page in (site / language).glob("*.html")
        for found in re.findall(r'(.)<a class="cite"', page.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(before) > 5
    assert not [one for one in before if one in " \n"]
