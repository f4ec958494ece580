import numpy as np

from shteg.stance.kernel import next_uniform


def xoshiro256_plus(state: list[int]) -> int:
    """The published algorithm in Python's own whole numbers."""
    mask = 2**64 - 1
    result = (state[0] + state[3]) & mask
    shifted = (state[1] << 17) & mask
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = ((state[3] << 45) | (state[3] >> 19)) & mask
    return result


def test_random_numbers_are_xoshiro256_plus():
    words = [2**63 + 11, 7, 2**64 - 1, 123456789]
    state = np.array(words, dtype=np.uint64)
    expected = [((xoshiro256_plus(words) >> 11) + 0.5) / 2**53 for _ in range(50)]
    assert [next_uniform(state) for _ in range(50)] == expected
