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


def normal_quantile(share: float) -> float:
    """Give the standard normal quantile of a share in (0, 1), to about 1e-15; plain Python for rooms to compile.

    References
    ----------
    Wichura (1988), Algorithm AS 241, Applied Statistics 37(3): PPND16.
    """
    centred = share - 0.5
    if abs(centred) <= 0.425:
        r = 0.180625 - centred * centred
        upper = (
            (
                (
                    (
                        ((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                        + 45921.953931549871457
                    )
                    * r
                    + 13731.693765509461125
                )
                * r
                + 1971.5909503065514427
            )
            * r
            + 133.14166789178437745
        ) * r + 3.387132872796366608
        lower = (
            (
                (
                    (
                        ((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                        + 21213.794301586595867
                    )
                    * r
                    + 5394.1960214247511077
                )
                * r
                + 687.1870074920579083
            )
            * r
            + 42.313330701600911252
        ) * r + 1.0
        return float(centred * upper / lower)
    tail = share if centred < 0.0 else 1.0 - share
    r = np.sqrt(-np.log(tail))
    if r <= 5.0:
        r -= 1.6
        upper = (
            (
                (
                    (
                        ((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                        + 1.27045825245236838258
                    )
                    * r
                    + 3.64784832476320460504
                )
                * r
                + 5.7694972214606914055
            )
            * r
            + 4.6303378461565452959
        ) * r + 1.42343711074968357734
        lower = (
            (
                (
                    (
                        ((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                        + 0.14810397642748007459
                    )
                    * r
                    + 0.68976733498510000455
                )
                * r
                + 1.6763848301838038494
            )
            * r
            + 2.05319162663775882187
        ) * r + 1.0
    else:
        r -= 5.0
        upper = (
            (
                (
                    (
                        ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                        + 0.026532189526576123093
                    )
                    * r
                    + 0.29656057182850489123
                )
                * r
                + 1.7848265399172913358
            )
            * r
            + 5.4637849111641143699
        ) * r + 6.6579046435011037772
        lower = (
            (
                (
                    (
                        ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                        + 7.868691311456132591e-4
                    )
                    * r
                    + 0.0148753612908506148525
                )
                * r
                + 0.13692988092273580531
            )
            * r
            + 0.59983220655588793769
        ) * r + 1.0
    return float(-upper / lower if centred < 0.0 else upper / lower)
