"""Replicate weights: supplied by the field's institute, or made from a Taylor design."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.randomness import named_generator
from shteg.survey.code_texts import require_column
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import REPLICATE_TYPES, ReplicateDesign, ReplicateType
from shteg.survey.requests import check_choice, check_truth, frame_of, is_number, list_of_names

Conversion = Literal["auto", "JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap", "SDR"]


def read_replicates(
    data: pl.DataFrame,
    *,
    weight: str,
    rep_weights: Sequence[str],
    type: ReplicateType,
    scale: float | None = None,
    rscales: Sequence[float] | None = None,
    fay_rho: float = 0.0,
    mse: bool = False,
    combined_weights: bool = True,
) -> ReplicateDesign:
    """Take supplied replicate weights.

    Parameters
    ----------
    data : polars.DataFrame
    weight : str
        Column with the weights of the estimate itself.
    rep_weights : sequence of str
        Columns with the replicate weights.
    type : ReplicateType
        Gives the defaults of `scale`: JK1 (R − 1)/R, BRR 1/R, Fay 1/(R(1 − ρ)²), bootstrap 1/(R − 1), SDR 4/R,
        JKn and JK2 1.
    scale : float, optional
    rscales : sequence of float, optional
        See `ReplicateDesign`; "JKn" and "other" need them.
    fay_rho : float in [0, 1)
        Of "Fay".
    mse, combined_weights : bool
        See `ReplicateDesign`.

    Returns
    -------
    ReplicateDesign

    Raises
    ------
    DesignError, UsageError
        A column is not there or no number; scale or rscales are needed.
    """
    check_choice(type, REPLICATE_TYPES, "type", "{} is no type of replicate weights")
    for name, flag in (("mse", mse), ("combined_weights", combined_weights)):
        check_truth(flag, name)
    data, rep_weights = frame_of(data), list_of_names(rep_weights, "rep_weights")
    for column in (weight, *rep_weights):
        require_column(data, column)
    if len(rep_weights) < 2:
        what = "one replicate tells no variance" if rep_weights else "no replicate weights are named"
        raise UsageError(what, "give the columns of all replicates", "rep_weights")
    if is_number(fay_rho) and not 0 <= fay_rho < 1:
        raise UsageError(f"a Fay factor of {fay_rho} is not from 0 to below 1", "give for example 0.3", "fay_rho")
    nested = next((one for one in (weight, *rep_weights) if data[one].dtype.is_nested()), None)
    if nested is not None:
        raise DesignError("the column holds lists, no weights", "give columns of numbers", f"column {nested!r}")
    asked = [("scale", scale)] if scale is not None else []
    for name, number in (*asked, ("fay_rho", fay_rho), *(("rscales", one) for one in _numbers(rscales))):
        if not is_number(number) or not np.isfinite(number):
            raise UsageError(f"{number!r} is no number", "take it from the documentation of the survey", name)
    if (type == "JKn" and rscales is None) or (type == "other" and (scale is None or rscales is None)):
        raise UsageError(f"{type!r} needs scale and rscales", "take them from the documentation", "rscales")
    replicates = len(rep_weights)
    numbers = data.select(pl.col(weight, *rep_weights).cast(pl.Float64, strict=False).fill_null(float("nan")))
    matrix = numbers.to_numpy().astype(float)
    return ReplicateDesign(
        data=data,
        row=np.arange(1, data.height + 1),
        weight=matrix[:, 0],
        rep_weights=np.ascontiguousarray(matrix[:, 1:]),
        scale=_default_scale(type, replicates, fay_rho) if scale is None else scale,
        rscales=np.ones(replicates) if rscales is None else np.array(_numbers(rscales), float),
        mse=mse,
        combined_weights=combined_weights,
        type=type,
    )


def _numbers(values: Sequence[float] | None) -> list[float]:
    if values is None:
        return []
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise UsageError(f"rscales are {values!r}, no list", "give one number for each replicate", "rscales")
    return list(values)


def _default_scale(kind: str, replicates: int, rho: float) -> float:
    if kind == "JK1":
        return (replicates - 1) / replicates
    if kind in ("BRR", "Fay"):
        return 1 / (replicates * (1 - rho) ** 2)
    if kind in ("bootstrap", "subbootstrap"):
        return 1 / (replicates - 1)
    return 4 / replicates if kind == "SDR" else 1.0


def as_replicates(
    design: Design,
    type: Conversion = "auto",
    *,
    fay_rho: float = 0.0,
    replicates: int = 50,
    hadamard_matrix: Floats | None = None,
    mse: bool = False,
    seed: int = 0,
) -> ReplicateDesign:
    """Make replicate weights from strata and PSUs of the first stage.

    Parameters
    ----------
    design : Design
        Not calibrated: replicates are calibrated after the conversion.
    type : Conversion
        "auto": JKn with strata, JK1 without. "bootstrap": n_h of n_h PSUs with replacement (Canty and Davison);
        "subbootstrap": n_h − 1 (Rao and Wu). "SDR": successive differences of the PSUs in the order of their codes.
    fay_rho : float in [0, 1)
        For "Fay": weights 2 − ρ and ρ.
    replicates : int
        For the bootstraps.
    hadamard_matrix : (R, R) of ±1 or 0/1, optional
        For BRR, Fay and SDR; its order is the number of replicates.
    mse : bool
    seed : int
        The bootstraps are the same for the same seed.

    Returns
    -------
    ReplicateDesign

    Raises
    ------
    DesignError
        The design does not allow the method: JK1 with strata, BRR without two PSUs in each stratum, a lonely PSU.
    UsageError
        An option has another type or range, or the matrix is not Hadamard.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation; Rao and Wu (1988), JASA 83(401); Canty and Davison (1999),
    The Statistician 48(3); Fay and Train (1995); R `survey::as.svrepdesign`.
    """
    if not isinstance(design, Design):
        raise UsageError(f"the design is a {design.__class__.__name__}", "give one made by Design.from_frame", "design")
    check_choice(type, get_args(Conversion), "type", "{} is no conversion")
    for name, value in (("replicates", replicates), ("seed", seed)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool):
            raise UsageError(f"{value!r} is no whole number", "give a whole number", name)
    if design.calibration is not None or design.pps in ("overton", "hr"):
        raise DesignError("calibrated and PPS designs cannot be converted", "convert first, then calibrate", "type")
    check_truth(mse, "mse")
    kind: str = ("JKn" if len(design.strata) > 1 else "JK1") if type == "auto" else type
    if kind == "JK1":
        factors, scale, rscales = _delete_one(design)
    elif kind == "JKn":
        factors, scale, rscales = _delete_one_per_stratum(design)
    elif kind in ("BRR", "Fay"):
        factors, scale, rscales = _half_samples(design, fay_rho if kind == "Fay" else 0.0, hadamard_matrix, mse=mse)
    elif kind == "SDR":
        factors, scale, rscales = _successive_differences(design, hadamard_matrix)
    else:
        factors, scale, rscales = _bootstrap(design, replicates, kind == "subbootstrap", seed)
    per_row = np.repeat(factors, np.diff(design.psu_start), axis=0)
    names: dict[str, ReplicateType] = {name: name for name in REPLICATE_TYPES}
    return ReplicateDesign(
        data=design.data,
        row=design.row,
        weight=design.weight,
        rep_weights=per_row,
        scale=scale,
        rscales=rscales,
        mse=mse,
        combined_weights=False,
        type=names[kind],
        freedom=design.freedom,
    )


def _sampled_fraction(design: Design) -> Floats:
    """n_h/N_h of each PSU's stratum, 0 without fpc; (psus,)."""
    if not design.fpc:
        return np.zeros(len(design.psu_stratum))
    return design.psus_per_stratum[design.psu_stratum] / design.fpc[0][design.psu_start[:-1]]


