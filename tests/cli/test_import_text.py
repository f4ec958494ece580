"""`shteg import-text`: what it prints, what it writes, how it ends."""

import json
import shutil
from pathlib import Path

import pytest

from shteg.evidence import find_case
from shteg.publish.html.figures import Figures
from shteg.publish.printed import Voice
from shteg.publish.word.write import word_file
from shteg.report import EditionView
from shteg.report.text.resolve import resolved_texts
from tests.cli.in_process import assert_plain_error, run
from tests.publish.returned.edits import Paper, text_of
from tests.publish.returned.edits import run as words

SENTENCE = "they are marked wherever they appear"


@pytest.fixture(scope="module")
def papers(demo_view: EditionView, kept: Path) -> dict[str, bytes]:
    """The report of the made-up case as a Word file, by language."""
    made = {}
    for language in demo_view.languages:
        voice = Voice(demo_view, language)
        text = resolved_texts(demo_view, language)["report"]
        made[language] = word_file(voice, text, Figures(voice=voice, cache=kept / "drawings"))
    return made


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A copy of the made-up case."""
    return Path(shutil.copytree(find_case("demo"), tmp_path / "demo"))


def saved(paper: Paper, place: Path) -> Path:
    place.write_bytes(paper.save())
    return place


def test_a_changed_sentence_is_shown_and_written_only_when_asked(papers: dict[str, bytes], case: Path) -> None:
    paper = Paper(papers["en"])
    paper.replace(SENTENCE, "they carry a mark wherever they appear")
    file, text = saved(paper, case.parent / "report.docx"), case / "text" / "en" / "report.md"
    before = text.read_text(encoding="utf-8")
    done = run("import-text", file, "--case", case)
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("{#limits-text} changed: taken", "was: ", "now: ", "1 change to be taken", "0 refused"):
        assert part in done.stdout
    assert text.read_text(encoding="utf-8") == before
    done = run("import-text", file, "--case", case, "--write")
    assert done.returncode == 0
    assert text.read_text(encoding="utf-8") == before.replace(SENTENCE, "they carry a mark wherever they appear")
    assert "Nothing was changed" in run("import-text", file, "--case", case).stdout, "the case says it already"


def test_a_changed_number_ends_with_one_and_the_rest_is_written(papers: dict[str, bytes], case: Path) -> None:
    paper = Paper(papers["sq"])
    control = paper.control_of("survey.joining.tvb.2025.lake-community")
    shown = text_of(control)
    paper.lose_controls()
    paper.replace(shown, "48%")
    paper.add_paragraph("Gjithçka këtu është", words("Era mbi liqen është e qetë."))
    file, text = saved(paper, case.parent / "report.docx"), case / "text" / "sq" / "report.md"
    before = text.read_text(encoding="utf-8")
    done = run("import-text", file, "--case", case, "--write", "--json", "--new-id", "wind")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [(one["block"], one["verdict"]) for one in told["changes"]] == [
        ("opinion-coherence", "refused"),
        ("wind", "taken"),
    ]
    assert "the number '48' was added" in told["changes"][0]["reasons"]
    assert text.read_text(encoding="utf-8").rstrip() == f"{before.rstrip()}\n\nEra mbi liqen është e qetë. {{#wind}}"


def test_comments_go_into_a_file(papers: dict[str, bytes], case: Path) -> None:
    paper = Paper(papers["en"])
    paper.comment(SENTENCE, "Are they?")
    notes = case.parent / "comments.md"
    done = run("import-text", saved(paper, case.parent / "r.docx"), "--case", case, "--comments", notes)
    assert done.returncode == 0
    assert "{#limits-text} comment by Besa on 2026-11-30: Are they?" in done.stdout
    assert notes.read_text(encoding="utf-8").endswith(f"> {SENTENCE}\n\nAre they?\n")


def test_what_does_not_fit_is_refused_in_words(papers: dict[str, bytes], case: Path) -> None:
    file = saved(Paper(papers["en"]), case.parent / "report.docx")
    assert_plain_error(run("import-text", case.parent / "none.docx"), "there is no file")
    assert_plain_error(run("import-text", case / "case.toml", "--case", case), "no Word file")
    header = case / "case.toml"
    header.write_text(header.read_text(encoding="utf-8").replace('id = "demo"', 'id = "other"'), encoding="utf-8")
    assert_plain_error(run("import-text", file, "--case", case), "of the case 'demo', not of 'other'", "Hint: ")
    header.write_text(header.read_text(encoding="utf-8").replace('id = "other"', 'id = "demo"'), encoding="utf-8")
    (case / "text" / "en" / "report.md").unlink()
    assert_plain_error(run("import-text", file, "--case", case), "has no text/en/report.md")
    assert_plain_error(run("import-text", file, "--case", case.parent), "case.toml cannot be read")
