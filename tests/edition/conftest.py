"""One edition of the made-up case, built once for all tests of this folder."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import shteg.evaluation
from shteg.edition import Options, build_edition
from shteg.evidence import find_case, read_case


@pytest.fixture(scope="package")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="package", autouse=True)
def few_origins() -> Iterator[None]:
    """Score at two origins: these tests are about editions, and tests/evaluation and the golden values do the rest."""
    whole = shteg.evaluation.score_forecasts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shteg.evaluation, "score_forecasts", partial(whole, origins=(2005, 2015)))
        yield


@pytest.fixture(scope="package")
def edition(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    case = read_case(find_case("demo"))
    return build_edition(case, tmp_path_factory.mktemp("first") / "edition", Options(cache=cache, threads=2))
