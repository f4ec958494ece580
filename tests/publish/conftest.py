"""The published edition, in the words of these tests."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from tests.abroad import read_json, write_json


@pytest.fixture(scope="session")
def edition_folder(abroad_edition: Path) -> Path:
    """The edition on disk."""
    return abroad_edition


@pytest.fixture(scope="session")
def site(abroad_site: Path) -> Path:
    """Its publication."""
    return abroad_site


@pytest.fixture(scope="session")
def edition(abroad_edition: Path) -> EditionView:
    """The edition, opened."""
    return open_edition(abroad_edition)


@pytest.fixture(scope="session")
def english(edition: EditionView) -> Voice:
    """The edition in English."""
    return Voice(edition=edition, language="en")


@pytest.fixture
def changed(edition_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Give a function that copies the edition and changes keys of one of its files."""

    def change(name: str, **more: object) -> Path:
        folder = tmp_path / "edition"
        shutil.copytree(edition_folder, folder)
        write_json(folder, name, read_json(folder, name) | more)
        return folder

    return change
