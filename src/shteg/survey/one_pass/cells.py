"""What one item gives in each domain and option, before intervals: estimate, standard error, n, design effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, Protocol

import numpy as np

from shteg.arrays import Bools, Codes, Floats, Ints
from shteg.chunks import Executor, ThreadExecutor
from shteg.survey.designs.design import Design, LonelyPsu
from shteg.survey.one_pass.domains import Domains
from shteg.survey.one_pass.kernel import (
    add_shares,
    count_answered,
    guess_shares,
    score_codes,
    score_numbers,
    sum_numbers,
)
from shteg.survey.one_pass.sufficient import ScoreMoments, ShareSums, smallest_codes
from shteg.survey.rounding import ROUNDING, is_nothing, settle_shares

Kind = Literal["mean", "share", "total"]
Deff = Literal["replace", "without_replacement"]

CHUNK_ROWS = 1 << 17
"""Rows of a chunk, at least; sums over chunks are added in order, so that threads change no digit."""

GUESS_ROWS = 1 << 16
"""Rows from which the first guess at the shares is made."""

NEAR_ONE = 1e-3
"""A share nearer to 1 is computed in two passes, from its complement."""

MOSTLY_BLANK = 1e-3
"""Where fewer answered than this part, their Σw² is not had by subtraction."""

CANCELLED = 1e-3
"""A variance below this part of the terms it is the difference of is computed in two passes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Arrays (domain, option); `n`, `n_effective` and `tells` (PSUs that tell about the variance) are (domain,).

    `size` is the size of what an estimate is made of, by which rounding is judged; `flat` is true where every row says
    the same.
    """

    estimate: Floats
    std_error: Floats
    n: Floats
    n_effective: Floats
    deff: Floats
    tells: Floats
    size: Floats
    flat: Bools


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """Answers to one item: `codes` (rows,) are options from 0 on, of which there are `categories`, blank above.

    `kind` is "share" or "total".
    """

    design: Design
    codes: Codes
    categories: int
    domains: Domains
    kind: Kind


def cells_of_codes(answers: Answers, deff: Deff, executor: Executor | None = None) -> Cells:
    """Estimate shares or totals of the options of an item.

    Parameters
    ----------
    answers : Answers
    deff : "replace" | "without_replacement"
    executor : Executor, optional
        Where the chunks are worked on.

    Returns
    -------
    Cells
        Arrays (domain, option).
    """
    sums = sum_shares(answers, executor)
    cells, again = cells_of_sums(answers.design, sums, deff, answers.kind)
    if not again:
        return cells
    moments = second_pass(answers, sums.weight.sum(axis=0))
    return cells_of_sums(answers.design, sums, deff, answers.kind, moments)[0]


def sum_shares(answers: Answers, executor: Executor | None = None) -> ShareSums:
    """Make the one pass over the rows, chunk by chunk, the executor sharing out the chunks."""
    design, codes, categories = answers.design, answers.codes, answers.categories
    centre = np.zeros((len(answers.domains), categories))
    if answers.kind == "share":
        centre = _guess(answers, centre)
    whole = ShareSums.empty(len(design.strata), centre)
    width = _width(categories)  # the kernel wants blank there
    spread = answers
    if width > categories and codes.max() == categories:
        spread = replace(answers, codes=np.where(codes == categories, smallest_codes(width)(width), codes))

    def work(chunk: tuple[int, int]) -> ShareSums:
        return _sum_chunk(spread, centre, *chunk)

    chunks = psu_chunks(design)
    for (first, _), part in zip(chunks, (executor or ThreadExecutor(1)).map(work, chunks), strict=True):
        whole.add(part, int(design.psu_stratum[first]))
    _add_counts(answers, whole)
    return whole


def _width(categories: int) -> int:
    return -(-categories // 4) * 4


def psu_chunks(design: Design, rows: int = CHUNK_ROWS) -> list[tuple[int, int]]:
    """Cut the PSUs into runs of at least `rows` rows, whatever the number of threads."""
    ends = np.unique(np.searchsorted(design.psu_start, np.arange(rows, len(design.weight), rows)))
    bounds = np.unique([0, *ends.tolist(), len(design.psu_stratum)])
    return [(int(a), int(b)) for a, b in pairwise(bounds)]


def _guess(answers: Answers, centre: Floats) -> Floats:
    design = answers.design
    sums = np.zeros((centre.shape[0] + 1, centre.shape[1] + 1))
    rows = len(design.weight)
    guess_shares(0, rows, max(1, rows // GUESS_ROWS), design.weight, answers.codes, answers.domains.codes, sums)
    base = sums[:-1, :-1].sum(axis=1, keepdims=True)
    return np.asarray(sums[:-1, :-1] / np.where(base > 0, base, 1.0), dtype=np.float64)


def _sum_chunk(answers: Answers, centre: Floats, first: int, last: int) -> ShareSums:
    design, domains = answers.design, answers.domains
    n_domains, categories = centre.shape
    width = _width(categories)
    strata = design.psu_stratum[first:last] - design.psu_stratum[first]
    shape = (int(strata[-1]) + 1, n_domains, width)
    wide = np.zeros(shape[1:])
    wide[:, :categories] = centre
    total, square, product = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    base_square, psus = np.zeros(shape[:2]), np.zeros(shape[:2], np.int64)
    add_shares(
        design.psu_start[first : last + 1],
        strata,
        domains.touched_start[first : last + 1],
        domains.touched,
        design.weight,
        answers.codes,
        domains.codes,
        wide,
        np.zeros((n_domains + 1, width + 4)),
        total,
        square,
        product,
        base_square,
        psus,
    )
    return ShareSums(
        centre=centre,
        weight=total[:, :, :categories],
        square=square[:, :, :categories],
        product=product[:, :, :categories],
        base_square=base_square,
        psus=psus,
        count=np.zeros(n_domains, np.int64),
        weight_squared=np.zeros(n_domains),
    )


def _add_counts(answers: Answers, sums: ShareSums) -> None:
    """Add the rows that answered: the members less the blank ones, or, where most are blank, counted themselves."""
    weight, codes, domains, blank = answers.design.weight, answers.codes, answers.domains, answers.categories
    if codes.max() < blank:
        sums.count += domains.count
        sums.weight_squared += domains.weight_squared
        return
    for blanks in (True, False):
        count, squares = np.zeros(len(domains) + 1, np.int64), np.zeros(len(domains) + 1)
        count_answered(0, len(weight), weight, codes, domains.codes, blank, blanks, count, squares)
        answered, rest = count[:-1], squares[:-1]
        if blanks:
            rest = np.where(domains.count > answered, domains.weight_squared - rest, 0)
            answered = domains.count - answered
        if not blanks or not ((answered > 0) & (rest < MOSTLY_BLANK * domains.weight_squared)).any():
            break
    sums.count += answered
    sums.weight_squared += rest


def cells_of_sums(
    design: Strata, sums: ShareSums, deff: Deff, kind: Kind, moments: ScoreMoments | None = None
) -> tuple[Cells, bool]:
    """Finish the sums of one pass; the second value says that a second pass is needed for full precision.

    Parameters
    ----------
    design : Strata
    sums : ShareSums
    deff : "replace" | "without_replacement"
    kind : "share" | "total"
    moments : ScoreMoments, optional
        Of a second pass; default: those of the sums.

    Returns
    -------
    cells, again : Cells, bool
    """
    weight = sums.weight.sum(axis=0)
    base, n = weight.sum(axis=1), sums.count.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = settle_shares(weight / base[:, None])
        centre, scale = _centre_and_scale(share, base, kind)
        made = moments or sums.moments(centre, scale)
        variance = _combine_strata(design, made)
        tells = _psus_that_tell(design, made)
        unit = share * (1 - share) * (n / (n - 1))[:, None]
        cells = Cells(
            estimate=share if kind == "share" else np.where(base[:, None] > 0, weight, np.nan),
            std_error=np.sqrt(variance),
            n=n,
            n_effective=base**2 / sums.weight_squared,
            deff=_design_effect(variance, unit, base, n, deff, kind),
            tells=tells,
            size=np.sqrt(share) * (base[:, None] if kind == "total" else 1.0),
            flat=(share == 0) | ((share == 1) & (kind == "share")),
        )
        inside = (share > 0) & ((share < 1) | (kind == "total")) & (tells >= fewest_psus(kind))[:, None]
        lost = variance < CANCELLED * sums.magnitude(centre, scale).sum(axis=0)
        near = (share > 1 - NEAR_ONE) & (kind == "share")
    return cells, bool((inside & (lost | near)).any())


def _centre_and_scale(share: Floats, base: Floats, kind: Kind) -> tuple[Floats, Floats]:
    if kind == "total":
        return np.zeros_like(share), np.ones_like(base)
    return np.nan_to_num(share), np.where(base > 0, 1 / base, 0.0)


def second_pass(answers: Answers, weight: Floats) -> ScoreMoments:
    """Read the rows again, centred at the estimates themselves; `weight` (domain, option) is the first pass's."""
    design, kind, base = answers.design, answers.kind, weight.sum(axis=1)
    moments = ScoreMoments.empty(len(design.strata), *weight.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weight / base[:, None]
        centre, scale = _centre_and_scale(share, base, kind)
        others = np.stack([np.delete(weight, k, axis=1).sum(axis=1) for k in range(weight.shape[1])], axis=1)
        rest = np.where((share > 0.5) & (kind == "share"), others / base[:, None], 2.0)
    score_codes(
        design.psu_start,
        design.psu_stratum,
        design.weight,
        answers.codes,
        answers.domains.codes,
        centre,
        rest,
        scale,
        moments.psus,
        moments.mean,
        moments.spread,
    )
    return moments


def cells_of_numbers(design: Design, values: Floats, domains: Domains, deff: Deff, kind: Kind) -> Cells:
    """Estimate the mean or total of a number, NaN where not answered, in two passes.

    Parameters
    ----------
    design : Design
    values : (rows,) float
    domains : Domains
    deff : "replace" | "without_replacement"
    kind : "mean" | "total"

    Returns
    -------
    Cells
        Arrays (domain, 1).
    """
    count = len(domains)
    sums, counts = np.zeros((count, 1)), np.zeros((count, 1), np.int64)
    squares, products = np.zeros(count), np.zeros(count)
    sum_numbers(design.weight, values, domains.codes, sums, counts, squares, products)
    base, n = sums[:, 0], counts[:, 0].astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = products / base
        moments = ScoreMoments.empty(len(design.strata), count, 1)
        score_numbers(
            design.psu_start,
            design.psu_stratum,
            design.weight,
            values,
            domains.codes,
            np.nan_to_num(mean) if kind == "mean" else np.zeros(count),
            np.nan_to_num(mean),
            np.where(base > 0, 1 / base, 0.0) if kind == "mean" else np.ones(count),
            moments.psus,
            moments.mean,
            moments.spread,
            moments.deviation,
        )
        variance = _combine_strata(design, moments)
        unit = moments.deviation / base[:, None] * (n / (n - 1))[:, None]
        size = np.sqrt(mean[:, None] ** 2 + moments.deviation / base[:, None])
        flat = size == 0 if kind == "total" else is_nothing(np.sqrt(moments.deviation / base[:, None]), size)
        return Cells(
            estimate=mean[:, None] if kind == "mean" else np.where(base > 0, products, np.nan)[:, None],
            std_error=np.sqrt(variance),
            n=n,
            n_effective=base**2 / squares,
            deff=_design_effect(variance, unit, base, n, deff, kind),
            tells=_psus_that_tell(design, moments),
            size=size * (base[:, None] if kind == "total" else 1.0),
            flat=flat,
        )


def fewest_psus(kind: Kind) -> int:
    """PSUs with an answer that a variance needs: one tells about a total, as the others have 0, but not of a mean."""
    return 1 if kind == "total" else 2


def _design_effect(variance: Floats, unit: Floats, base: Floats, n: Floats, deff: Deff, kind: Kind) -> Floats:
    """Variance over that of a simple random sample of n, NaN where that is 0; `unit` is R's `svyvar`."""
    simple = unit / n[:, None]
    if deff == "without_replacement":
        fraction = (base - n) / base
        simple = simple * np.where(fraction > ROUNDING, fraction, np.nan)[:, None]
    if kind == "total":
        simple = simple * (base**2)[:, None]
    return np.where(simple > 0, variance / np.where(simple > 0, simple, 1.0), np.nan)


class Strata(Protocol):
    """What the algebra between PSUs asks of a design, in memory or read chunk by chunk."""

    @property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata."""
        ...

    @property
    def lonely_psu(self) -> LonelyPsu:
        """What to do about a stratum with one PSU."""
        ...

    @property
    def psus_per_stratum(self) -> Ints:
        """Number of PSUs of each stratum."""
        ...

    def lonely_strata(self) -> tuple[int, ...]:
        """Give the strata with one PSU; under "fail" they are an error."""
        ...


def _combine_strata(design: Strata, moments: ScoreMoments) -> Floats:
    """Variance V = Σ_h n_h/(n_h − 1) Σ_i (u_hi − ū_h)², (domain, category); NaN where no stratum can tell.

    PSUs with no member of the domain count in n_h with u = 0: joining them to the moments of the others is exact. See
    Woodruff (1971), JASA 66(334); Binder (1983), Int. Stat. Rev. 51(3); R `survey::svyrecvar`.
    """
    lonely = list(design.lonely_strata())
    size = design.psus_per_stratum[:, None, None].astype(float)
    present = moments.psus[:, :, None].astype(float)
    spread = moments.spread + moments.mean**2 * present * (size - present) / size
    factor = np.where(size > 1, size / np.maximum(size - 1, 1), 0.0)
    variance: Floats = (factor * spread).sum(axis=0)
    if lonely and design.lonely_psu == "adjust":
        variance = variance + ((moments.mean * present) ** 2)[lonely].sum(axis=0)  # scores of a ratio sum to 0
    if lonely and design.lonely_psu == "average":
        variance = variance * _average_factor(moments, lonely)[:, None]
    return variance


def _average_factor(moments: ScoreMoments, lonely: list[int]) -> Floats:
    """H/(H − lonely) over the strata with an answering member of the domain, as in R; NaN where all are lonely."""
    here = moments.psus > 0
    strata, alone = here.sum(axis=0).astype(float), here[lonely].sum(axis=0)
    told = strata - alone
    return np.asarray(np.where(told > 0, strata / np.maximum(told, 1.0), np.nan), dtype=np.float64)


def _psus_that_tell(design: Strata, moments: ScoreMoments) -> Floats:
    """PSUs with an answering member of the domain in strata whose variance is estimated, (domain,)."""
    tells = np.ones(len(design.strata), bool)
    if design.lonely_psu not in ("adjust",):
        tells[list(design.lonely_strata())] = False
    return np.asarray(moments.psus[tells].sum(axis=0), dtype=np.float64)
