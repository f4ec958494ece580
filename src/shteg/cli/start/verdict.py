"""What `shteg doctor` says of one thing."""

from dataclasses import asdict, dataclass
from typing import Any

OK, MISSING, BROKEN = "ok", "missing", "broken"
"""There and working; not there, and not needed for a build; needed, and not there or not working."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What it is.
    state : str
        OK, MISSING or BROKEN.
    found : str
        What was found: a version, a place, a size.
    hint : str
        What does not work, and how to mend it; "" where it is ok.
    """

    name: str
    state: str
    found: str
    hint: str = ""

    def plain(self) -> dict[str, Any]:
        """Give it for JSON."""
        return asdict(self)
