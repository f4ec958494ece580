"""How far each commitment has come: its events on three axes, its status, whether it is in time and still followed."""

from shteg.tracker.events import AXES, Happening, gather_happenings
from shteg.tracker.shares import Share, count_shares
from shteg.tracker.standing import STATUSES, Followed, follow_commitments

__all__ = [
    "AXES",
    "STATUSES",
    "Followed",
    "Happening",
    "Share",
    "count_shares",
    "follow_commitments",
    "gather_happenings",
]
