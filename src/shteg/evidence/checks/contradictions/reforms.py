"""Contradictions between requirements and the values of their indicators."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.facts import Reading, Requirement

_FILE = "requirements.csv"


def check_requirements(draft: Draft) -> Iterator[Problem]:
    """Find reforms whose status and latest value disagree, and targets set for before the start."""
    latest: dict[str, tuple[Row, Reading]] = {}
    for row, one in draft.records_of("readings.csv", Reading):
        if one.requirement not in latest or one.happened_on.last >= latest[one.requirement][1].happened_on.last:
            latest[one.requirement] = row, one
    for row, reform in draft.records_of(_FILE, Requirement):
        began, due = reform.baseline_on, reform.target_on
        if began is not None and due is not None and due.last < began.first:
            problem = f"the target is set for {due}, before the start on {began}"
            yield draft.at_row(_FILE, row, "target_on", problem, "correct one of the two dates")
        if began is not None and reform.status_on is not None and reform.status_on.last < began.first:
            problem = f"the status is of {reform.status_on}, before the start on {began}"
            yield draft.at_row(_FILE, row, "status_on", problem, "correct one of the two dates")
        if reform.id in latest:
            yield from _against_reading(draft, row, reform, *latest[reform.id])


def _against_reading(draft: Draft, row: Row, reform: Requirement, read: Row, reading: Reading) -> Iterator[Problem]:
    if reform.target is None or reform.baseline is None or reform.target == reform.baseline:
        return
    done = (reading.value - reform.baseline) / (reform.target - reform.baseline)
    where = f"its latest value is {reading.value:g} of {reform.target:g} (readings.csv, line {read.line})"
    hint = "correct the status, the target, or the value"
    if reform.status == "met" and done < 1:
        yield draft.at_row(_FILE, row, "status", f"`{reform.id}` is met, and {where}", hint)
    if reform.status == "not_met" and done >= 1:
        yield draft.at_row(_FILE, row, "status", f"`{reform.id}` is not met, and {where}", hint)
