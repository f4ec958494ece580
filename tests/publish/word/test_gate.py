"""A finished Word file is read again: one figure that differs, stands twice or is lost stops the build."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from shteg.errors import PublishError
from shteg.publish.html.figures import Figures
from shteg.publish.printed import Voice
from shteg.publish.word.reread import require_same_document
from shteg.publish.word.write import word_file
from shteg.report import Document, EditionView
from shteg.report.text.resolve import resolved_texts


@pytest.fixture(scope="module")
def english_report(edition: EditionView, kept: Path) -> tuple[Voice, Document, bytes]:
    voice = Voice(edition, "en")
    text = resolved_texts(edition, "en")["report"]
    return voice, text, word_file(voice, text, Figures(voice=voice, cache=kept / "drawings"))


def spoiled(content: bytes, old: str, new: str, times: int = 1) -> bytes:
    made = BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(made, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "word/document.xml":
                assert old.encode() in part, old
                part = part.replace(old.encode(), new.encode(), times)
            after.writestr(name, part)
    return made.getvalue()


def test_what_was_written_passes(english_report: tuple[Voice, Document, bytes]) -> None:
    voice, text, made = english_report
    require_same_document(made, voice, text, "report.docx")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('w:val="shteg0"', 'w:val="shteg1"', "stands 0 times"),
        ('w:val="shteg0"', 'w:val="other"', "must stand once"),
        ('w:name="block_opinion_level"', 'w:name="somewhere"', "block opinion-level has no bookmark"),
        ('w:name="block_limits"', 'w:name="block_opinion"', "stands 2 times"),
        (" reached </w:t>", " reached nearly </w:t>", "not printed where it must be"),
    ],
)
def test_a_spoiled_file_does_not(
    english_report: tuple[Voice, Document, bytes], old: str, new: str, problem: str
) -> None:
    voice, text, made = english_report
    with pytest.raises(PublishError, match=problem):
        require_same_document(spoiled(made, old, new), voice, text, "report.docx")


def test_every_printed_value_is_compared(english_report: tuple[Voice, Document, bytes]) -> None:
    """Each figure of the file in turn is printed otherwise; the gate finds each."""
    voice, text, made = english_report
    part = ZipFile(BytesIO(made)).read("word/document.xml").decode()
    controls = part.split('<w:tag w:val="shteg')[1:]
    assert len(controls) > 20
    for control in controls[:: max(1, len(controls) // 25)]:
        number = control.partition('"')[0]
        start = part.index(f'<w:tag w:val="shteg{number}"')
        at = part.index(">", part.index("<w:t ", start)) + 1
        changed = part[:at] + "9" + part[at:]
        with pytest.raises(PublishError, match=r"is printed as|differ"):
            require_same_document(spoiled(made, part, changed), voice, text, "report.docx")
