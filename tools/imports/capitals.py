"""Distance of every member's capital from the candidate's, from GeoNames.

    python -m tools.imports.capitals cases/kosovo-nato XKX countries.json cities15000.json

`README.md` beside this file says where the two files come from. The distance is that of the great circle, on a sphere
of `EARTH_KM`, in whole kilometres; capitals do not move, so the row keeps the year that the table gives it.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from tools.imports.rows import Row, read_rows, replace_rows

SOURCE, GRADE, VARIABLE = "geonames-2026", "A2", "capital_distance_km"
EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
SAID_OTHERWISE = {"Reykjavik": "Reykjavík"}
"""Capitals that the file of countries writes otherwise than the file of cities."""

Place = tuple[float, float]


def great_circle_km(one: Place, other: Place) -> float:
    """Give the distance of two places (latitude, longitude in degrees) by the haversine formula."""
    (lat, lon), (lat2, lon2) = ((radians(angle) for angle in place) for place in (one, other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def capitals(countries: Mapping[str, Mapping[str, Any]], cities: Mapping[str, Mapping[str, Any]]) -> dict[str, Place]:
    """Give latitude and longitude of each capital found among the cities, by code of the state.

    Two cities of a state may have the capital's name: the larger one is it.
    """
    wanted = {
        (code, SAID_OTHERWISE.get(one["capital"], one["capital"])): one["iso3"] for code, one in countries.items()
    }
    found: dict[str, tuple[int, Place]] = {}
    for city in cities.values():
        state = wanted.get((city["countrycode"], city["name"]))
        if state is not None:
            place = (float(city["latitude"]), float(city["longitude"]))
            found[state] = max(found.get(state, (-1, place)), (int(city["population"]), place))
    return {state: place for state, (_, place) in found.items()}


def distance_rows(places: Mapping[str, Place], candidate: str, members: Sequence[str], year: str) -> list[Row]:
    """Make a row of covariates.csv for each member.

    Parameters
    ----------
    places : mapping of str to (latitude, longitude)
        Capitals, by code of the state.
    candidate : str
        Code of the state from whose capital is measured.
    members : sequence of str
        Codes of the members.
    year : str
        What `happened_on` of the rows says.

    Returns
    -------
    list of rows
        With source and grade.

    Raises
    ------
    ValueError
        The capital of a state was not found.
    """
    if lacking := [state for state in (candidate, *members) if state not in places]:
        raise ValueError(f"no capital found for {', '.join(lacking)}; add how the cities are written to SAID_OTHERWISE")
    return [
        {
            "country": member,
            "happened_on": year,
            "variable": VARIABLE,
            "value": f"{great_circle_km(places[candidate], places[member]):.0f}",
            "source": SOURCE,
            "grade": GRADE,
        }
        for member in members
    ]


def main(arguments: Sequence[str]) -> None:
    """Write the distances into covariates.csv of a case."""
    folder, candidate, countries, cities = arguments
    table = Path(folder) / "covariates.csv"
    members = [row["member"] for row in read_rows(Path(folder) / "members.csv")]
    years = {row["happened_on"] for row in read_rows(table) if row["variable"] == VARIABLE}
    if len(years) != 1:
        raise ValueError(f"{table}: distances of {len(years)} years; give them one")
    places = capitals(*(json.loads(Path(file).read_text(encoding="utf-8")) for file in (countries, cities)))
    made = distance_rows(places, candidate, members, years.pop())
    key = ("country", "happened_on", "variable")
    print(replace_rows(table, made, key=key, goes=lambda row: row["variable"] == VARIABLE))


if __name__ == "__main__":
    main(sys.argv[1:])
