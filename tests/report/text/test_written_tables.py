"""Tables and pictures in texts: read as a tree, the same in every language, and refused where the form is wrong."""

import pytest

from shteg.report.text.parity import compare_documents
from shteg.report.text.read import read_document
from shteg.report.text.tree import Grid, Image, NumberRun, ValueRun, cells_of, plain_text, runs_of
from tests.report.text.test_form import FRONT, problems_of

TABLE = """| Step | By 2036 | Why |
| :-- | ---: | --- |
| *Entry* | {{ value.a.b|range }} | it asks \\| waits [@one] |
| Plan | – | [words](https://a.org) |
How likely each step is. {#steps}"""


def grid_of(text: str) -> Grid:
    document, problems = read_document(FRONT + text, language="en", name="t")
    assert problems == ()
    (block,) = document.blocks
    assert isinstance(block.content, Grid)
    return block.content


def test_a_table_is_read_cell_by_cell() -> None:
    grid = grid_of(TABLE)
    assert [plain_text(runs) for runs in grid.headers] == ["Step", "By 2036", "Why"]
    assert grid.numeric == (False, True, False)
    assert plain_text(grid.caption) == "How likely each step is."
    assert grid.rows[0][1] == (ValueRun("a.b", "range"),)
    assert plain_text(grid.rows[0][2]) == "it asks | waits"
    assert grid.lines == (5, 7, 8)


def test_every_run_of_a_table_is_walked_caption_first() -> None:
    grid = grid_of(TABLE)
    assert list(runs_of(grid)) == [run for _, runs in cells_of(grid) for run in runs]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("| A | B |\n| --- | --- |\n| one |\nCaption. {#a}", "7:7 the row has 1 cell, the table 2 columns"),
        ("| A | B |\n| --- | --- |\n| one | two | three |\nCaption. {#a}", "7:15 the row has 3 cells"),
        ("| A | B |\n| --- | --- |\n| one | |\nCaption. {#a}", "7:9 a cell of the table is empty"),
        ("| A | B |\n| --- | --- |\n| one | two\nCaption. {#a}", "7:11 the row does not end with |"),
        ("| A | B |\n| --- |\n| one | two |\nCaption. {#a}", "5:7 the row has 2 cells, the table 1 column"),
        ("| A | B |\n| --- | --- |\nCaption. {#a}", "5:0 the table has no rows"),
        ("| A | B |\n| --- | --- |\n| one | two |", "7:0 the table has no caption"),
        ("| A | B |\n| --- | --- |\n| one | two |", "7:0 the block has no id"),
        ("| A | B |\n| --- | --- |\n| – | two |\nCaption. {#a}", "7:0 the first cell of a row of table 'a'"),
        ("| A | – |\n| --- | --- |\n| one | two |\nCaption. {#a}", "5:0 the head of a column of table 'a'"),
        ("| A | B |\n| --- | --- |\n| one | 5 |\nCaption. {#a}", "7:0 block 'a': the figure '5' is bound to no value"),
        ("| A | B |\n| --- | --- |\n| one | ![x](y.png) |\nCaption. {#a}", "7:9 an image is no part of a text"),
        ("| A | B |\n| --- | --- |\n| one | <b>x</b> |\nCaption. {#a}", "7:9 HTML is no part of a text"),
        ("| A | B |\n| --- | --- |\n| one | {{ image.x }} |\nCaption. {#a}", "7:0 a figure, table or list stands"),
        ("Words\n| A | B |\n| --- | --- |\n| one | two | {#a}", "6:1 a table written like this"),
        ("| A | B |\n| one | two | {#a}", "5:1 a table written like this"),
        ("A | B\n--- | ---\none | two {#a}", "6:1 a table written like this"),
        ("- | A | B |\n  | --- | --- |\n  | one | two |\n  Caption. {#a}", "5:0 the list is too deep"),
        ("See {{ image.lake }} here. {#a}", "5:0 a figure, table or list stands among words"),
        ("{{ image.lake|big }} {#a}", "5:0 there is no filter |big"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_told_with_its_place(text: str, place: str) -> None:
    found = problems_of(text)
    told = [f"{one.line}:{one.column} {one.problem}" for one in found]
    assert any(one.startswith(place) for one in told), told
    assert all(one.hint for one in found)


DIFFERENT = {
    "row left out": ("| Plan | – | [words](https://a.org) |\n", "", "is a table of 3 columns and 1 rows"),
    "other align": ("| :-- | ---: |", "| :-- | --- |", "flush right 2"),
    "values swapped": (
        "{{ value.a.b|range }} | it asks \\| waits [@one] |\n| Plan | –",
        "– | it asks \\| waits [@one] |\n| Plan | {{ value.a.b }}",
        "row 1, column 2: the values differ",
    ),
    "citation moved": ("waits [@one] |\n| Plan | – ", "waits |\n| Plan [@one] | – ", "row 1, column 3: the citations"),
    "cell not translated": (
        "Hap i parë që vendi bën vetë",
        "A first step that it takes",
        "row 2, column 1 has the same",
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), DIFFERENT.values(), ids=list(DIFFERENT))
def test_tables_agree_between_languages_cell_by_cell(old: str, new: str, told: str) -> None:
    first = TABLE.replace("| Plan ", "| A first step that it takes ")
    other = TABLE.replace("| Plan ", "| Hap i parë që vendi bën vetë ").replace("How likely each step is", "Gjasat")
    old, new = (one.replace("| Plan ", "| Hap i parë që vendi bën vetë ") for one in (old, new))
    changed = other.replace(old, new)
    assert changed != other
    assert told in "; ".join(one.problem for one in _compared(first, changed))
    assert "table" not in "; ".join(one.problem for one in _compared(first, other))


def _compared(first: str, other: str) -> list:  # type: ignore[type-arg]
    documents = {
        language: read_document(FRONT + text, language=language, name="t", file=f"text/{language}/t.md")[0]
        for language, text in (("en", first), ("sq", other))
    }
    return compare_documents(documents)


def test_pictures_agree_between_languages() -> None:
    (problem,) = _compared("{{ image.lake }} {#a}", "{{ image.hill }} {#a}")
    assert "the images differ" in problem.problem


def test_figures_and_tables_are_counted_apart() -> None:
    text = f"{{{{ image.lake }}}} {{#a}}\n\n{TABLE}\n\n{{{{ figure.x }}}} {{#b}}\n\n{{{{ table.x }}}} {{#c}}"
    document, _ = read_document(FRONT + text, language="en", name="t")
    assert document.numbers() == {"a": 1, "steps": 1, "b": 2, "c": 2}
    assert isinstance(document.blocks[0].content, Image)
    assert plain_text((NumberRun("a", "\u00a01"),)) == "1"