def _delete_one(design: Design) -> tuple[Floats, float, Floats]:
    if len(design.strata) > 1:
        raise DesignError("JK1 is for designs without strata", "use JKn", "type")
    n = len(design.psu_stratum)
    if n < 2:
        raise DesignError("one PSU cannot be left out", "the design needs two PSUs", "type")
    factors = (1 - np.eye(n)) * (n / (n - 1))
    return factors, (n - 1) / n * float(1 - _sampled_fraction(design)[0]), np.ones(n)


def _delete_one_per_stratum(design: Design) -> tuple[Floats, float, Floats]:
    lonely = design.lonely_strata()
    sizes = design.psus_per_stratum.astype(float)
    fraction = _sampled_fraction(design)
    strata, psus = len(sizes), len(design.psu_stratum)
    columns, rscales = [], []
    for i, stratum in enumerate(design.psu_stratum):
        n = sizes[stratum]
        if stratum in lonely and design.lonely_psu != "adjust":
            continue
        if stratum in lonely:  # as if the strata were the units that are left out
            column = np.full(psus, strata / max(strata - 1, 1))
            rscales.append((strata - 1) / strata)
        else:
            column = np.where(design.psu_stratum == stratum, n / (n - 1), 1.0)
            rscales.append((n - 1) / n * (1 - fraction[i]))
        column[i] = 0.0
        columns.append(column)
    if not columns:
        raise DesignError("every stratum has one PSU", "merge strata", "type")
    scale = psus / (psus - len(lonely)) if design.lonely_psu == "average" else 1.0
    return np.stack(columns, axis=1), scale, np.array(rscales)


