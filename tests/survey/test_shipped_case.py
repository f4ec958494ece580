"""The pair of figures that the shipped case is known for: 92 % overall with 99.5 % in the largest group."""

from pathlib import Path

import pytest

from shteg.evidence.reading import read_case
from shteg.survey import Finding, check_coherence, examine_coherence

TOTAL = "nato-membership.kcss.2022.all"


@pytest.fixture(scope="module")
def by_scheme() -> dict[str, Finding]:
    case = read_case(Path(__file__).parents[2] / "cases" / "kosovo-nato")
    report = examine_coherence(case.published, case.population, case.schemes)
    assert report.findings == check_coherence(case.published, case.population, case.schemes)
    assert len(report.checks) > len(report.findings) > 0
    return {check.scheme: check for check in report.checks if TOTAL in check.figure_ids}


def test_under_the_census_of_2011_at_most_about_one_per_cent_is_left(by_scheme: dict[str, Finding]) -> None:
    check = by_scheme["census-2011"]
    assert check.is_problem
    assert check.low == 0
    assert check.high == pytest.approx(0.011, abs=0.001)


def test_under_the_estimate_of_2024_about_eighteen_per_cent_are_left(by_scheme: dict[str, Finding]) -> None:
    check = by_scheme["census-2024-estimated"]
    assert check.outcome == "implied"
    assert check.implied == pytest.approx(0.18, abs=0.005)


def test_under_the_other_weights_on_record(by_scheme: dict[str, Finding]) -> None:
    assert by_scheme["undp-88-6-6"].implied == pytest.approx(0.37, abs=0.005)
    assert by_scheme["ksb6-sample"].implied == pytest.approx(0.42, abs=0.005)
