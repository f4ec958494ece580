"""Coverage of 95 % intervals over 2,000 samples: within 93–97 %, or a failure that is known and written down.

docs/methods/survey-speed.md lists these numbers. The standard error of a coverage is 0.5 points.
"""

import pytest

from shteg.survey.inference.intervals import INTERVAL_METHODS
from tests.survey.coverage_study import DOMAINS, SHARES, coverage

pytestmark = pytest.mark.slow
LOWEST, HIGHEST = 0.93, 0.97
TOO_SHORT = {
    ("nearly", "all", "mean"),
    ("nearly", "all", "asin"),
    ("most", "small", "mean"),
    ("most", "small", "asin"),
}
TOO_LONG = {("nearly", "small", method) for method in ("mean", "asin", "beta", "likelihood")}


@pytest.mark.parametrize("domain", DOMAINS)
def test_means(domain: str) -> None:
    assert LOWEST <= coverage()["number", domain, "t"] <= HIGHEST


@pytest.mark.parametrize("method", INTERVAL_METHODS)
@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("item", SHARES)
def test_shares(item: str, domain: str, method: str) -> None:
    case, found = (item, domain, method), coverage()[item, domain, method]
    if case in TOO_SHORT:
        assert found < LOWEST
    elif case in TOO_LONG:
        assert found > HIGHEST
    else:
        assert LOWEST <= found <= HIGHEST
