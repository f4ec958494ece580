"""Contradictions between documents, what is taken from them, and reforms and the values of their indicators."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.base import CREDIBILITY, RELIABILITY, Source, Sourced, Sources
from shteg.evidence.records.facts import Reading, Requirement

_FILE, _REQUIREMENTS = "sources.toml", "requirements.csv"


def _sources(draft: Draft) -> dict[str, Source]:
    file = draft.tomls.get(_FILE)
    return dict(file.record.sources) if file is not None and isinstance(file.record, Sources) else {}


def check_documents(draft: Draft) -> Iterator[Problem]:
    """Find documents that were read before they were published."""
    for name, one in _sources(draft).items():
        if one.read_on is not None and one.published_on is not None and one.read_on.last < one.published_on.first:
            problem = f"the document was read on {one.read_on}, before it was published on {one.published_on}"
            yield draft.at_key(_FILE, ("sources", name, "read_on"), problem, "correct one of the two dates")


def check_grades(draft: Draft) -> Iterator[Problem]:
    """Find rows and tables that are graded better than the document they come from."""
    sources = _sources(draft)
    hint = "give the row the letter of its source, or grade the source anew in sources.toml"
    for table in draft.tables.values():
        for row in table.rows:
            if isinstance(row.record, Sourced) and (said := _better(row.record.source, row.record.grade, sources)):
                yield table.at(row, "grade", said, hint)
    for file, found in draft.walk():
        if found.record(Sourced):
            source, grade = found.value.get("source"), found.value.get("grade")
            if isinstance(source, str) and isinstance(grade, str) and (said := _better(source, grade, sources)):
                yield draft.at_key(file, (*found.path, "grade"), said, hint)


def _better(source: str, grade: str, sources: dict[str, Source]) -> str:
    """Say how a grade is better than that of its source; "" if it is not, or is no grade."""
    if source not in sources or len(grade) != 2 or grade[0] not in RELIABILITY or grade[1] not in CREDIBILITY:
        return ""
    of_source = sources[source].grade
    if grade[0] < of_source[0]:
        return f"the grade {grade} is more reliable than the source `{source}`, which is {of_source}"
    if of_source[1] == "6" and grade[1] != "6":
        return f"the grade {grade} judges what it says, and nobody has read the source `{source}` ({of_source})"
    return ""


def check_rows_after_reading(draft: Draft) -> Iterator[Problem]:
    """Find rows on what happened after their source was read: it cannot say so."""
    sources = _sources(draft)
    for table in draft.tables.values():
        for row in table.rows:
            source = sources.get(getattr(row.record, "source", ""))
            if source is None or source.read_on is None:
                continue
            for column, verb in (
                ("happened_on", "it happened"),
                ("known_on", "it was known"),
                ("status_on", "it is of"),
            ):
                when = getattr(row.record, column, None)
                if when is not None and when.first > source.read_on.last:
                    problem = f"{verb} {when}, after the source was read on {source.read_on}"
                    hint = "correct the date, name a later source, or renew `read_on` in sources.toml"
                    yield table.at(row, column, problem, hint)
                    break


def check_requirements(draft: Draft) -> Iterator[Problem]:
    """Find reforms whose status and latest value disagree, and targets set for before the start."""
    latest: dict[str, tuple[Row, Reading]] = {}
    for row, one in draft.records_of("readings.csv", Reading):
        if one.requirement not in latest or one.happened_on.last >= latest[one.requirement][1].happened_on.last:
            latest[one.requirement] = row, one
    for row, reform in draft.records_of(_REQUIREMENTS, Requirement):
        began, due = reform.baseline_on, reform.target_on
        if began is not None and due is not None and due.last < began.first:
            problem = f"the target is set for {due}, before the start on {began}"
            yield draft.at_row(_REQUIREMENTS, row, "target_on", problem, "correct one of the two dates")
        if began is not None and reform.status_on is not None and reform.status_on.last < began.first:
            problem = f"the status is of {reform.status_on}, before the start on {began}"
            yield draft.at_row(_REQUIREMENTS, row, "status_on", problem, "correct one of the two dates")
        if reform.id in latest:
            yield from _against_reading(draft, row, reform, *latest[reform.id])


def _against_reading(draft: Draft, row: Row, reform: Requirement, read: Row, reading: Reading) -> Iterator[Problem]:
    if reform.target is None or reform.baseline is None or reform.target == reform.baseline:
        return
    done = (reading.value - reform.baseline) / (reform.target - reform.baseline)
    where = f"its latest value is {reading.value:g} of {reform.target:g} (readings.csv, line {read.line})"
    hint = "correct the status, the target, or the value"
    if reform.status == "met" and done < 1:
        yield draft.at_row(_REQUIREMENTS, row, "status", f"`{reform.id}` is met, and {where}", hint)
    if reform.status == "not_met" and done >= 1:
        yield draft.at_row(_REQUIREMENTS, row, "status", f"`{reform.id}` is not met, and {where}", hint)


CHECKS = (check_documents, check_grades, check_rows_after_reading, check_requirements)
