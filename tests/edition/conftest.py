"""One edition of the made-up case, built once for all tests of this folder."""

from pathlib import Path

import pytest

from shteg.edition import Options, build_edition
from shteg.evidence import find_case, read_case


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    case = read_case(find_case("demo"))
    return build_edition(case, tmp_path_factory.mktemp("first") / "edition", Options(cache=cache, threads=2))
