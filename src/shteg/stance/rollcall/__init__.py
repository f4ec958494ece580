"""Roll calls: votes of legislators or states, and the positions they reveal."""

from shteg.stance.rollcall.ideal import RollCallPrior, ideal_points
from shteg.stance.rollcall.matrix import RollCall, rollcall, rollcall_from_frame
from shteg.stance.rollcall.reader import Coding, VoteColumns, read_votes
from shteg.stance.rollcall.result import IdealPoints

__all__ = [
    "Coding",
    "IdealPoints",
    "RollCall",
    "RollCallPrior",
    "VoteColumns",
    "ideal_points",
    "read_votes",
    "rollcall",
    "rollcall_from_frame",
]
