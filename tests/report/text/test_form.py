"""What is no part of a text is refused with file, line and column, and nothing that a text holds stops the reader."""

import random
import time
from collections.abc import Callable

import pytest

from shteg.errors import Problem
from shteg.report import EditionView, check_texts
from shteg.report.language.written_words import has_words, other_script
from shteg.report.text.addresses import allowed_link, followed_address, is_inside, web_address
from shteg.report.text.form import LONGEST_BLOCK, LONGEST_TEXT
from shteg.report.text.lint import lint_document
from shteg.report.text.read import read_document
from tests.report.conftest import EN, SQ

FRONT = '+++\ntitle = "T"\ndescription = "D"\n+++\n'


def problems_of(text: str, *, front: str = FRONT, language: str = "en") -> list[Problem]:
    document, problems = read_document(front + text, language=language, name="t")
    return [*problems, *lint_document(document, ["en", "sq"])]


def places(text: str) -> list[str]:
    return [f"{one.line}:{one.column} {one.problem}" for one in problems_of(text)]


# --- links ------------------------------------------------------------------------------------------------------------

FOLLOWED = (
    "https://a.org",
    "http://a.org/b?c=d#e",
    "HTTPS://A.ORG",
    "https://a.org:8080",
    "http://[::1]/x",
    "https://ë.org/ç",
)
PLACES = ("#why", "members", "members#map", "members.html", "question-join.html#x", "report#a-b")
REFUSED = (
    "//host", "///host", "\\\\host", "/\\host", "/path", "../other", "a/b", "javascript:alert(1)", "JaVaScRiPt:x",
    "vbscript:x",
    "data:text/html,x", "file:///etc/passwd", "ftp://a.org", "blob:x", "about:blank", "https:", "https://", "https:///a",
    "https:/a.org", "https:a.org", "https:\\\\a.org", "https://good.org@bad.org", "https://a.org\\b", "http://a b.org",
    "https://a.org/\x00", "java\tscript:x", "\x01https://a.org", "https://a\u202egro.a", "#", "", "mailto:", "mailto:a",
    "mailto:a@b.org?bcc=c@d.org", "?q", "a:b", "members#a b",
)  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_no_other_address_is_allowed(address: str) -> None:
    assert not allowed_link(address)
    assert followed_address(address) == ""
    assert web_address(address) == ""


@pytest.mark.parametrize("address", [*FOLLOWED, *PLACES, "mailto:a.b@c.org"])
def test_allowed_addresses(address: str) -> None:
    assert allowed_link(address)
    assert web_address(address) == (address if address in FOLLOWED else "")


def test_files_of_the_publication() -> None:
    for href in ("../sq/index.html", "../assets/site.css", "#main", "values/index.js", "sources.html#source-a.b"):
        assert is_inside(href)
    for href in ("//host/a", "/a", "a:b", "..", "../../", "a\\b", "a b", "https://a.org"):
        assert not is_inside(href)


@pytest.mark.parametrize(
    "link",
    ["[x](//host)", r"[x](\\\\host)", "[x](<//host>)", "[x](javascript:alert)", "[x](java&#10;script:alert)",
     "[x](data:a,b)",
     "[x](file:///etc)", "<ftp://a.org>", "[x](/a)", "[x](../a)", "**[x](//host)**", "[x](&#47;/host)", "[x](https://a@b.org)"],
)  # fmt: skip
def test_a_link_to_elsewhere_is_a_problem_at_its_line(link: str) -> None:
    (found,) = problems_of(f"Words\nand {link} here. {{#a}}")
    assert found.problem.startswith("a text may not link to ")
    assert (found.file, found.line) == ("text/en/t.md", 6)
    assert "https://" in found.hint


def test_links_that_are_allowed_pass() -> None:
    text = "[a](https://a.org) [b](http://a.org/(b)) [c](#a) [d](members#map) [e](mailto:a@b.org) <https://a.org> {#a}"
    assert problems_of(text) == []


def test_a_link_to_a_block_that_is_not_there() -> None:
    (found,) = problems_of("Words\nand [a link](#nowhere) and [another](#b). {#a}\n\nMore words. {#b}")
    assert "'nowhere'" in found.problem
    assert found.line == 6


@pytest.mark.parametrize("text", ["[x]( {#a}", "[x](a b) {#a}", "[x](https://a.org {#a}"])
def test_half_a_link_is_a_problem(text: str) -> None:
    assert any("is no link" in one for one in places(text))


def test_an_escaped_bracket_is_a_bracket() -> None:
    assert problems_of(r"A \[bracket\](and more) \<b> \`c\` \*d\* &lt;e&gt; {#a}") == []


