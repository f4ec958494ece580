"""Reading texts, opening editions, resolving what is bound."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.errors import EditionError, ParityError
from shteg.report import EditionView, open_edition, parse_document, resolve
from shteg.report.text.read import read_document
from shteg.report.text.tree import (
    CitationRun,
    Heading,
    Link,
    ListBody,
    Strong,
    Text,
    ValueRun,
    leaves,
    plain_text,
    runs_of,
)

FRONT = '+++\ntitle = "T"\ndescription = "D"\n+++\n'


def problems_of(body: str) -> list[str]:
    return [f"{one.line}: {one.problem}" for one in read_document(FRONT + body, language="en", name="t")[1]]


def test_a_document_becomes_blocks_and_runs(edition: EditionView) -> None:
    document = parse_document(edition.texts["en"]["report"], language="en", name="report")
    assert [block.kind for block in document.blocks] == [
        "heading", "paragraph", "figure", "list", "quote", "table", "measures", "authors",
    ]  # fmt: skip
    assert document.headings() == (("why", 2, "Why the question is open"),)
    listed = document.blocks[3].content
    assert isinstance(listed, ListBody)
    assert listed.items[1].sublist is not None
    assert document.blocks[1].line == 9


def test_resolving_prints_every_value_and_numbers_the_sources(edition: EditionView) -> None:
    resolved = resolve(parse_document(edition.texts["sq"]["report"], language="sq", name="report"), edition)
    runs = list(leaves(runs_of(resolved.blocks[1].content)))
    assert ValueRun("survey.joining.tvb.2025.all", "number", "84%") in runs
    assert [run.numbers for run in runs if isinstance(run, CitationRun)] == [(1,), (2, 1)]
    assert resolved.source_ids == ("register", "barometer-2025")
    assert "u rrit" in plain_text(runs_of(resolved.blocks[1].content))
    assert plain_text(runs_of(resolved.blocks[3].content)).startswith("Dy anëtarë")


def test_escaped_html_and_code_stay_characters() -> None:
    text = r"\<b>x\</b> \<script>alert()\</script> \`c\` &lt;i&gt; \[a\](x) {#a}"
    document = parse_document(FRONT + text, language="en", name="t")
    (run,) = leaves(runs_of(document.blocks[0].content))
    assert run == Text("<b>x</b> <script>alert()</script> `c` <i> [a](x)")


def test_links_and_stress_keep_their_runs() -> None:
    document = parse_document(FRONT + "**a [b](https://x.org) {{ value.c }}** {#a}", language="en", name="t")
    (strong,) = runs_of(document.blocks[0].content)
    assert isinstance(strong, Strong)
    assert isinstance(strong.runs[1], Link)
    assert strong.runs[3] == ValueRun("c")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("No id.", "5: the block has no id"),
        ("One. {#a}\n\nTwo. {#a}", "7: block id 'a' stands twice (first on line 5)"),
        ("Bad. {#A_b}", "5: 'A_b' is no block id"),
        ("In {#a} the middle. {#b}", "5: the block id 'a' does not end its block"),
        ("See {{ figure.x }} here. {#a}", "5: a figure, table or list stands among words"),
        ("Line\n{{ valu.x }} {#a}", "6: {{ valu.x }} is not understood"),
        ("Line {{ value.x|wrods }} {#a}", "5: there is no filter |wrods for 'value.x'"),
        ("Line {{ value.x {#a}", "5: {{ begins or ends nothing"),
        ("Line [@] {#a}", "5: the citation names no source"),
        ("# Title {#a}", "5: a heading of level 1"),
        ("- a\n  - b\n    - c {#a}", "7: the list is too deep, or an item has more than one paragraph"),
        ("> ## x\n>\n> y {#a}", "5: a quote holds something other than paragraphs"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(body: str, problem: str) -> None:
    assert problem in problems_of(body)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x {#a}", "does not begin with its front matter"),
        ("+++\ntitle = 'T'", "does not end"),
        ("+++\ntitle = \n+++\n", "is not TOML"),
        ("+++\ntitle = 'T'\n+++\n", "has no description"),
        ("+++\ntitle = 'T'\ndescription = 'D'\ndeclared = 'x'\n+++\n", "is not a list of strings"),
        ("+++\ntitle = 'T'\ndescription = 'D'\ncolour = 'x'\n+++\n", "unknown key 'colour'"),
    ],
)
def test_front_matter(text: str, problem: str) -> None:
    with pytest.raises(ParityError, match=problem):
        parse_document(text, language="en", name="t")


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    text = "\ufeff" + (FRONT + "## A {#a}\n\nB {#b}").replace("\n", "\r\n")
    document = parse_document(text, language="en", name="t")
    assert isinstance(document.blocks[0].content, Heading)
    assert [block.line for block in document.blocks] == [5, 7]


def test_an_unknown_key_is_reported_with_the_nearest(make_edition: Callable[..., EditionView]) -> None:
    edition = make_edition()
    text = FRONT + "{{ value.survey.joining.tvb.2025.al }} {{ measure.settlement-talk }} [@barometer-2026] {#a}"
    with pytest.raises(ParityError, match=r"did you mean survey\.joining\.tvb\.2025\.all") as caught:
        resolve(parse_document(text, language="en", name="t"), edition)
    assert "did you mean settlement-talks" in str(caught.value)
    assert "did you mean barometer-2025" in str(caught.value)


def test_an_edition_is_opened_whole(edition: EditionView) -> None:
    assert edition.languages == ("en", "sq")
    assert edition.table("evidence.members")["member"].to_list() == [f"XA{letter}" for letter in "BCDEFGHI"]
    assert edition.name_of("country:XAB", "sq") == "Aldora"
    with pytest.raises(EditionError, match=r"did you mean evidence\.members"):
        edition.table("evidence.member")
    with pytest.raises(EditionError, match=r"did you mean survey\.joining\.tvb\.2025\.all"):
        edition.value("survey.joining.tvb.2025.alle")
    with pytest.raises(EditionError, match="name it in the case"):
        edition.name_of("country:XXX", "sq")


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("values.json", None, "a file of the edition is missing"),
        ("values.json", "[{]", "a file of the edition is damaged"),
        ("values.json", '[{"id": "a"}]', "a value is damaged"),
        ("lexicon.json", "[]", "holds a list, not a dict"),
        ("case.json", "{}", "names no language"),
    ],
)
def test_a_damaged_edition_is_refused(folder: Path, file: str, content: str | None, problem: str) -> None:
    path = folder / file
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(EditionError, match=problem):
        open_edition(folder)


def test_a_damaged_table_is_refused(folder: Path) -> None:
    (folder / "tables" / "evidence.members.parquet").write_bytes(b"PAR1")
    with pytest.raises(EditionError, match="shteg build"):
        open_edition(folder).table("evidence.members")


def test_no_folder_no_edition(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="shteg build"):
        open_edition(tmp_path / "nothing")
