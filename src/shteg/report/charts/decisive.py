"""The act that tells members apart most: which it is, and which members have not done it."""

from __future__ import annotations

from dataclasses import dataclass

from shteg.report.edition_view import EditionView

ITEMS, ACTS = "stance.items", "stance.acts_used"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisiveAct:
    """An act about the status itself, on record for more members than any other such act.

    Attributes
    ----------
    item : str
        Id of the item.
    missing : frozenset of str
        Codes of the members whose last act on it is not the most favourable one.
    """

    item: str
    missing: frozenset[str]


def decisive_act(edition: EditionView) -> DecisiveAct | None:
    """Find the act about the status that most members have on record; of two, the one that weighs more.

    None where no member lacks it or all do: then it tells nobody apart.
    """
    items = [row for row in edition.rows(ITEMS) if row["kind"] == "status" and row["status"] == "used"]
    if not items:
        return None
    item = max(items, key=lambda row: (row["n_members"], row["discrimination"], row["item"]))["item"]
    acts = [row for row in edition.rows(ACTS) if row["item"] == item]
    last = {row["member"]: row["level"] for row in sorted(acts, key=lambda row: str(row["happened_on"]))}
    best = max(last.values(), default=0)
    missing = frozenset(member for member, level in last.items() if level < best)
    return DecisiveAct(item=item, missing=missing) if 0 < len(missing) < len(last) else None