def _half_samples(design: Design, rho: float, matrix: Floats | None, *, mse: bool) -> tuple[Floats, float, Floats]:
    if not is_number(rho) or not 0 <= rho < 1:
        raise UsageError(f"a Fay factor of {rho} is not from 0 to below 1", "give for example 0.3", "fay_rho")
    odd = np.flatnonzero(design.psus_per_stratum != 2)
    if len(odd):
        many = counted(int(design.psus_per_stratum[odd[0]]), "PSU")
        raise DesignError(
            f"stratum {design.strata[odd[0]]!r} has {many}: half-samples need two",
            "join or split PSUs into pairs, or use JKn",
            "type",
        )
    strata = len(design.strata)
    signs = _signs(matrix, strata)
    order = signs.shape[0]
    columns = signs[:, :strata] if order == strata else signs[:, 1 : strata + 1]
    if not mse:
        _refuse_unbalanced(columns, order, design.strata)
    first = np.concatenate(([True], np.diff(design.psu_stratum) != 0))
    side = np.where(first[:, None], columns.T[design.psu_stratum], -columns.T[design.psu_stratum])
    return 1 + (1 - rho) * side, 1 / (order * (1 - rho) ** 2), np.ones(order)


def _refuse_unbalanced(columns: Floats, order: int, strata: tuple[str, ...]) -> None:
    """Refuse a column with more of one sign: the mean of the replicates would not be the estimate.

    A column of one sign alone keeps the same PSU of its stratum in every replicate: the stratum would add no variance.
    """
    off = np.flatnonzero(columns.sum(axis=0) != 0)
    if len(off):
        raise UsageError(
            f"in the column of stratum {strata[int(off[0])]!r} the matrix has more of one sign, and the variance about "
            "the mean of the replicates would be too small",
            f"give a matrix of order above {len(strata)} whose first column is all 1 (its order is {order}), leave it "
            "out, or say so (in Python `mse=True`)",
            "hadamard_matrix",
        )


def _signs(matrix: Floats | None, strata: int) -> Floats:
    if matrix is None:
        return hadamard(strata + 1)
    try:
        given = np.asarray(matrix, float)
    except (TypeError, ValueError) as error:
        raise UsageError(
            "the matrix is not of numbers", "give a square matrix of 1 and -1", "hadamard_matrix"
        ) from error
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        shape = " by ".join(map(str, given.shape)) or "a single number"
        raise UsageError(f"the matrix is not square ({shape})", "give a square matrix of 1 and -1", "hadamard_matrix")
    if not np.isin(given, (1.0, -1.0)).all() and not np.isin(given, (1.0, 0.0)).all():
        raise UsageError("the matrix holds other numbers than 1 and -1", "give 1 and -1 alone", "hadamard_matrix")
    if given.shape[0] < strata:
        hint = "give a larger Hadamard matrix, or leave it out"
        raise UsageError(f"a matrix of order {strata} or more is needed", hint, "hadamard_matrix")
    signs = np.where(given > 0, 1.0, -1.0)
    if (signs @ signs.T != len(signs) * np.eye(len(signs))).any():
        raise UsageError("the matrix is not Hadamard: its rows are not orthogonal", "check it", "hadamard_matrix")
    return signs


