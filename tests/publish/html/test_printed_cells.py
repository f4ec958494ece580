"""Figures of tables go through the gate too: printed by their place, read again in the finished page."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from shteg.errors import PublishError
from shteg.publish import publish_site
from shteg.publish.html.edition_tables import assumptions_table, edition_table
from shteg.publish.html.reread import printed_cells, printed_values, require_same_values
from shteg.publish.pages.answers import answer_tables, shares_table
from shteg.publish.pages.opinion import question_context
from shteg.publish.printed import Voice
from shteg.report import EditionView, PrintedCell, check_published_cells, open_edition

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
        BASE | {"measure": "talks", "player": "measure", "share": 0.0123}
        | {f"{kind}{end}": 0.01 for kind in ("share", "alone", "but_one") for end in ("_low", "_high")}
        | {"alone": 0.02, "but_one": -0.005}
    ],
}  # fmt: skip
TYPED = {"a": 1, "rate": 0.25, "start_year": 2020, "base": 1234, "share": 0.5}


@pytest.fixture
def folder(edition_folder: Path, tmp_path: Path) -> Path:
    made = tmp_path / "edition"
    shutil.copytree(edition_folder, made)
    for name, rows in ANSWERS.items():
        pl.DataFrame(rows).write_parquet(made / "tables" / f"{name}.parquet")
    pl.DataFrame([TYPED]).write_parquet(made / "tables" / "evidence.typed.parquet")
    return made


@pytest.fixture
def albanian(folder: Path) -> Voice:
    return Voice(edition=open_edition(folder), language="sq")


def cells_of(markup: str) -> dict[str, str]:
    found = re.findall(r'data-cell="([^"]+)" data-form="\w+">([^<]*)</data>', markup)
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


def test_pages_of_questions_print_values_and_bases(site: Path) -> None:
    page = site / "sq" / "question-join.html"
    assert {one.value_id for one in printed_values(page)} == {
        f"survey.join.poll.2022.{one}" for one in ("all", "young")
    }
    assert [one.text for one in printed_cells(page)] == ["1\u00a0000"] * 2


def test_a_published_figure_without_a_value_is_an_error_and_not_the_raw_percentage(
    edition_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(edition_folder, folder)
    values = json.loads((folder / "values.json").read_text(encoding="utf-8"))
    kept = [one for one in values if one["id"] != "survey.join.poll.2022.young"]
    (folder / "values.json").write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(PublishError, match=r"has no value survey\.join\.poll\.2022\.young"):
        question_context(Voice(edition=open_edition(folder), language="en"), "join")


@pytest.mark.parametrize(
    ("slug", "pattern", "changed"),
    [
        ("path", r'(data-cell="pathways.routes/0/probability"[^>]*>)[^<]*', r"\g<1>7%"),
        ("path", r'(data-cell="pathways.routes/0/)probability(")', r"\g<1>no_such\g<2>"),
        ("path", r'(data-cell="pathways.routes/)0(/probability")', r"\g<1>99\g<2>"),
        ("question-join", r'(data-cell="evidence.published/0/n"[^>]*>)[^<]*', r"\g<1>999"),
        ("members", r'(data-style="interval">)[^<]*', r"\g<1>1–2%"),
    ],
)
def test_a_changed_cell_is_found_when_re_read(
    folder: Path, tmp_path: Path, slug: str, pattern: str, changed: str
) -> None:
    out = tmp_path / "site"
    publish_site(folder, out)
    voice = Voice(edition=open_edition(folder), language="en")
    page = out / "en" / f"{slug}.html"
    require_same_values([page], voice)
    text = page.read_text(encoding="utf-8")
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
