"""Whether an item and a grouping variable are independent: the Rao–Scott test of a table, over what it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from shteg.errors import DesignError, ModelError
from shteg.survey.hypotheses.pearson_tests import rao_scott_test
from shteg.survey.tables.protect import Part
from shteg.survey.tables.rows import with_values

_ANSWER, _COLUMN = "\x00answer", "\x00column"


def association_records(part: Part, shown: pl.DataFrame) -> list[dict[str, Any]]:
    """Test an item against each grouping variable, over the columns that are shown.

    Parameters
    ----------
    part : Part
        An item with one answer.
    shown : polars.DataFrame
        Its cells as they are shown: a column of which any figure is hidden is left out.

    Returns
    -------
    list of dict
        A record for each variable with two columns or more; where the design does not allow the test there is none.

    References
    ----------
    Equal to R `survey::svychisq(~item + variable, subset(design, variable %in% shown), statistic = "F")`.
    """
    banner = part.of.banner
    found = []
    for place, grouping in enumerate(banner.groupings, 1):
        here = shown.filter(pl.col("domain_variable") == grouping.name)
        gone = set(here.filter(pl.col("suppressed") != "")["domain"])
        names = [name for name in banner.names_of(grouping) if name not in gone]
        if len(names) < 2:
            continue
        numbers = {
            i
            for i, key in enumerate(zip(banner.domains.variables, banner.domains.names, strict=True))
            if key[0] == grouping.name and key[1] in names
        }
        codes = banner.domains.codes[:, place].astype(np.int64)
        inside = np.isin(codes, list(numbers)) & part.rows.answered
        options = [row for row in part.rows.rows if row.kind == "option"]
        answers = np.full(len(codes), None, dtype=object)
        for number, row in enumerate(options):
            answers[np.nan_to_num(row.values) == 1] = f"{number:04}"
        columns = [f"{code:06}" if one else None for code, one in zip(codes, inside, strict=True)]
        made = {_ANSWER: pl.Series(answers.tolist(), dtype=pl.String), _COLUMN: pl.Series(columns, dtype=pl.String)}
        try:
            test = rao_scott_test(with_values(banner.design, made), _ANSWER, _COLUMN)
        except (DesignError, ModelError):  # one answer or one column is left, or no degree of freedom: nothing to test
            continue
        found.append(
            {
                "test": "association",
                "row_kind": "",
                "option": "",
                "domain_variable": grouping.name,
                "domain": "",
                "against": "",
                "statistic": test.statistic,
                "df": test.df[0],
                "df_denominator": test.df[1],
                "p_value": test.p_value,
                "p_adjusted": test.p_value,
            }
        )
    return found
