"""Waves that share replicates, or primary units of designs with stages and population sizes: equal to R or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, UsageError
from shteg.survey import Design
from shteg.survey.designs.conversion import read_replicates
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.tables import Source, TableItem, Tables, Units, tabulate
from tests.survey.tables.wave import by

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "reference" / "survey_changes_designs.json").read_text(encoding="utf-8")
)
LIKE_R = 1e-10
YES = TableItem(column="q", title={})
SCORE = TableItem(column="score", title={}, form="number")
KINDS = ("JKn", "bootstrap", "BRR")


def replicated(kind: str) -> list[Source]:
    known = REFERENCE["replicates"][kind]
    data = pl.DataFrame(known["data"])
    weights = np.array(known["weights"]).T if len(known["weights"]) != data.height else np.array(known["weights"])
    columns = [f"r{number}" for number in range(weights.shape[1])]
    whole = data.hstack(pl.DataFrame(weights, columns))
    scales: dict[str, Any] = {"scale": known["scale"], "rscales": known["rscales"], "mse": known["mse"]}
    found = []
    for year in (2023, 2025):
        part = whole.filter(pl.col("wave") == year)
        design = read_replicates(part, weight="weight", rep_weights=columns, type="other", **scales)
        found.append(Source(id=str(year), title={}, design=design, same_psus=("2023", "2025")))
    return found


def staged(stages: int, **changed: pl.Expr) -> list[Source]:
    data = pl.DataFrame(REFERENCE["stages"]["data"]).with_columns(**changed)
    names = {"psu": ["psu", "ssu"][:stages], "fpc": ["n1", "n2"][:stages]}
    found = []
    for year in (2023, 2025):
        part = data.filter(pl.col("wave") == year)
        design = Design.from_frame(part, stratum="stratum", weight="weight", **names)
        units = Units(stratum="stratum", psu="psu")
        found.append(Source(id=str(year), title={}, design=design, units=units, same_psus=("2023", "2025")))
    return found


def check(sources: list[Source], known: dict[str, Any]) -> None:
    for item, what, keys in ((YES, "yes", {"option": "yes"}), (SCORE, "score", {"row_kind": "mean"})):
        made = tabulate(sources, [item], [by("region")], changes="previous")
        for domain, expected in known[what].items():
            cell = one(made, source="2025", domain=domain, **keys)
            for name, number in expected.items():
                assert cell[f"previous_{name}"] == pytest.approx(number, rel=LIKE_R), (what, domain, name)


def one(found: Tables, **keys: str) -> dict[str, Any]:
    return found.frame.filter(pl.all_horizontal(pl.col(name) == key for name, key in keys.items())).row(0, named=True)


@pytest.mark.parametrize("kind", KINDS)
def test_waves_that_share_replicates_equal_r(kind: str) -> None:
    check(replicated(kind), REFERENCE["replicates"][kind]["changes"])


@pytest.mark.parametrize(("stages", "name"), [(1, "one"), (2, "two")])
def test_waves_of_stages_with_population_sizes_equal_r(stages: int, name: str) -> None:
    check(staged(stages), REFERENCE["stages"][name])


@pytest.mark.parametrize("kind", KINDS)
def test_shared_replicates_make_the_interval_narrower(kind: str) -> None:
    shared = replicated(kind)
    alone = [replace(source, same_psus=()) for source in shared]
    errors = [
        one(tabulate(each, [YES], changes="previous"), source="2025", option="yes")["previous_std_error"]
        for each in (shared, alone)
    ]
    assert errors[0] < 0.97 * errors[1]


def _other(source: Source, **changed: Any) -> Source:
    assert isinstance(source.design, ReplicateDesign)
    return replace(source, design=replace(source.design, **changed))


def test_replicates_that_cannot_be_the_same_are_refused() -> None:
    first, second = replicated("JKn")
    assert isinstance(second.design, ReplicateDesign)
    fewer = _other(second, rep_weights=second.design.rep_weights[:, 1:], rscales=second.design.rscales[1:])
    for other, words in (
        (fewer, r"39 in the other|40 in one wave"),
        (_other(second, scale=second.design.scale * 1.01), "another type or scale"),
        (_other(second, mse=True), "another type or scale"),
        (staged(1)[1], "the other has not"),
    ):
        with pytest.raises(UsageError, match=rf"(?s)({words}).*leave out --same-psus"):
            tabulate([first, other], [YES], changes="previous")


def test_with_population_sizes_all_units_must_be_shared() -> None:
    with pytest.raises(UsageError, match="visited all the same primary units"):
        tabulate(
            staged(2, psu=pl.col("psu") + pl.when(pl.col("wave") == 2025).then(1).otherwise(0)),
            [YES],
            changes="previous",
        )
    first, second = staged(2)
    with pytest.raises(UsageError, match="not those of all stages"):
        tabulate([first, staged(1)[1]], [YES], changes="previous")
    other = staged(2, n1=pl.when(pl.col("wave") == 2025).then(50).otherwise("n1"))[1]
    with pytest.raises(DesignError, match="leave out --same-psus"):
        tabulate([first, other], [YES], changes="previous")
    assert second.design.data.height
