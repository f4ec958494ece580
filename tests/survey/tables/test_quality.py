"""What is hidden stays hidden: no shown figures add up to a hidden one."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from shteg.evidence.records.surveys import QualityRules
from shteg.survey.one_pass.domains import JOINT
from shteg.survey.tables import Grouping, TableItem, tabulate
from tests.survey.tables.wave import TRUST, by, frame, media, source, trust

MINIMUM = 40
RECOVERED = 1e-7


def counts(
    data: pl.DataFrame, answered: pl.Expr, choices: dict[str, pl.Expr], groupings: list[Grouping]
) -> dict[tuple[str, str, str], np.ndarray]:
    """Every figure as the respondents it counts, (n,), straight from the data: an attacker's unknowns."""
    base = data.select(answered.alias("a"))["a"].to_numpy()
    domains = {("all", "all"): np.ones(data.height, bool)}
    for grouping in groupings:
        names = data.select(pl.concat_str(grouping.variables, separator=JOINT)).to_series()
        for name in names.drop_nulls().unique():
            domains[(grouping.name, name)] = (names == name).fill_null(value=False).to_numpy()
    rows = {option: data.select(chosen.alias("c"))["c"].to_numpy() & base for option, chosen in choices.items()}
    rows[""] = base
    return {
        (option, *key): (chosen & inside).astype(float)
        for (option, chosen), (key, inside) in product(rows.items(), domains.items())
    }


def recoverable(
    found: pl.DataFrame, unknown: dict[tuple[str, str, str], np.ndarray], percent: str
) -> list[tuple[str, str, str]]:
    shown, hidden = [], []
    for cell in found.filter(pl.col("row_kind").is_in(["option", "all"])).iter_rows(named=True):
        key = (cell["option"], cell["domain_variable"], cell["domain"])
        if cell["suppressed"] in ("n", "df", "relative_error") and unknown[key].any():
            hidden.append(key)
        elif not cell["suppressed"]:
            shown.append(unknown[key])
            if percent == "column":
                shown.append(unknown[("", *key[1:])])
    if not hidden or not shown:
        return []
    known = np.stack(shown)
    missed = []
    for key in hidden:
        answer = np.linalg.lstsq(known.T, unknown[key], rcond=None)[0]
        if np.linalg.norm(known.T @ answer - unknown[key]) < RECOVERED * np.linalg.norm(unknown[key]):
            missed.append(key)
    return missed


@pytest.mark.parametrize("percent", ["column", "row", "total"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "rules",
    [
        QualityRules(),
        QualityRules(suppress_above_relative_error=0.25),
        QualityRules(suppress_below_df=15),
    ],
    ids=["n", "relative_error", "df"],
)
def test_nothing_hidden_can_be_recovered(percent: str, seed: int, rules: QualityRules) -> None:
    data = frame(300, seed)
    groupings = [by("region"), by("sex"), by("region", "sex")]
    item = trust(ordered=False, scores={})
    found = tabulate([source(data)], [item], groupings, percent=percent, rules=rules, minimum_base=MINIMUM).frame  # type: ignore[arg-type]
    choices = {option: pl.col("trust") == option for option in TRUST}
    unknown = counts(data, pl.col("trust") != "dk", choices, groupings)
    assert found.filter(pl.col("suppressed") != "").height > 0
    assert recoverable(found, unknown, percent) == []


def test_respondents_without_a_group_are_protected_too() -> None:
    data = frame(300).with_columns(pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise("sex").alias("sex"))
    found = tabulate([source(data)], [trust()], [by("sex")], minimum_base=MINIMUM).frame
    assert found.filter((pl.col("domain") != "all") & (pl.col("suppressed") != "")).height > 0


def test_a_set_is_protected() -> None:
    data = frame(300)
    groupings = [by("region")]
    found = tabulate([source(data)], [media()], groupings, minimum_base=MINIMUM).frame
    choices = {code: pl.col("media").str.contains(code) for code in ("tv", "web", "radio")}
    assert recoverable(found, counts(data, pl.col("media") != "", choices, groupings), "column") == []


def test_hidden_cells_hold_nothing_and_get_no_letter() -> None:
    found = tabulate([source()], [trust()], [by("region")], minimum_base=MINIMUM, letters="none").frame
    hidden = found.filter(pl.col("suppressed") != "")
    assert set(hidden["domain"]) >= {"w"}
    numbers = ["estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_weighted", "n_effective", "deff"]
    assert hidden.select(numbers).null_count().sum_horizontal().item() == hidden.height * len(numbers)
    letters = set(hidden["column_letter"])
    assert not any(letters & set(text.split()) for text in found["letters"])
    assert set(hidden["letters"]) == {""}


def test_weight_schemes_of_one_sample_hide_the_same_cells() -> None:
    data = frame(300)
    rules = QualityRules(suppress_above_relative_error=0.2)
    sources = [source(data, name="a", sample="s"), source(data, "other", "b", "s")]
    found = tabulate(sources, [trust()], [by("region")], rules=rules, minimum_base=MINIMUM).frame
    keys = ("row_kind", "option", "domain_variable", "domain")
    first, second = (
        set(found.filter((pl.col("source") == name) & (pl.col("suppressed") != "")).select(keys).rows())
        for name in "ab"
    )
    assert first == second


def test_flags_mark_and_do_not_hide() -> None:
    rules = QualityRules(flag_below_n=100, flag_below_df=17, flag_above_relative_error=0.1)
    found = tabulate([source()], [trust()], [by("region")], rules=rules).frame
    assert set(found["suppressed"]) == {""}
    for cell in found.iter_rows(named=True):
        flags = cell["quality"].split()
        assert ("low_n" in flags) == (cell["n"] < 100)
        assert ("low_df" in flags) == (cell["df"] < 17)


def test_a_sample_below_the_minimum_shows_nothing() -> None:
    found = tabulate(
        [source(frame(60))], [TableItem(column="age", title={}, form="number")], [by("sex")], minimum_base=100
    ).frame
    assert found["estimate"].null_count() == found.height
