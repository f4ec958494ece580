"""One pass gives what exact arithmetic gives; the sums of chunks that share no PSU add up to those of the whole."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from shteg.arrays import Codes
from shteg.chunks import ThreadExecutor
from shteg.survey import Design, estimate_proportions
from shteg.survey.one_pass import cells as cells_module
from shteg.survey.one_pass.answers import read_codes
from shteg.survey.one_pass.cells import Answers, cells_of_codes, cells_of_sums, psu_chunks, sum_shares
from shteg.survey.one_pass.domains import Domains, read_domains

ROUNDING = 1e-12  # the same sums in another order
EXACT = 5e-13  # against exact arithmetic, on the standard error: some rounding of thousands of additions


def _wave(rows: int = 900, seed: int = 5, rare: float = 0.002, blank: float = 0.05) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    psu = np.sort(random.integers(0, max(6, rows // 12), rows))
    answers = random.choice([1, 2, 3], rows, p=[1 - 0.3 - rare, 0.3, rare])
    return pl.DataFrame(
        {
            "h": psu % 5,
            "i": psu,
            "w": random.gamma(4, 250, rows).round(6) * (random.random(rows) > 0.02),
            "g": random.integers(1, 4, rows),
            "q": [None if random.random() < blank else int(one) for one in answers],
            "nearly": np.where(np.arange(rows) % 331 == 7, 2, 1),
            "same": np.tile([1, 1, 2], rows)[:rows],
        }
    )


def _design(wave: pl.DataFrame) -> Design:
    return Design.from_frame(wave, stratum="h", psu="i", weight="w", lonely_psu="adjust")


def _answers(design: Design, codes: Codes, categories: int, domains: Domains) -> Answers:
    return Answers(design=design, codes=codes, categories=categories, domains=domains, kind="share")


def _exact(wave: pl.DataFrame, item: str, code: int, group: int | None) -> tuple[Fraction, Fraction]:
    """Share and variance in rational arithmetic, straight from the formula."""
    rows = [
        (r["h"], r["i"], Fraction(r["w"]), r[item] == code)
        for r in wave.iter_rows(named=True)
        if r[item] is not None and (group is None or r["g"] == group)
    ]
    base = sum((w for _, _, w, _ in rows), Fraction(0))
    share = sum((w for _, _, w, y in rows if y), Fraction(0)) / base
    scores: dict[tuple[int, int], Fraction] = {(r["h"], r["i"]): Fraction(0) for r in wave.iter_rows(named=True)}
    for h, i, w, y in rows:
        scores[h, i] += w * (y - share) / base
    variance = Fraction(0)
    for stratum in {h for h, _ in scores}:
        of = [u for (h, _), u in scores.items() if h == stratum]
        mean = sum(of, Fraction(0)) / len(of)
        variance += Fraction(len(of), max(len(of) - 1, 1)) * sum(((u - mean) ** 2 for u in of), Fraction(0))
    return share, variance


@pytest.mark.parametrize("item", ["q", "nearly", "same"])
@pytest.mark.parametrize("group", [None, 2])
def test_shares_and_errors_are_those_of_exact_arithmetic(item: str, group: int | None) -> None:
    wave = _wave()
    frame = estimate_proportions(_design(wave), item, by=["g"]).to_frame()
    domain = "all" if group is None else str(group)
    for code in wave[item].drop_nulls().unique().sort():
        row = frame.row(by_predicate=(pl.col("domain") == domain) & (pl.col("option") == str(code)), named=True)
        share, variance = _exact(wave, item, code, group)
        assert row["estimate"] == pytest.approx(float(share), rel=EXACT)
        assert row["std_error"] == pytest.approx(float(variance) ** 0.5, rel=EXACT)


@pytest.mark.parametrize("others", [1, 2, 5])
def test_no_digit_is_lost_next_to_one_and_zero(others: int) -> None:
    rows = 30_000
    wave = _wave(rows).with_columns(q=np.where(np.arange(rows) % (rows // others) == 11, 2, 1))
    frame = estimate_proportions(_design(wave), "q").to_frame()
    for code in (1, 2):
        share, variance = _exact(wave, "q", code, None)
        row = frame.row(code - 1, named=True)
        assert min(share, 1 - share) < 1e-3
        assert row["std_error"] == pytest.approx(float(variance) ** 0.5, rel=EXACT)


def test_a_second_pass_is_made_only_where_one_would_cancel() -> None:
    wave = _wave(3_000)
    design = _design(wave)
    domains = read_domains(design, ["g"])
    codes, labels = read_codes(design, "q", None, ())
    sums = sum_shares(_answers(design, codes, len(labels), domains))
    assert not cells_of_sums(design, sums, "replace", "share")[1]
    wave = wave.with_columns(nearly=np.where(np.arange(3_000) == 7, 2, 1))
    design = _design(wave)
    codes, labels = read_codes(design, "nearly", None, ())
    assert cells_of_sums(design, sum_shares(_answers(design, codes, 2, domains)), "replace", "share")[1]


@pytest.mark.parametrize("rows", [40, 150, 1_000])
def test_chunks_add_up_to_the_whole(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    design = _design(_wave())
    domains = read_domains(design, ["g"])
    codes, labels = read_codes(design, "q", None, ())
    whole = sum_shares(_answers(design, codes, len(labels), domains))
    monkeypatch.setattr(cells_module, "psu_chunks", lambda design: psu_chunks(design, rows))
    parts = sum_shares(_answers(design, codes, len(labels), domains))
    assert np.array_equal(parts.count, whole.count)
    assert np.array_equal(parts.psus, whole.psus)
    for name in ("weight", "square", "product", "base_square", "weight_squared"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("rows", [1, 7, 100, 899, 2_000])
def test_chunks_hold_whole_psus(rows: int) -> None:
    design = _design(_wave())
    chunks = psu_chunks(design, rows)
    assert chunks[0][0] == 0
    assert chunks[-1][1] == len(design.psu_stratum)
    assert [first for first, _ in chunks[1:]] == [last for _, last in chunks[:-1]]
    assert all(design.psu_start[b] - design.psu_start[a] >= min(rows, 1) for a, b in chunks)


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    design = _design(_wave())
    domains = read_domains(design, ["g"])
    codes, labels = read_codes(design, "q", None, ())
    monkeypatch.setattr(cells_module, "psu_chunks", lambda design: psu_chunks(design, 60))
    one, many = (
        cells_of_codes(_answers(design, codes, len(labels), domains), "replace", ThreadExecutor(n)) for n in (1, 4)
    )
    assert one.estimate.tobytes() == many.estimate.tobytes()
    assert one.std_error.tobytes() == many.std_error.tobytes()
    assert np.array_equal(one.n, many.n)


def test_counts_are_exact_where_nearly_all_are_blank() -> None:
    wave = _wave(6_000, blank=0.9995)
    design = _design(wave)
    answered = wave.filter(pl.col("q").is_not_null() & (pl.col("w") > 0))
    row = estimate_proportions(design, "q").to_frame().row(0, named=True)
    weights = [Fraction(one) for one in answered["w"]]
    assert row["n"] == answered.height
    kish = sum(weights) ** 2 / sum((one**2 for one in weights), Fraction(0))
    assert row["n_effective"] == pytest.approx(float(kish), rel=ROUNDING)


def test_the_centre_of_the_sums_can_be_moved() -> None:
    design = _design(_wave())
    domains = read_domains(design, ["g"])
    codes, labels = read_codes(design, "q", None, ())
    sums = sum_shares(_answers(design, codes, len(labels), domains))
    there = sums.recentred(np.full_like(sums.centre, 0.4))
    back = there.recentred(sums.centre)
    assert back.square == pytest.approx(sums.square, rel=1e-9, abs=1e-9 * sums.square.max())  # the guess was better
    assert there.product == pytest.approx(sums.product - (0.4 - sums.centre) * sums.base_square[:, :, None])
