"""One published edition for all tests of this folder."""

from pathlib import Path

import pytest

from shteg.publish import publish_site
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from tests.publish.edition_on_disk import write_edition


@pytest.fixture(scope="session")
def edition_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the edition."""
    return write_edition(tmp_path_factory.mktemp("compact") / "edition")


@pytest.fixture(scope="session")
def edition(edition_folder: Path) -> EditionView:
    """Open the edition."""
    return open_edition(edition_folder)


@pytest.fixture(scope="session")
def site(edition_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the edition."""
    out = tmp_path_factory.mktemp("site")
    publish_site(edition_folder, out)
    return out


@pytest.fixture(scope="session")
def english(edition: EditionView) -> Voice:
    """Give the edition in English."""
    return Voice(edition=edition, language="en")
