"""LibreOffice opens the Word files, prints them without loss, and saves them so that they still come back."""

import os
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from pypdf import PdfReader

from shteg.report import EditionView, check_published_text
from shteg.report.text.resolve import resolved_texts
from tests.publish.returned.conftest import take
from tests.publish.returned.edits import Paper, text_of, w
from tests.publish.returned.test_edits import KINDS
from tests.publish.returned.test_tracked import tracked
from tests.publish.returned.texts import FORMS

Convert = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Give a function that lets LibreOffice save files (name to content) in another form, many at once."""
    office = shutil.which("soffice")
    if office is None:
        if os.environ.get("SHTEG_REQUIRE_OFFICE") == "1":
            pytest.fail("SHTEG_REQUIRE_OFFICE=1, and there is no soffice: apt-get install libreoffice-writer")
        pytest.skip("LibreOffice (soffice) is not installed")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def converted(files: dict[str, bytes], form: str) -> dict[str, bytes]:
        place = tmp_path_factory.mktemp("office")
        for name, content in files.items():
            (place / f"{name}.docx").write_bytes(content)
        out = place / "out"
        words = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", form, "--outdir", str(out)]
        done = subprocess.run([*words, *map(str, sorted(place.glob("*.docx")))], capture_output=True, timeout=280)
        made = {path.stem: path.read_bytes() for path in out.glob(f"*.{form}")}
        assert made.keys() == files.keys(), done.stderr.decode()
        return made

    return converted


def test_saved_by_libreoffice_nothing_is_changed(printed: dict[str, bytes], convert: Convert) -> None:
    for language, saved in convert(printed, "docx").items():
        result = take(saved)
        assert (result.changes, result.markdown) == ((), FORMS[language])


def test_edits_saved_by_libreoffice_come_to_the_same(printed: dict[str, bytes], convert: Convert) -> None:
    files, wanted = {}, {}
    for number, kind in enumerate(KINDS):
        paper = Paper(printed[kind.language])
        kind.edit(paper)
        if not kind.name.endswith("pasted") and kind.name != "a footnote added":  # they hold no real object
            files[f"{number:02}"] = paper.save()
            wanted[f"{number:02}"] = (kind.name, take(files[f"{number:02}"]))
    for number, saved in convert(files, "docx").items():
        name, before = wanted[number]
        after = take(saved)
        assert bool(after.refused) == bool(before.refused), (name, after.refused)
        assert after.markdown == before.markdown, name


def test_tracked_changes_and_comments_survive_libreoffice(printed: dict[str, bytes], convert: Convert) -> None:
    paper = tracked(printed)
    paper.comment("boats are counted", "All of them?")
    types = paper.files["[Content_Types].xml"].decode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
    row = f'<Override PartName="/word/comments.xml" ContentType="{kind}"/></Types>'
    paper.files["[Content_Types].xml"] = types.replace("</Types>", row).encode()
    relations = paper.files["word/_rels/document.xml.rels"].decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    row = f'<Relationship Id="rIdC" Type="{kind}" Target="comments.xml"/></Relationships>'
    paper.files["word/_rels/document.xml.rels"] = relations.replace("</Relationships>", row).encode()
    files = {"tracked": paper.save()}
    for saved in convert(files, "docx").values():
        result = take(saved)
        said = [(one.author, one.block, one.quoted, one.text) for one in result.comments]
        assert said == [("Besa", "order", "boats are counted", "All of them?")]
        assert {one.block: one.authors for one in result.changes} == {"loose": ("Besa",), "last": ("Dren",)}
        assert result.markdown == take(files["tracked"]).markdown
        assert take(saved, takes=().__contains__).markdown == FORMS["en"]


def test_printed_by_libreoffice_every_figure_is_there(
    printed: dict[str, bytes], convert: Convert, forms_edition: EditionView
) -> None:
    for language, saved in convert(printed, "pdf").items():
        pages = [page.extract_text() for page in PdfReader(BytesIO(saved)).pages]
        document = resolved_texts(forms_edition, language)["report"]
        for sign in "†°":
            pages = [page.replace(sign, "") for page in pages]
        assert check_published_text(document, "\n".join(pages), "report.pdf") == ()


def test_saved_as_opendocument_no_word_is_lost(printed: dict[str, bytes], convert: Convert, tmp_path: Path) -> None:
    for language, saved in convert(printed, "odt").items():
        with ZipFile(BytesIO(saved)) as archive:
            content = etree.fromstring(archive.read("content.xml"))
            pictures = [name for name in archive.namelist() if name.startswith("Pictures/")]
        words = "".join("".join(content.itertext()).split()).replace("\u2011", "-")
        paper = Paper(printed[language])
        for paragraph in paper.body.iterchildren(w("p")):
            said = "".join(text_of(paragraph).split()).replace("\u2011", "-")
            assert said in words
        assert len(pictures) >= 1
