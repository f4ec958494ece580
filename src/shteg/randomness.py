"""Random numbers that depend on names and counters, never on threads, chunks or the order of work."""

import hashlib

import numpy as np
from numpy.typing import NDArray


def named_generator(seed: int, *names: str) -> np.random.Generator:
    """Give the generator that belongs to a name, so that one more stream changes no other number.

    Parameters
    ----------
    seed : int
        The seed of the case, >= 0.
    *names : str
        For example ("stance", "chain-1").
    """
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_FIRST, _MIX_SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFT_30, _SHIFT_27, _SHIFT_31, _SHIFT_12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)


def stable_key(*names: str) -> np.uint64:
    """Give the 64-bit key of a name: the same on every machine, whatever else there is.

    Keys come from names (a member's code, a step's id), never from positions, so that one more member or another order
    changes no random number of the others.
    """
    return np.uint64(int.from_bytes(hashlib.sha256("\x1f".join(names).encode()).digest()[:8], "little"))


def fold_counter(key: NDArray[np.uint64], counter: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Fold a counter (seed, draw, world, …) into a key: word number `counter` of the SplitMix64 stream of `key`.

    Written for arrays; `numba.njit` compiles the same lines for scalars, so that both see the same bits.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA; finaliser: Stafford's 13th.
    """
    word = key + (counter + np.uint64(1)) * GOLDEN
    word = (word ^ (word >> _SHIFT_30)) * _MIX_FIRST
    word = (word ^ (word >> _SHIFT_27)) * _MIX_SECOND
    mixed: NDArray[np.uint64] = word ^ (word >> _SHIFT_31)
    return mixed


def counter_uniform(key: NDArray[np.uint64], purpose: NDArray[np.uint64] | np.uint64) -> NDArray[np.float64]:
    """Give the uniform number of a key for one purpose, in the open interval (0, 1).

    Parameters
    ----------
    key : uint64
        Of the world: seed, draw and world folded together.
    purpose : uint64
        A `stable_key`; for the i-th episode of one purpose add i times `GOLDEN` to it.

    Notes
    -----
    52 bits and a half: the smallest number is 2^-53, the largest 1 - 2^-53, both exact in a double.
    """
    word = key + purpose
    word = (word ^ (word >> _SHIFT_30)) * _MIX_FIRST
    word = (word ^ (word >> _SHIFT_27)) * _MIX_SECOND
    word = word ^ (word >> _SHIFT_31)
    return ((word >> _SHIFT_12) + 0.5) * 2.0**-52  # type: ignore[return-value]
