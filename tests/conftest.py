"""What all tests share: how Hypothesis draws, and the edition of the made-up case as the product itself builds it.

The stage results and drawings are kept between runs under the hash of inputs and code, as `shteg build` keeps them:
in `.shteg-cache/tests`, or in the folder that `SHTEG_TEST_CACHE` names.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from shteg.changes.since import comparing, day_compared
from shteg.edition import Options, build_edition
from shteg.edition.folders.lock import locked
from shteg.evidence import Case, find_case, read_case
from shteg.publish import publish_site
from shteg.report import EditionView, open_edition
from tests.abroad import write_abroad
from tests.examples import PROFILE

CASE = "demo"

hypothesis.settings.load_profile(PROFILE)
os.environ["SHTEG_LANGUAGE"] = "en"  # whatever the machine of the developer speaks


@pytest.fixture(scope="session")
def kept() -> Path:
    """The folder in which results are kept between runs."""
    place = Path(__file__).parents[1] / ".shteg-cache" / "tests"
    folder = Path(os.environ.get("SHTEG_TEST_CACHE", place)).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def demo() -> Case:
    """The made-up case."""
    return read_case(find_case(CASE))


@pytest.fixture(scope="session")
def demo_edition(demo: Case, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The edition of the made-up case; a test that changes something takes a copy."""
    with locked(kept / f"{CASE}.lock"):  # a second worker waits for the first and then finds its results
        options = Options(cache=kept)
        day = day_compared(demo, options)
        assert day is not None
        place = tmp_path_factory.mktemp(CASE) / "edition"
        folder = build_edition(demo, place, options, compare=comparing(demo, day, options))
    yield folder
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
    assert found == files, "a test has changed the edition that all tests share"


@pytest.fixture(scope="session")
def demo_view(demo_edition: Path) -> EditionView:
    """The same, opened."""
    return open_edition(demo_edition)


@pytest.fixture(scope="session")
def abroad_edition(demo_edition: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its members on the map and hostile words in it; a test that changes something takes a copy."""
    return write_abroad(demo_edition, tmp_path_factory.mktemp("abroad") / "edition")


@pytest.fixture(scope="session")
def abroad_site(abroad_edition: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The publication of that edition."""
    out = tmp_path_factory.mktemp("site")
    publish_site(abroad_edition, out, cache=kept / "drawings")
    return out
