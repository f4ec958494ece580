"""Random numbers that depend on names and counters, never on threads, chunks or the order of work."""

import hashlib

import numpy as np


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
