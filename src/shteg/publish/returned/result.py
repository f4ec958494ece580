"""What came of a file: changes taken and refused, comments, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ChangeKind = Literal["changed", "added", "removed", "moved", "elsewhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one block: `reasons` say why it is refused, none that it is taken.

    `old` and `new` are the printed words, `authors` who tracked it, `notes` what else is to be done or looked at;
    `lines` are the lines of the block as they will stand in the file.
    """

    kind: ChangeKind
    block: str
    old: str = ""
    new: str = ""
    reasons: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    after: str = ""
    """Block that a new or moved one follows; empty for the first place."""

    @property
    def taken(self) -> bool:
        """Tell whether it goes into the file."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment of an editor: on which block, on which words."""

    author: str
    day: str
    text: str
    block: str
    quoted: str
    resolved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that came back: of which text, and how its file reads now (`markdown`)."""

    case: str
    language: str
    text: str
    edition: str
    changes: tuple[Change, ...] = ()
    comments: tuple[Comment, ...] = ()
    notes: tuple[str, ...] = ()
    markdown: str = field(default="", repr=False)

    @property
    def refused(self) -> tuple[Change, ...]:
        """What is not taken."""
        return tuple(one for one in self.changes if not one.taken)
