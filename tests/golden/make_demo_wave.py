"""Write the made-up survey wave of cases/demo: `python -m tests.golden.make_demo_wave`.

The truth is known: before the districts differ, `TRUE_SHARES` hold in each community. Four strata (region by
settlement), 10 districts each, 15 persons a district; a district shifts the log odds of every answer (sd 0.4), so that
design effects are visible; the hill community is drawn more often than its share, and weights undo it.
"""

import csv
import math
from pathlib import Path

import numpy as np

from shteg.randomness import named_generator

SEED = 20251027
TARGET = Path(__file__).resolve().parents[2] / "cases" / "demo" / "surveys" / "2025" / "respondents.csv"
POPULATION = {"lake": 442_800, "hill": 97_200}
HILL_SHARE = {"north-town": 0.15, "north-village": 0.45, "south-town": 0.10, "south-village": 0.30}
TRUE_SHARES = {
    "lake": {"joining": 0.90, "trust": 0.72, "patrol": 0.63},
    "hill": {"joining": 0.42, "trust": 0.41, "patrol": 0.55},
}
DISTRICTS, PERSONS, DISTRICT_SD = 10, 15, 0.4
DESIGN_COLUMNS = ("respondent", "stratum", "psu", "weight")
COLUMNS = (*DESIGN_COLUMNS, "community", "sex", "age_group", "joining", "trust_guard", "shared_patrol")


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _answer(rng: np.random.Generator, share: float, shift: float, yes: tuple[str, ...], no: tuple[str, ...]) -> str:
    """Draw an answer: one of `yes` with the shifted probability, else one of `no`; two in a hundred refuse."""
    if rng.random() < 0.02:
        return "refused"
    chance = 1 / (1 + math.exp(-(_logit(share) + shift)))
    options = yes if rng.random() < chance else no
    return options[int(rng.integers(len(options)))]


def make_wave(seed: int = SEED) -> list[dict[str, str]]:
    """Draw the respondents; the same seed gives the same rows."""
    rng = named_generator(seed, "demo", "wave")
    rows = []
    for stratum, hill in HILL_SHARE.items():
        for district in range(DISTRICTS):
            shift = float(rng.normal(0, DISTRICT_SD))
            for _ in range(PERSONS):
                community = "hill" if rng.random() < hill else "lake"
                true = TRUE_SHARES[community]
                rows.append({
                    "stratum": stratum,
                    "psu": f"{stratum}-{district + 1:02d}",
                    "community": community,
                    "sex": "women" if rng.random() < 0.51 else "men",
                    "age_group": ("18-34", "35-54", "55+")[int(rng.integers(3))],
                    "joining": _answer(rng, true["joining"], shift, ("in_favour",), ("against", "undecided")),
                    "trust_guard": _answer(rng, true["trust"], shift, ("fully", "rather"), ("little", "none")),
                    "shared_patrol": _answer(rng, true["patrol"], shift, ("yes",), ("no",)),
                })  # fmt: skip
    for community, persons in POPULATION.items():
        count = sum(row["community"] == community for row in rows)
        for row in rows:
            if row["community"] == community:
                row["weight"] = f"{persons / count:.4f}"
    for number, row in enumerate(rows, 1):
        row["respondent"] = f"{number:04d}"
    return rows


def main() -> None:
    """Write the wave into cases/demo."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(make_wave())


if __name__ == "__main__":
    main()