# --- forms of other kinds of Markdown ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("See ![map](map.png) {#a}", "5:5 an image"),
        ("![](https://a.org/b.png) {#a}", "5:1 an image"),
        ("One\n| a | b |\n|---|---|\n| c | d | {#a}", "6:1 a table"),
        ("a | b\n:--|--:\nc | d {#a}", "6:1 a table"),
        ("- One <script>alert()</script> {#a}", "5:7 HTML"),
        ("<div>\nx\n</div> {#a}", "5:1 HTML"),
        ("Words <!-- secret --> {#a}", "5:7 HTML"),
        ("<?php x {#a}", "5:1 HTML"),
        ("Words[^a] {#a}", "5:6 a footnote"),
        ("[^a]: words {#a}", "5:1 a footnote"),
        ("Some `code` {#a}", "5:6 code"),
        ("```\nx\n``` {#a}", "5:1 code"),
        ("~~~\nx\n~~~ {#a}", "5:1 code"),
        ("~~old~~ new {#a}", "5:1 a struck-out word"),
        ("[words][ref] {#a}", "5:1 a link by reference"),
        ("[ref]: https://a.org {#a}", "5:1 a link by reference"),
        ("Words {.class} {#a}", "5:7 an attribute"),
        ("Words {key=value} {#a}", "5:7 an attribute"),
        ("Words {#a .class}", "5:7 an attribute"),
        ("Title\n===== {#a}", "6:1 a line of marks"),
        ("Title\n-----\nx {#a}", "6:1 a line of marks"),
        ("- [x] done {#a}", "5:3 a box to tick"),
        ("Words $$x^2$$ {#a}", "5:7 a formula"),
    ],
)
def test_what_would_print_as_characters_is_refused(text: str, place: str) -> None:
    assert any(one.startswith(place) and "no part of a text" in one for one in places(text)), places(text)
    assert all(one.hint for one in problems_of(text))


def test_words_that_only_look_alike_pass() -> None:
    text = "A < B and C > D, wow! [@a] [@b] costs money – or *not*; it’s “so”, isn’t it? {#a}"
    assert problems_of(text) == []


# --- signs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sign", ["\0", "\x07", "\x0b", "\x7f", "\x85", "\u202e", "\u2066", "\ue000", "\uffff", "\ufffd", "\U000e0041"]
)
@pytest.mark.parametrize("where", ["body", "title"])
def test_a_sign_that_no_reader_sees_is_named_with_its_place(sign: str, where: str) -> None:
    front = FRONT.replace('"T"', f'"T{sign}"') if where == "title" else FRONT
    text = "Words {#a}" if where == "title" else f"Words\nab{sign}c {{#a}}"
    found = [one for one in problems_of(text, front=front) if f"U+{ord(sign):04X}" in one.problem]
    assert found
    assert (found[0].line, found[0].column) == ((2, 11) if where == "title" else (6, 3))


def test_a_hidden_sign_written_as_an_entity_or_an_escape_is_found() -> None:
    assert any("U+202E" in one for one in places("a&#x202e;b {#a}"))
    front = FRONT.replace('"T"', r'"T\u0007"')
    assert [one.line for one in problems_of("Words {#a}", front=front)] == [2]


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u200d", "\u2060", "\u00a0"])
def test_signs_that_join_or_break_words_pass(sign: str) -> None:
    assert problems_of(f"Some{sign}words {{#a}}") == []


# --- words ------------------------------------------------------------------------------------------------------------

NOTHING = (
    "",
    "…",
    "–",
    "—",
    "---",
    "...",
    "\u200b",
    "\u00a0",
    "&nbsp;",
    "?!",
    "«»",
    "**…**",
    "[@barometer-2025]",
    "… [@barometer-2025]",
    "\u3164",
    "\\",
)


@pytest.mark.parametrize("language", ["en", "sq"])
@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize(
    "form", ["{} {{#a}}", "## {} {{#a}}", "> {} {{#a}}", "- Words\n- {} {{#a}}", "- {}\n- Words {{#a}}"]
)
def test_a_block_without_words_is_a_problem_at_its_line(form: str, nothing: str, language: str) -> None:
    text = form.format(nothing)
    found = [one for one in problems_of(text, language=language) if "has no words" in one.problem]
    assert found, problems_of(text)
    second = "\n" in form and form.startswith("- Words")
    assert found[0].line == (6 if second else 5)
    assert found[0].file == f"text/{language}/t.md"


@pytest.mark.parametrize(
    "text", ["{{ value.x }}", "{{ measure.x }}", "{{ dir.a:b }}", "Ë", "文", "*a*", "[a](#b)", "{{ figure.x }}"]
)
def test_a_value_alone_is_words(text: str) -> None:
    assert not [one for one in problems_of(f"{text} {{#a}}") if "no words" in one.problem]


@pytest.mark.parametrize("key", ["title", "description"])
def test_front_matter_without_words(key: str) -> None:
    front = FRONT.replace(f'{key} = "{key[0].upper()}"', f'{key} = "…"')
    (found,) = problems_of("Words {#a}", front=front)
    assert found.problem == f"the {key} has no words"
    assert found.line == (2 if key == "title" else 3)


