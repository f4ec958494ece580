"""Uniform random numbers for the samplers of the stance room, compiled."""

import numpy as np

from shteg.arrays import Keys
from shteg.compiling import inner
from shteg.normal_law import normal_quantile


def first_state(generator: np.random.Generator) -> Keys:
    """Draw the state, (4,) uint64, from which a chain's random numbers begin."""
    return generator.integers(1, 2**64, size=4, dtype=np.uint64, endpoint=False)


@inner
def next_uniform(state: Keys) -> float:
    """Give a number in (0, 1) and advance `state`, (4,) uint64: xoshiro256+ (Blackman and Vigna 2021)."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    result = s0 + s3
    shifted = s1 << np.uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3
    return (float(result >> np.uint64(11)) + 0.5) / 9007199254740992.0


@inner
def next_normal(state: Keys) -> float:
    """Give a standard normal number and advance `state`."""
    return normal_quantile(next_uniform(state))
