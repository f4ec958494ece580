"""What members did, and in which words it is told: for the pages of members and for those that name one."""

from __future__ import annotations

from markupsafe import Markup

from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.edition_view import AT, Row
from shteg.report.language.cells import written_number

ACTS, VOTES = "evidence.acts", "evidence.membership_votes"
NUMBERS = "number"
"""What the words of a case for every number of an act are filed under, and where the number stands in them."""


def acts_of(edition: EditionView) -> dict[str, list[Row]]:
    """Give what each member did toward the aspirant, votes among it, the oldest first; `TABLE` says where it stands."""
    return edition.once(("acts of members",), lambda: _acts_of(edition))


TABLE = "its table"


def _acts_of(edition: EditionView) -> dict[str, list[Row]]:
    acts = [row | {TABLE: ACTS} for row in edition.rows(ACTS)]
    votes = [row for row in edition.rows(VOTES) if row["candidate"] == edition.case.aspirant]
    acts += [row | {TABLE: VOTES, "actor": row["member"]} for row in votes]
    acts.sort(key=lambda row: (str(row["happened_on"]), row["item"], row["row"]))
    found: dict[str, list[Row]] = {row["member"]: [] for row in edition.rows("evidence.members")}
    for row in acts:
        if row["actor"] in found:
            found[row["actor"]].append(row)
    return found


def said_by(voice: Voice, row: Row) -> Markup:
    """Say what an act was: in the words of the case for it, else by the name of its value; a number keeps its place."""
    item, value = row["item"], str(row["value"])
    if written_number(value) is not None:
        number = voice.placed(row[TABLE], row[AT], "value", "plain")
        words = f"said:{item}.{NUMBERS}"
        if words not in voice.edition.lexicon:
            return voice.figured(number)
        before, _, after = voice.named(words).partition("{number}")
        return Markup("{}{}{}").format(before, voice.figured(number), after)
    words = f"said:{item}.{value}"
    return Markup("{}").format(voice.named(words) if words in voice.edition.lexicon else voice.stand(value))
