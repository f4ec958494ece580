"""Made-up samples with known group effects for the tests of small domains."""

import numpy as np
import polars as pl

from shteg.survey.small_area.posterior import Binomials
from shteg.survey.small_area.sample import effect_matrix


def binomials(successes: list[float], trials: list[float], *places: list[int]) -> Binomials:
    """Cells with an intercept and group effects of one or two variables."""
    place = np.array(places).T
    sizes = [max(one) + 1 for one in places]
    return Binomials(
        successes=np.array(successes, float),
        trials=np.array(trials, float),
        matrix=effect_matrix(place, np.zeros((len(place), 0), np.int64), sizes),
        block=np.repeat(np.arange(2 + len(sizes)), [1, 0, *sizes]),
        variables=len(sizes),
    )


def sample_of(seed: int, sizes: list[int], sd: float = 0.7, intercept: float = -0.2) -> tuple[pl.DataFrame, np.ndarray]:
    """Respondents of len(sizes) towns and the true shares of the towns."""
    rng = np.random.default_rng(seed)
    town = np.repeat(np.arange(len(sizes)), sizes)
    share = 1 / (1 + np.exp(-intercept - sd * rng.normal(size=len(sizes))))
    answer = np.where(rng.random(len(town)) < share[town], "yes", "no")
    frame = pl.DataFrame(
        {
            "town": [f"t{one:02d}" for one in town],
            "sex": np.where(rng.random(len(town)) < 0.5, "m", "f").tolist(),
            "answer": answer.tolist(),
        }
    )
    return frame, share


def towns(count: int, persons: float = 1000.0) -> pl.DataFrame:
    """Population cells of the towns."""
    return pl.DataFrame({"town": [f"t{one:02d}" for one in range(count)], "count": [persons] * count})
