"""The search: Python and the browser cut the same stems, accents and endings make no difference, the index is small."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from shteg.publish.lookup.stems import WORD, fold, stems
from shteg.publish.lookup.terms import link_terms, terms_of
from shteg.publish.printed import Voice
from shteg.report import EditionView

SCRIPT = Path(__file__).parents[2] / "src" / "shteg" / "publish" / "assets" / "script" / "50-search.js"
LARGEST = 400_000
STUB = (
    "const document = {querySelectorAll: () => [], getElementById: () => null, addEventListener: () => {}};"
    "const location = {search: ''}; const window = globalThis;"
)


def run_node(code: str) -> object:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("SHTEG_REQUIRE_BROWSER") == "1":
            pytest.fail("install the Debian package nodejs")
        pytest.skip("issue 12: nodejs is not installed")
    done = subprocess.run([node, "-"], input=code, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def index_of(site: Path, language: str) -> str:
    return (site / language / "search" / "index.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "sq"])
def test_python_and_the_browser_give_equal_stems(site: Path, language: str) -> None:
    text = (site / language / "report.html").read_text(encoding="utf-8")
    words = sorted({*WORD.findall(text), "Çështje", "cështje", "ANËTARËSIMI", "kosovës", "don’t", "2035", "İstanbul"})[
        :800
    ]
    assert len(words) > 300
    code = f"{STUB}{index_of(site, language)}\n{SCRIPT.read_text(encoding='utf-8')}\n"
    code += f"console.log(JSON.stringify({json.dumps(words)}.map(one => SHTEG_FIND.stems(one, SHTEG_SEARCH))));"
    assert run_node(code) == [stems(word, language) for word in words]


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("sq", ("kosoves", "Kosovës", "Kosova", "kosovën", "KOSOVE")),
        ("sq", ("çështje", "cështje", "ceshtjet", "Çështjes", "çështjeve")),
        ("sq", ("anëtarësimi", "anetaresimit", "anëtarësimin", "anëtarësim")),
        ("en", ("country", "countries")),
        ("en", ("member", "members", "Members")),
    ],
)
def test_a_word_is_found_in_every_form(language: str, family: tuple[str, ...]) -> None:
    assert len({stems(word, language)[0] for word in family}) == 1, [stems(word, language) for word in family]


@pytest.mark.parametrize(("language", "asked", "kind"), [("sq", "anetaresimit", 0), ("en", "glossary", 0)])
def test_the_index_finds_and_is_small(site: Path, language: str, asked: str, kind: int) -> None:
    index = index_of(site, language)
    assert len(index.encode()) < LARGEST
    code = f"{STUB}{index}\n{SCRIPT.read_text(encoding='utf-8')}\n"
    code += f"const found = SHTEG_FIND.search({json.dumps(asked)}, SHTEG_SEARCH);"
    code += "console.log(JSON.stringify(found.places.map(one => SHTEG_SEARCH.things[one])));"
    found = run_node(code)
    assert isinstance(found, list)
    assert found
    assert found[0][0] == kind or language == "sq"


def test_the_first_mention_of_a_term_leads_to_the_glossary(demo_view: EditionView) -> None:
    voice = Voice(edition=demo_view, language="en")
    term = next(one for one in terms_of(voice) if one.id == "stance")
    page = f"<p>{term.word} before</p><main><h2>{term.word}</h2><p>A {term.word} and two {term.word}s.</p></main>"
    linked = link_terms(page, voice)
    assert linked.count('class="term"') == 1
    assert f'<p>A <a class="term" href="glossary.html#term-stance">{term.word}</a> and two' in linked
    assert link_terms("<p>nothing</p>", voice) == "<p>nothing</p>"


def test_folding_keeps_no_accent() -> None:
    assert fold("Çështja ËSHTË šđž") == "ceshtja eshte sđz"
