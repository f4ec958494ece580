"""Which field tool delivered a file, told by the columns that it adds to every answer."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from shteg.survey.readers.field.texts import plain_text
from shteg.survey.readers.responses import Responses

Tool = Literal["kobo", "odk", "limesurvey"]

_KOBO = frozenset(("_id", "_uuid", "_submission_time", "_index", "_validation_status", "__version__", "_submitted_by"))
_ODK = frozenset(("KEY", "SubmissionDate", "SubmitterID", "SubmitterName", "FormVersion", "ReviewState", "DeviceID"))
_LIMESURVEY = frozenset(
    ("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr", "refurl")
)
_LIMESURVEY_TEXTS = frozenset(
    ("Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started", "Date last action")
)
_OTHER = frozenset(
    (
        *("start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "subscriberid", "audit"),
        *("instanceID", "instanceName", "PARENT_KEY", "AttachmentsPresent", "AttachmentsExpected", "Status", "Edits"),
        *("_notes", "_status", "_tags", "_xform_id_string", "_attachments", "_geolocation", "_parent_index"),
        *("_parent_table_name", "formhub/uuid", "meta/rootUuid", "interviewtime", "IP address", "Referrer URL"),
    )
)
ADDED = _KOBO | _ODK | _LIMESURVEY | _LIMESURVEY_TEXTS | _OTHER
"""Columns of the tools themselves: nobody was asked them."""

REPEAT_MARKS = frozenset(("_parent_table_name", "_parent_index", "_submission__id", "_submission__uuid", "PARENT_KEY"))
"""Columns that only tables of repeats have."""

_KOBO_ALONE = frozenset(("_uuid", "_submission_time", "_validation_status", "__version__", "_submitted_by"))
_LIMESURVEY_ALONE = frozenset(("submitdate", "lastpage", "startlanguage"))
"""Columns of which one or two tell the tool."""
_SUBMITTED = re.compile(r"submitdate(\. .*)?|Date submitted")
_NOT_APPROVED = ("validation_status_not_approved", "Not approved", "Not Approved")
_META = re.compile(r"meta[/:-]instance(ID|Name)")
_SUBQUESTION = re.compile(r"[A-Za-z]\w*\[\w+\].*", re.DOTALL)
_LABELLED = re.compile(r"(?P<code>[a-z]+)\. .+", re.DOTALL)


def delivered_by(columns: Collection[str]) -> Tool | None:
    """Tell which tool wrote a file.

    Parameters
    ----------
    columns : collection of str
        Its headings.

    Returns
    -------
    str or None
        `kobo`, `odk`, `limesurvey`; None where the columns of none are there.
    """
    names = {plain_text(one) for one in columns}
    if names & _KOBO_ALONE or len(names & _KOBO) > 1:
        return "kobo"
    if any(_META.fullmatch(one) for one in names) or ("KEY" in names and names & (_ODK - {"KEY"} | {"instanceID"})):
        return "odk"
    codes = names | {match["code"] for one in names if (match := _LABELLED.fullmatch(one))}
    marks = codes & _LIMESURVEY_ALONE
    array = any(_SUBQUESTION.fullmatch(one) for one in names)
    if len(marks) > 1 or (marks and array) or len(names & _LIMESURVEY_TEXTS) > 1:
        return "limesurvey"
    return None


def is_added(column: str) -> bool:
    """Tell whether a column is one of the tool's own, with or without its groups."""
    name = plain_text(column)
    match = _LABELLED.fullmatch(name)
    return bool({name, re.split(r"[/:-]", name)[-1], match["code"] if match else ""} & ADDED) or name.startswith(
        ("meta/", "meta-", "meta:")
    )


def unfinished(responses: Responses) -> tuple[str, ...]:
    """Say how many answers of a file were not submitted (LimeSurvey) or not approved (KoboToolbox): they count too.

    Parameters
    ----------
    responses : Responses
        As read, its columns called as in the file.

    Returns
    -------
    tuple of str
        A sentence each; nothing where all are finished, or no column says it.
    """
    frame, notes = responses.frame, []
    for column in frame.columns:
        name = plain_text(column)
        if _SUBMITTED.fullmatch(name) and delivered_by(frame.columns) == "limesurvey":
            count, said = frame[column].null_count(), f"were never submitted ({name!r} is blank)"
        elif name == "_validation_status":
            count, said = int(frame[column].is_in(_NOT_APPROVED).sum()), f"were not approved ({name!r})"
        else:
            continue
        if count:
            notes.append(f"{responses.name}: {count} of {frame.height} responses {said}; they count all the same")
    return tuple(notes)
