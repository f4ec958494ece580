"""Ladders drawn from the prior of the hazard model, month by month: for recovery and calibration."""

import numpy as np

from shteg.accession.ladder.hazard_design import SCALES, HazardDesign, HazardPrior, build_design
from shteg.accession.ladder.person_period import PIECES
from shteg.accession.ladder.risk_rows import MONTH, RiskRows, aggregate


def simulate_ladders(
    rng: np.random.Generator, *, countries: int = 40, years: int = 30, organisations: int = 1, steps: int = 3,
    prior: HazardPrior | None = None,
) -> tuple[RiskRows, HazardDesign, np.ndarray, np.ndarray]:  # fmt: skip
    """Draw scales, effects and monthly histories: rows, design, effects in its order, scales in its order."""
    prior = prior or HazardPrior()
    names = tuple(f"s{k}" for k in range(steps))
    bodies = tuple(f"o{o}" for o in range(organisations))
    people = tuple(f"c{i:02d}" for i in range(countries))
    covariate = rng.standard_normal((countries, years)).cumsum(axis=1) / np.sqrt(np.arange(1, years + 1))
    blocked = rng.random((countries, years)) < 0.15
    blocked[0, 0] = True

    def rows_of(keys, quiet, events):
        table, exposure, counts = aggregate(
            np.array(keys, dtype=np.int64).reshape(-1, 6), np.array(quiet), np.array(events)
        )
        return RiskRows(
            steps=names, organisations=bodies, countries=people, years=tuple(range(2000, 2000 + years)),
            variables=("x",), step=table[:, 0], organisation=table[:, 1], country=table[:, 2], year=table[:, 3],
            piece=table[:, 4], blocked=table[:, 5] == 1, skipped=np.zeros(len(table), dtype=bool),
            covariates=covariate[table[:, 2], table[:, 3]][:, None], applies=np.ones((len(table), 1), dtype=bool),
            quiet_years=exposure, events=counts,
        )  # fmt: skip

    every = [(k, o, 0, 0, 0, 1) for k in range(steps) for o in range(organisations)]
    layout = build_design(rows_of(every, [1.0] * len(every), [0] * len(every)), prior)
    drawn = {name: max(prior.scale_of(name) * abs(rng.standard_normal()), 1e-3) for name in SCALES}
    effects = layout.draw_prior(drawn, rng)
    part = {one.kind: effects[one.places] for one in layout.columns}
    body = part.get("organisation", np.zeros(organisations * steps)).reshape(organisations, steps)
    walk = np.concatenate([[0.0], part["year"]])
    waited = np.concatenate([np.zeros((steps, 1)), np.cumsum(
        part["duration"] + part["step-duration"].reshape(steps, len(PIECES)), axis=1)], axis=1)  # fmt: skip
    keys, quiet, events = [], [], []
    for o in range(organisations):
        for i in range(countries):
            k, since = 0, 0
            for month in range(12 * years):
                year, piece = month // 12, sum(since * MONTH >= cut for cut in PIECES)
                eta = (part["level"][k] + body[o, k] + (part["slope"][0] + part["step-slope"][k]) * covariate[i, year]
                       + waited[k, piece] + part["block"][0] * blocked[i, year] + walk[year]
                       + part["country"][i])  # fmt: skip
                taken = rng.random() < -np.expm1(-MONTH * np.exp(min(eta, 15.0)))
                keys.append((k, o, i, year, piece, int(blocked[i, year])))
                quiet.append(0.0 if taken else MONTH)
                events.append(int(taken))
                since += 1
                if taken:
                    k, since = k + 1, 0
                    if k == steps:
                        break
    rows = rows_of(keys, quiet, events)
    design = build_design(rows, prior)
    if design.size != layout.size:
        raise AssertionError("the layout of the simulated rows is another")
    return rows, design, effects, np.array([drawn[name] for name in design.scales])
