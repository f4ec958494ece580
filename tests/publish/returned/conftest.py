"""The text with every form, printed as a Word file in each language."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shteg.publish.html.figures import Figures
from shteg.publish.printed import Voice
from shteg.publish.returned.result import Result
from shteg.publish.returned.take import take_back
from shteg.publish.word.embedded import Embedded
from shteg.publish.word.write import word_file
from shteg.report import EditionView, open_edition
from shteg.report.text.resolve import resolved_texts
from tests.publish.returned.texts import FORMS

Take = Callable[..., Result]


@pytest.fixture(scope="session")
def forms_edition(demo_edition: Path, tmp_path_factory: pytest.TempPathFactory) -> EditionView:
    folder = tmp_path_factory.mktemp("forms") / "edition"
    shutil.copytree(demo_edition, folder)
    for language, text in FORMS.items():
        (folder / "text" / language / "report.md").write_text(text, encoding="utf-8")
    return open_edition(folder)


@pytest.fixture(scope="session")
def printed(forms_edition: EditionView, kept: Path) -> dict[str, bytes]:
    """The Word files, by language."""
    made = {}
    for language in FORMS:
        voice = Voice(forms_edition, language)
        text = resolved_texts(forms_edition, language)["report"]
        made[language] = word_file(voice, text, Figures(voice=voice, cache=kept / "drawings"))
    return made


def take(content: bytes, **options: object) -> Result:
    """Take a file back into the text that it was made from."""

    def today(embedded: Embedded) -> tuple[str, Sequence[str]]:
        return FORMS.get(embedded.language, embedded.markdown), tuple(FORMS)

    return take_back(content, "report.docx", **({"today": today} | options))  # type: ignore[arg-type]