def test_an_empty_block_in_one_language_is_found_by_the_check(make_edition: Callable[..., EditionView]) -> None:
    sq = SQ.replace("> Dera e Lidhjes është e hapur për çdo vend që i plotëson kushtet e saj.", "> …")
    (problem,) = check_texts(make_edition(sq=sq))
    assert problem.problem == "a paragraph of quote 'quote' has no words"
    assert (problem.file, problem.line) == ("text/sq/report.md", sq.splitlines().index("> … {#quote}") + 1)


def test_a_block_in_another_script_is_in_another_language() -> None:
    (found,) = problems_of("Дверь открыта для каждой страны. {#a}")
    assert "most of its letters are Cyrillic" in found.problem
    assert problems_of("The minister Володимир Зеленський and the writer Γιώργος spoke in the town hall. {#a}") == []
    assert other_script("Володимир", "en") is None
    assert has_words("½")
    assert not has_words("\u3164 …")


# --- depth and length -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "*" * 600 + "word" + "*" * 600,
        "*a " * 3000 + "b*" * 3000,
        "*[" * 9 + "a" + "](https://a.org)*" * 9,
        "*a **b " * 20 + "c" + "** d*" * 20,
    ],
)
def test_marks_too_deep_are_a_problem_and_no_recursion(text: str) -> None:
    found = problems_of(f"Words {{#b}}\n\n{text} {{#a}}")
    assert all(one.line in (0, 7) for one in found)
    assert found


def test_marks_too_deep_are_named() -> None:
    (found,) = problems_of("*a **b " * 20 + "c" + "** d*" * 20 + " {#a}")
    assert "deep inside each other" in found.problem


HUGE = {
    "brackets": "[" * 100_000,
    "pairs": "[" * 20_000 + "]" * 20_000,
    "images": "![" * 50_000,
    "half links": "[a](" * 30_000,
    "quotes": ">" * 100_000 + " x",
    "spaced quotes": "> " * 500 + "x",
    "lists": "".join("  " * depth + "- x\n" for depth in range(200)),
    "inline lists": "- " * 500 + "x",
    "bindings": "{{ " * 30_000,
    "backslashes": "\\" * 100_000,
    "entities": "&#" * 50_000,
    "angles": "<a " * 30_000,
    "stars": "*a _b " * 9_000,
    "one line": "x" * 200_000,
    "many items": "1. x\n" * 20_000,
    "nul": "\0" * 10_000,
}


@pytest.mark.parametrize("kind", HUGE)
def test_huge_and_hostile_texts_are_read_in_time(kind: str) -> None:
    started = time.perf_counter()
    found = problems_of(f"{HUGE[kind]} {{#a}}")
    assert found
    assert all(one.file == "text/en/t.md" and one.hint for one in found)
    assert time.perf_counter() - started < 30


def test_a_block_and_a_text_may_not_be_endless() -> None:
    (long,) = [
        one for one in problems_of(f"Words {{#b}}\n\n{'word ' * LONGEST_BLOCK} {{#a}}") if "blank line" in one.problem
    ]
    assert long.line == 7
    (whole,) = problems_of("Words\n\n" * LONGEST_TEXT)[:1]
    assert f"more than {LONGEST_TEXT}" in whole.problem


def test_brackets_too_deep_in_the_front_matter() -> None:
    front = FRONT.replace('description = "D"', f"declared = {'[' * 5000}")
    assert next((one.line, "deep" in one.problem) for one in problems_of("Words {#a}", front=front)) == (3, True)


# --- mutations --------------------------------------------------------------------------------------------------------

PIECES = (
    "*", "**", "_", "`", "[", "]", "(", ")", "<", ">", "!", "{{", "}}", "{#", "}", "|", "- ", "1. ", "> ", "\n", "\n\n",
    "\\", "&#0;", "\0", "\u202e", "\ufeff", "中", "😀", "[x](//h)", "![a](b)", "<b>", "---", "[^a]", "+++", "\t", "\r",
    "**" * 50, "[" * 300, ">" * 60, "- " * 40, "\u2028", "{{ value.acts.recognition.no|words }}",
    "{{ figure.forecast-path }}", "[@barometer-2025]", " {#x}",
)  # fmt: skip


def mutated(text: str, draw: random.Random) -> str:
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = draw.randrange(len(text) + 1)
        match draw.randrange(4):
            case 0 | 1:
                text = text[:at] + draw.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + text[at + draw.choice((1, 5, 30)) :]
            case 3:
                text = text[:at] + text[at : at + 40] * draw.choice((2, 20)) + text[at + 40 :]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_mutated_texts_are_read_or_refused(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(60):
        language, text = draw.choice((("en", EN), ("sq", SQ)))
        document, problems = read_document(mutated(text, draw), language=language, name="report")
        problems = (*problems, *lint_document(document, ["en", "sq"]))
        assert all(one.problem and one.hint and one.file == f"text/{language}/report.md" for one in problems)
