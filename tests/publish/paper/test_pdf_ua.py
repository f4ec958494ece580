"""Every PDF keeps the rules of PDF/UA-1 that a program can check, and the check finds what breaks them."""

from pathlib import Path

import pytest
import typst

from shteg.report.text.paper_signs import paper_fonts
from tests.publish.paper.pdf_ua import problems_of


@pytest.mark.parametrize("language", ["en", "sq", "sr"])
def test_every_document_keeps_the_rules(site: Path, language: str) -> None:
    documents = sorted((site / language).glob("*.pdf"))
    assert len(documents) >= 2
    assert {path.name: problems_of(path) for path in documents} == {path.name: [] for path in documents}


GOOD = '#set document(title: "T")\n#set text(lang: "en")\n= A\n'
DRAWING = "\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>\""
PLANTED = {
    "no title": ("= A", "06-003: no title"),
    "heading skipped": (GOOD + "=== C", "14-003: a heading of level 3 after one of level 1"),
    "no alternative text": (GOOD + f"#image(bytes({DRAWING}))", "13-004"),
    "no head of a table": (GOOD + "#table(columns: 2, [a], [b])", "15: a table without head cells"),
    "no standard": (GOOD, "05-001: does not say that it is PDF/UA-1"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "told"), PLANTED.values(), ids=list(PLANTED))
def test_a_planted_fault_is_found(tmp_path: Path, source: str, told: str) -> None:
    path = tmp_path / "planted.pdf"
    made = typst.compile(source.encode(), format="pdf", font_paths=paper_fonts(), timestamp=0)
    assert isinstance(made, bytes)
    path.write_bytes(made)
    assert any(one.startswith(told) for one in problems_of(path)), problems_of(path)


def test_a_document_without_structure_is_found(tmp_path: Path) -> None:
    path = tmp_path / "bare.pdf"
    made = typst.compile(GOOD.encode(), format="pdf", font_paths=paper_fonts(), timestamp=0)
    assert isinstance(made, bytes)
    bare = made.replace(b"/MarkInfo", b"/MarkNone").replace(b"/StructParents", b"/StructNobody")
    path.write_bytes(bare)
    found = problems_of(path)
    assert "06: not tagged" in found
    assert "01: page 1 is not part of the structure" in found
