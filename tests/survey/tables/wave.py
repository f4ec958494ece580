"""A small wave for the tests of tables, with the words of both languages."""

import numpy as np
import polars as pl

from shteg.cli.tabulate.output import make_wording
from shteg.survey import Design
from shteg.survey.tables import Grouping, Source, TableItem

EN, SQ = make_wording("en"), make_wording("sq")
TRUST = ("fully", "rather", "little", "none")


def both(text: str) -> dict[str, str]:
    """The same text in both languages, told apart by a mark."""
    return {"en": text, "sq": f"{text} (sq)"}


def frame(rows: int = 400, seed: int = 5) -> pl.DataFrame:
    """Respondents of two strata with ten PSUs each; region w is rare."""
    draw = np.random.default_rng(seed)
    psu = np.arange(rows) * 20 // rows
    region = draw.choice(["n", "e", "s", "w"], rows, p=[0.5, 0.27, 0.2, 0.03])
    return pl.DataFrame(
        {
            "stratum": [f"h{one // 10}" for one in psu],
            "psu": [f"p{one:02}" for one in psu],
            "weight": draw.uniform(0.5, 3, rows).round(3),
            "other": draw.uniform(0.5, 3, rows).round(3),
            "region": region,
            "sex": draw.choice(["f", "m"], rows),
            "trust": draw.choice([*TRUST, "dk"], rows, p=[0.3, 0.3, 0.2, 0.15, 0.05]),
            "age": draw.integers(18, 90, rows).astype(str),
            "media": draw.choice(["tv", "tv web", "web radio", "", "radio"], rows),
        }
    )


def source(data: pl.DataFrame | None = None, weight: str = "weight", name: str = "w1", sample: str = "") -> Source:
    """The wave under a weight."""
    data = frame() if data is None else data
    design = Design.from_frame(data, stratum="stratum", psu="psu", weight=weight, lonely_psu="fail")
    return Source(id=name, title=both(name), design=design, sample=sample)


def trust(**changes: object) -> TableItem:
    """A four-point item with a code for missing."""
    options = {code: both(code) for code in (*TRUST, "dk")}
    scores = {code: float(4 - i) for i, code in enumerate(TRUST)}
    fields = {"options": options, "missing": ("dk",), "ordered": True, "scores": scores, **changes}
    return TableItem(column="trust", title=both("Trust"), wording=both("How much?"), **fields)  # type: ignore[arg-type]


def media() -> TableItem:
    """A set with several answers in one column."""
    options = {code: both(code) for code in ("tv", "web", "radio")}
    return TableItem(column="media", title=both("Media"), form="multiple", options=options)


def by(*variables: str) -> Grouping:
    """A grouping variable, or several crossed."""
    return Grouping(variables=variables, titles={one: both(one) for one in variables})
