"""Where a chain of the dynamic graded probit model stands, and what it gives."""

from typing import NamedTuple

from shteg.arrays import Floats


class Standing(NamedTuple):
    """Where the chain stands; all arrays are written in place."""

    theta: Floats  # (point,)
    b: Floats  # (item,)
    cuts: Floats  # (item, largest number of levels + 1): from −∞ to ∞
    effects: Floats  # (covariate,)
    centre: Floats  # (member,): prior means
    sds: Floats  # (2,)
    latent: Floats  # (act,)
    precision: Floats  # (point,): information of the acts
    weighted: Floats  # (point,)
    variance: Floats  # (point,)
    cut_step: Floats  # as `cuts`: sds of the proposals, and so on
    sd_step: Floats  # (2,)
    stretch_step: Floats  # (1,)


class Kept(NamedTuple):
    """What a chain gives: see `run_chain`."""

    theta: Floats
    discrimination: Floats
    cuts: Floats
    effects: Floats
    sds: Floats
    paths: Floats
