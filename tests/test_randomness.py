"""Counter-hash random numbers: the same bits in NumPy and Numba, uniform, independent of their neighbours."""

import numba
import numpy as np
import pytest
from scipy.special import chdtrc, kolmogorov

from shteg.randomness import GOLDEN, counter_uniform, fold_counter, named_generator, stable_key

COUNT = 1_000_000
SMALLEST_P = 1e-4  # fixed seeds: a p-value below this would mean a fault of the hash, not bad luck
LARGEST_Z = 4.5  # a few dozen correlations are looked at


def keys(count: int = COUNT, seed: int = 7) -> np.ndarray:
    root = fold_counter(np.zeros(1, dtype=np.uint64), np.array([seed], dtype=np.uint64))
    return fold_counter(root, np.arange(count, dtype=np.uint64))


def test_first_words_are_those_of_splitmix64() -> None:
    words = fold_counter(np.zeros(3, dtype=np.uint64), np.arange(3, dtype=np.uint64))
    assert [int(w) for w in words] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]  # published vector


def test_numpy_and_numba_see_the_same_bits() -> None:
    fold, uniform = numba.njit(fold_counter), numba.njit(counter_uniform)
    some, purpose = keys(1000), stable_key("consent", "XAA")
    assert [fold(key, np.uint64(3)) for key in some] == list(fold_counter(some, np.array([3], dtype=np.uint64)))
    compiled = np.array([uniform(key, purpose) for key in some])
    assert compiled.tobytes() == counter_uniform(some, np.array(purpose)).tobytes()


def test_numbers_stay_inside_the_open_interval() -> None:
    shift = np.uint64(12)
    extremes = (np.array([0, 2**52 - 1], dtype=np.uint64) << shift) >> shift
    assert list((extremes + 0.5) * 2.0**-52) == [2.0**-53, 1.0 - 2.0**-53]
    numbers = counter_uniform(keys(), np.array(stable_key("a")))
    assert 0.0 < numbers.min() < numbers.max() < 1.0


@pytest.mark.parametrize("purpose", ["consent", "change", "shock"])
def test_uniform(purpose: str) -> None:
    numbers = np.sort(counter_uniform(keys(), np.array(stable_key(purpose))))
    counts = np.histogram(numbers, bins=1000, range=(0, 1))[0]
    assert chdtrc(999, float(((counts - COUNT / 1000) ** 2).sum() / (COUNT / 1000))) > SMALLEST_P
    rank = np.arange(COUNT)
    distance = max(np.max((rank + 1) / COUNT - numbers), np.max(numbers - rank / COUNT))
    assert kolmogorov(np.sqrt(COUNT) * distance) > SMALLEST_P


def test_neighbouring_counters_are_independent() -> None:
    one, two = np.array(stable_key("consent", "XAA")), np.array(stable_key("consent", "XAB"))
    world = keys()
    pairs = [
        (counter_uniform(world[:-1], one), counter_uniform(world[1:], one)),  # worlds
        (counter_uniform(world, one), counter_uniform(world, two)),  # members
        (counter_uniform(world, one), counter_uniform(world, one + GOLDEN)),  # episodes
        (counter_uniform(world, one), counter_uniform(keys(seed=8), one)),  # seeds
        (counter_uniform(world, one), counter_uniform(keys() ^ np.uint64(1), one)),  # one bit of the key
    ]
    for a, b in pairs:
        assert abs(np.corrcoef(a, b)[0, 1]) * np.sqrt(COUNT) < LARGEST_Z
        assert abs(np.corrcoef((a - 0.5) ** 2, (b - 0.5) ** 2)[0, 1]) * np.sqrt(COUNT) < LARGEST_Z
        cells = np.histogram2d(a, b, bins=32, range=((0, 1), (0, 1)))[0]
        expected = len(a) / 1024
        assert chdtrc(1023, float(((cells - expected) ** 2).sum() / expected)) > SMALLEST_P


def test_bits_are_balanced() -> None:
    words = fold_counter(np.array([0], dtype=np.uint64), np.arange(COUNT, dtype=np.uint64))
    flipped = fold_counter(np.array([1], dtype=np.uint64), np.arange(COUNT, dtype=np.uint64)) ^ words
    for bit in range(64):
        for word in (words, flipped):
            share = ((word >> np.uint64(bit)) & np.uint64(1)).mean()
            assert abs(share - 0.5) * 2 * np.sqrt(COUNT) < LARGEST_Z


def test_names_make_keys_and_streams() -> None:
    assert stable_key("a", "b") != stable_key("ab")
    assert named_generator(1, "a").random() == named_generator(1, "a").random()
    assert named_generator(1, "a").random() != named_generator(1, "b").random()