def _successive_differences(design: Design, matrix: Floats | None) -> tuple[Floats, float, Floats]:
    """Fay and Train: within a stratum PSU i takes rows i and i + 1 of the matrix, in a cycle; 1 + 2^(−3/2)(a − b)."""
    n = len(design.psu_stratum)
    signs = hadamard(n + 1) if matrix is None else _signs(matrix, 2)
    order = signs.shape[0]
    if order < n + 1:
        raise UsageError(f"a matrix of order {n + 1} or more is needed", "one row for each PSU", "hadamard_matrix")
    factors = np.ones((n, order))
    fraction = _sampled_fraction(design)
    for stratum in range(len(design.strata)):
        at = np.flatnonzero(design.psu_stratum == stratum)
        following = np.roll(at, -1)
        factors[at] += 2**-1.5 * np.sqrt(1 - fraction[at])[:, None] * (signs[1 + at] - signs[1 + following])
    return factors, 4 / order, np.ones(order)


def _bootstrap(design: Design, replicates: int, fewer: bool, seed: int) -> tuple[Floats, float, Floats]:
    if replicates < 2:
        raise UsageError(f"{counted(replicates, 'replicate')} would be too few", "give 50 or more", "replicates")
    design.lonely_strata()
    generator = named_generator(seed, "survey", "bootstrap")
    factors = np.ones((len(design.psu_stratum), replicates))
    fraction = _sampled_fraction(design)
    for stratum in range(len(design.strata)):
        at = np.flatnonzero(design.psu_stratum == stratum)
        n = len(at)
        if n < 2:
            continue
        drawn = n - 1 if fewer else n
        counts = generator.multinomial(drawn, np.full(n, 1 / n), size=replicates).T
        # both forms have the variance n/(n − 1) Σ(x − x̄)², times 1 − f
        root = np.sqrt((1 - fraction[at[0]]) * drawn / (n - 1))
        factors[at] = 1 + root * (counts * (n / drawn) - 1)
    return factors, 1 / (replicates - 1), np.ones(replicates)


def hadamard(order: int) -> Floats:
    """Give the smallest matrix of ±1 with orthogonal rows that these constructions reach from `order` on.

    Its first row and column are all 1.

    References
    ----------
    Paley (1933), J. Math. Phys. 12; Sylvester (1867).
    """
    size = max(order, 2)
    while (matrix := _build(size)) is None:
        size += 1
    normal = matrix * matrix[0]
    return np.asarray(normal * normal[:, :1], float)


def _build(size: int) -> Floats | None:
    if size == 1:
        return np.ones((1, 1))
    if size == 2:
        return np.array([[1.0, 1.0], [1.0, -1.0]])
    if size % 4:
        return None
    if _is_prime(size - 1):
        return _paley(size - 1)
    half = _build(size // 2)
    return None if half is None else np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), half)


def _paley(prime: int) -> Floats:
    """Order prime + 1, for prime ≡ 3 (mod 4): I + S with S skew, from the quadratic residues."""
    residues = np.zeros(prime)
    residues[(np.arange(1, prime) ** 2) % prime] = 1
    character = np.where(np.arange(prime) == 0, 0.0, 2 * residues - 1)
    jacobsthal = character[(np.arange(prime)[:, None] - np.arange(prime)[None, :]) % prime]
    skew = np.zeros((prime + 1, prime + 1))
    skew[0, 1:], skew[1:, 0], skew[1:, 1:] = 1, -1, jacobsthal
    return np.asarray(skew + np.eye(prime + 1), float)


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))
