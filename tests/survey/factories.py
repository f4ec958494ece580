"""Small records for the tests of this package: a made-up country, house and question."""

from typing import Any

from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure, Question, WeightScheme


def figure(percent: float | None, subgroup: str = "all", **changes: Any) -> PublishedFigure:
    """A published figure of the made-up house Alpha; integers print without a decimal."""
    fields: dict[str, Any] = {
        "series": "Alpha",
        "question": "membership",
        "answer": "in favour",
        "subgroup_variable": "all" if subgroup == "all" else "community",
        "subgroup": subgroup,
        "percent": percent,
        "decimals": 0 if percent is None or float(percent).is_integer() else 1,
        "happened_on": "2022-10",
        "source": "alpha-2022",
        "grade": "B2",
    } | changes
    text = f"{fields['question']}.{fields['series']}.{fields['happened_on']}.{subgroup}.{fields['answer']}"
    fields.setdefault("id", text.lower().replace(" ", "-"))
    return PublishedFigure(**fields)


def margins(scheme: str = "census", source: str = "census-2011", **counts: float) -> list[PopulationMargin]:
    """Counts of the variable `community`; underscores in names stand for blanks."""
    return [
        PopulationMargin(
            scheme=scheme,
            variable="community",
            category=name.replace("_", " "),
            count=count,
            reference_year=2011,
            source=source,
            grade="A1",
        )
        for name, count in counts.items()
    ]


def schemes(*names: str) -> dict[str, WeightScheme]:
    """Weight schemes with a title in both languages."""
    return {name: WeightScheme(title={"en": name, "sq": name}) for name in names}


def question(*favourable: str) -> Question:
    """A question with its favourable answers."""
    return Question(title={"en": "Join?", "sq": "Anëtarësim?"}, favourable=favourable)


def design(series: str, wave: str, size: int | None, year: str = "2022") -> PublishedDesign:
    """A design on record."""
    return PublishedDesign(
        series=series, wave=wave, happened_on=year, sample_size=size, source="design-source", grade="B2"
    )
