"""The edition of the made-up case, and where its parts are kept, in the words of these tests."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from shteg.evaluation import stage
from shteg.evidence import Case


@pytest.fixture(scope="session")
def case(demo: Case) -> Case:
    """The made-up case."""
    return demo


@pytest.fixture(scope="session")
def cache(kept: Path) -> Path:
    """Where the stages of the edition are kept."""
    return kept


@pytest.fixture(scope="session")
def edition(demo_edition: Path) -> Path:
    """The edition."""
    return demo_edition


@pytest.fixture
def few_origins() -> Iterator[None]:
    """Score at two origins only, for what is computed anew in this process and kept nowhere."""
    whole = stage.score_forecasts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "score_forecasts", partial(whole, origins=(2005, 2015)))
        yield
