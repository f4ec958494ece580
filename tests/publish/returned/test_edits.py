"""Kinds of edits, each as Word saves it and as a program does that loses controls, bookmarks and whole runs."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.publish.returned.conftest import take
from tests.publish.returned.edits import Paper, element, run, text_of, w
from tests.publish.returned.texts import FORMS


def as_word(paper: Paper) -> None:
    """Nothing is lost."""


def as_others(paper: Paper) -> None:
    """Controls and bookmarks are lost, runs are divided."""
    paper.lose_controls()
    paper.lose_bookmarks()
    paper.scatter()


WAYS = {"word": as_word, "others": as_others}


@dataclass(frozen=True)
class Kind:
    """An edit: what comes of it is lines of the file taken out and put in, or a reason to refuse it."""

    name: str
    edit: Callable[[Paper], None]
    out: str = ""
    put: str = ""
    refused: str = ""
    language: str = "en"
    note: str = ""


def shown(paper: Paper, kind: str, place: int = 0) -> str:
    """The characters that the text prints for its first bound thing of a kind."""
    found = [one for one in paper.body.iter(w("sdt")) if one.find(f"{w('sdtPr')}/{w('alias')}") is not None]
    found = [one for one in found if one.find(f"{w('sdtPr')}/{w('alias')}").get(w("val")).startswith(kind)]
    return text_of(found[place])


def type_over(kind: str, others: Callable[[str], str], place: int = 0) -> Callable[[Paper], None]:
    def edit(paper: Paper) -> None:
        control = paper.control(shown(paper, kind, place))
        text = next(one for one in control.iter(w("t")))
        text.text = others(text.text)

    return edit


def drop(kind: str) -> Callable[[Paper], None]:
    def edit(paper: Paper) -> None:
        control = paper.control(shown(paper, kind))
        control.getparent().remove(control)

    return edit


def swap(first: str, second: str) -> Callable[[Paper], None]:
    def edit(paper: Paper) -> None:
        one, two = (paper.control(shown(paper, kind)) for kind in (first, second))
        here, there = one.getparent(), two.getparent()
        at, other = here.index(one), there.index(two)
        here[at], there[other] = element("r"), element("r")
        here[at], there[other] = two, one

    return edit


def move_value(kind: str, before: str) -> Callable[[Paper], None]:
    def edit(paper: Paper) -> None:
        control = paper.control(shown(paper, kind))
        control.getparent().remove(control)
        _, words = paper.split(before)
        words.addprevious(control)

    return edit


def move_sentence(paper: Paper) -> None:
    """The sentence with two figures goes behind the one with a word of direction; nothing is lost on the way."""
    paragraph = paper.paragraph("Most people agree")
    _, cut = paper.split(". Support ")
    moving = [one for one in paragraph if one.tag != w("pPr") and paragraph.index(one) < paragraph.index(cut)]
    _, rest = paper.split(" The lake community was asked too.")
    next(cut.iter(w("t"))).text = "Support "
    for one in moving:
        rest.addprevious(one)
    moving[0].addprevious(run(" "))
    rest.addprevious(run("."))


def link(paper: Paper) -> None:
    """Words get a link to an address outside."""
    _, found = paper.split("A plain sentence")
    rels = paper.files["word/_rels/document.xml.rels"].decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    row = f'<Relationship Id="rIdNew" Type="{kind}" '
    row += 'Target="https://example.org/plain" TargetMode="External"/></Relationships>'
    paper.files["word/_rels/document.xml.rels"] = rels.replace("</Relationships>", row).encode()
    outside = element("hyperlink")
    outside.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "rIdNew")
    found.addprevious(outside)
    outside.append(found)


def table(paper: Paper) -> None:
    cell = element("tc", element("p", run("Pasted")))
    paper.paragraph("A paragraph without").addnext(element("tbl", element("tr", cell)))


def picture(paper: Paper) -> None:
    paper.add_paragraph("A paragraph without", element("r", element("drawing")))


def footnote(paper: Paper) -> None:
    paper.paragraph("A paragraph without").append(element("r", element("footnoteReference", id="2")))


def swap_paragraphs(paper: Paper) -> None:
    paper.paragraph("The last word").addnext(paper.paragraph("A paragraph without"))


def join_paragraphs(paper: Paper) -> None:
    """The mark between two paragraphs is deleted."""
    first, second = paper.paragraph("A plain sentence"), paper.paragraph("The microdata say")
    for one in list(first):
        if one.tag != w("pPr"):
            second.append(one)
    first.getparent().remove(first)


def divide_paragraph(paper: Paper) -> None:
    """Enter is pressed between two sentences."""
    paragraph = paper.paragraph("A plain sentence")
    _, words = paper.split(" A plain sentence")
    rest = [words, *words.itersiblings()]
    other = element("p", *rest)
    paragraph.addnext(other)


def item(words: str, after: str) -> Callable[[Paper], None]:
    return lambda paper: paper.add_paragraph(after, run(words), like=after)


PEOPLE = FORMS["en"].split("\n\n")[2]
SENTENCES = re.split(r"(?<=\.) (?=[A-Z])", PEOPLE)
LOOSE = "A paragraph without any figure stands here, so that it can go. {#loose}"

KINDS = [
    Kind(
        "a word mended", lambda paper: paper.replace("without any", "without one"), LOOSE, LOOSE.replace("any", "one")
    ),
    Kind(
        "a sentence reworded",
        lambda paper: paper.replace("The lake community was asked too", "People at the lake were asked as well"),
        "The lake community was asked too",
        "People at the lake were asked as well",
    ),
    Kind(
        "words around a number",
        lambda paper: paper.replace("Most people agree: ", "Most people say yes: "),
        "Most people agree: {{",
        "Most people say yes: {{",
    ),
    Kind(
        "bold added",
        lambda paper: paper.look("plain sentence", "b"),
        "A plain sentence follows",
        "A **plain sentence** follows",
    ),
    Kind("stress added", lambda paper: paper.look("calm", "i"), "which is calm.", "which is *calm*."),
    Kind(
        "weight taken away",
        lambda paper: [one.getparent().remove(one) for one in paper.paragraph("The microdata").iter(w("b"))],
        "**strata and weights**",
        "strata and weights",
    ),
    Kind("link added", link, "A plain sentence follows", "[A plain sentence](https://example.org/plain) follows"),
    Kind(
        "a line kept broken",
        lambda paper: paper.replace("for themselves", "for itself"),
        "for themselves",
        "for itself",
    ),
    Kind("number typed over", type_over("survey.joining.tvb.2025", lambda text: "99%"), refused="99%|is gone"),
    Kind(
        "digit added", type_over("survey.joining.tvb.2025", lambda text: "1" + text), refused="reads|is gone|was added"
    ),
    Kind("number in words", type_over("case.members", lambda text: "eleven"), refused="eleven|is gone"),
    Kind("value deleted", drop("survey.joining.tvb.2025"), refused="number .* is gone"),
    Kind("citation deleted", drop("barometer-2025"), refused="citation .* is gone"),
    Kind("direction changed", type_over("survey.joining.tvb.2023.all:", lambda text: "fell"), refused="fell|direction"),
    Kind(
        "two numbers swapped", swap("survey.joining.tvb.2025", "survey.joining.tvb.2023.all"), refused="changed places"
    ),
    Kind(
        "number to another paragraph",
        move_value("survey.wave.2025", "A plain sentence"),
        refused="belongs to block|was added|is gone",
    ),
    Kind(
        "a sentence moved with its numbers",
        move_sentence,
        PEOPLE,
        SENTENCES[1] + " " + SENTENCES[0] + " " + SENTENCES[2],
    ),
    Kind("minus before a number", lambda paper: paper.replace("agree: ", "agree: −"), refused="was put before"),
    Kind("year in words changed", lambda paper: paper.replace("joining in 2025", "joining in 2023"), refused="'2025'"),
    Kind("unbound number", lambda paper: paper.replace("calm", "calm for 7 days"), refused="'7' was added"),
    Kind("number word", lambda paper: paper.replace("calm", "calm for seven days"), refused="'seven' was added"),
    Kind("item changed", lambda paper: paper.replace("offices are", "offices were"), "offices are", "offices were"),
    Kind(
        "item of a list inside",
        lambda paper: paper.replace("if it votes against", "if it voted against"),
        "if it votes against",
        "if it voted against",
    ),
    Kind(
        "item added",
        item("Before that, somebody has to row.", "Then the offices"),
        "3. At last",
        "3. Before that, somebody has to row.\n4. At last",
        note="shape",
    ),
    Kind(
        "last item added",
        item("Then everybody goes home.", "At last the assembly"),
        "assembly votes. {#order}",
        "assembly votes.\n4. Then everybody goes home. {#order}",
    ),
    Kind(
        "item removed",
        lambda paper: paper.remove("Then the offices"),
        "2. Then the offices are opened.\n3. At",
        "2. At",
    ),
    Kind(
        "paragraph added",
        lambda paper: paper.add_paragraph("A paragraph without", run("The wind over the lake is quiet.")),
        "can go. {#loose}\n",
        "can go. {#loose}\n\nThe wind over the lake is quiet. {#wind-over-lake-quiet}\n",
        note="other languages need",
    ),
    Kind(
        "paragraph removed",
        lambda paper: paper.remove("A paragraph without"),
        f"{LOOSE}\n\n",
        "",
        note="other languages",
    ),
    Kind("paragraph with a number removed", lambda paper: paper.remove("The microdata"), refused="is gone"),
    Kind("paragraph moved", swap_paragraphs, note="same order in every language"),
    Kind("paragraphs joined", join_paragraphs, refused="is gone|belongs to"),
    Kind(
        "paragraph divided",
        divide_paragraph,
        " A plain sentence follows them. {#acts}",
        " {#acts}\n\nA plain sentence follows them. {#plain-sentence-follows-them}",
    ),
    Kind(
        "heading changed", lambda paper: paper.replace("What people want", "What they want"), "people want", "they want"
    ),
    Kind(
        "quote changed",
        lambda paper: paper.replace("not a promise", "never a promise"),
        "not a promise",
        "never a promise",
    ),
    Kind("a table pasted", table, refused="a new table"),
    Kind("a picture pasted", picture, refused="a new picture"),
    Kind("a footnote added", footnote, refused="a footnote is no part"),
    Kind("a cell of a written table", lambda paper: _cell(paper), refused="stands in the file of the text"),
    Kind("a caption", lambda paper: paper.replace("How likely it is", "How sure it is"), refused="comes from"),
    Kind(
        "signs of Markdown",
        lambda paper: paper.replace("calm", "calm_*[ok]* & <still> `so`"),
        "which is calm.",
        "which is calm\\_\\*\\[ok\\]\\* & \\<still> \\`so\\`.",
    ),
    Kind(
        "curly quotes",
        lambda paper: paper.replace("calm", "“calm”, the lake’s way"),
        "calm.",
        "“calm”, the lake’s way.",
    ),
    Kind("a space that does not break", lambda paper: paper.replace("is calm", "is\u00a0calm")),
    Kind(
        "Albanian letters",
        lambda paper: paper.replace("që është i qetë", "që mbetet çdo herë i qetë e i kthjellët"),
        "që është i qetë",
        "që mbetet çdo herë i qetë e i kthjellët",
        language="sq",
    ),
    Kind(
        "an Albanian number word",
        lambda paper: paper.replace("i qetë", "i qetë për shtatë ditë"),
        refused="shtatë",
        language="sq",
    ),
]


def _cell(paper: Paper) -> None:
    text = next(one for one in paper.body.iter(w("tbl")).__next__().iter(w("t")) if one.text == "Association")
    text.text = "Union"


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("kind", KINDS, ids=[one.name for one in KINDS])
def test_kind_of_edit(printed: dict[str, bytes], kind: Kind, way: Callable[[Paper], None]) -> None:
    paper = Paper(printed[kind.language])
    kind.edit(paper)
    way(paper)
    result = take(paper.save())
    before = FORMS[kind.language]
    if kind.refused:
        reasons = " ".join(reason for one in result.changes for reason in one.reasons)
        assert re.search(kind.refused, reasons), reasons or result
        assert result.markdown == before, "".join(
            difflib.ndiff(before.splitlines(True), result.markdown.splitlines(True))
        )
        return
    assert not result.refused, result.refused
    if kind.out:
        assert kind.out in before
        assert result.markdown == before.replace(kind.out, kind.put, 1)
    notes = " ".join(note for one in result.changes for note in one.notes)
    assert kind.note in notes


@pytest.mark.parametrize("language", FORMS)
@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_nothing_changed_is_nothing(printed: dict[str, bytes], language: str, way: Callable[[Paper], None]) -> None:
    paper = Paper(printed[language])
    way(paper)
    result = take(paper.save())
    assert (result.changes, result.markdown) == ((), FORMS[language])


def test_a_moved_paragraph_stands_where_it_was_put(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    swap_paragraphs(paper)
    result = take(paper.save())
    assert result.markdown.endswith(f"which is calm. {{#last}}\n\n{LOOSE}\n")
    assert sorted(result.markdown.split("\n\n")[3:-2]) == sorted(
        part for part in FORMS["en"].split("\n\n")[3:-1] if part != LOOSE
    )
