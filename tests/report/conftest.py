"""A small edition of a made-up country, written by hand: every file that `report` reads."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shteg.report import EditionView, open_edition

EN = """+++
title = "The road of Arvania to the League"
description = "Where the country stands, who must agree, and what would help."
declared = ["1999", "12 June 1999", "Resolution 1244"]
+++

## Why the question is open {#why}

In 1999 the war ended, and since 12 June 1999 a mission has kept the peace under Resolution 1244 [@treaty].
Support is
**{{ value.survey.join.2022 }}**; it {{ dir.survey.trend.join.2018:survey.trend.join.2022 }}
over the years [@poll; @treaty]. {#support}

{{ figure.forecast-path }} {#fig-path}

- {{ value.acts.recognition.no|Words }} members have not recognised the country.
- The path asks for {{ measure.talks }}, which would add {{ value.effect.talks.entry.2030|range }}.
  - Without it, nothing moves. {#list}

> The door of the League is open to every country that meets its conditions. {#quote}

{{ table.evidence.members }} {#tab}

{{ list.measures }} {#measures}

{{ authors }} {#about}
"""

SQ = """+++
title = "Rruga e Arvanisë drejt Lidhjes"
description = "Ku qëndron vendi, kush duhet të pajtohet dhe çfarë do të ndihmonte."
declared = ["1999", "12 qershor 1999", "Rezoluta 1244", "Rezolutës 1244"]
+++

## Pse çështja është e hapur {#why}

Në vitin 1999 lufta mbaroi dhe që nga 12 qershor 1999 një mision e ruan paqen sipas Rezolutës 1244 [@treaty].
Mbështetja është
**{{ value.survey.join.2022 }}**; ajo {{ dir.survey.trend.join.2018:survey.trend.join.2022 }}
me kalimin e viteve [@poll; @treaty]. {#support}

{{ figure.forecast-path }} {#fig-path}

- {{ value.acts.recognition.no|Words }} anëtarë nuk e kanë njohur vendin.
- Rruga kërkon {{ measure.talks }}, që do të shtonte {{ value.effect.talks.entry.2030|range }}.
  - Pa këtë, asgjë nuk lëviz. {#list}

> Dera e Lidhjes është e hapur për çdo vend që i plotëson kushtet e saj. {#quote}

{{ table.evidence.members }} {#tab}

{{ list.measures }} {#measures}

{{ authors }} {#about}
"""


def value(id: str, number: float | str, unit: str, **more: Any) -> dict[str, Any]:
    """Make one row of values.json."""
    row = {
        "id": id,
        "number": number,
        "unit": unit,
        "decimals": 0,
        "label": "computed",
        "label_key": "value.case.as-of",
        "source_ids": ["poll"],
        "method": "survey#trend",
        "label_args": {},
        "low": None,
        "high": None,
        "level": None,
        "verified": True,
        "details": {},
    }
    return row | more


def both(en: str, sq: str) -> dict[str, str]:
    """Make a localised text."""
    return {"en": en, "sq": sq}


CASE = {
    "id": "demo",
    "title": both("Arvania and the League", "Arvania dhe Lidhja"),
    "aspirant": "XAA",
    "disputant": None,
    "organisation": {"id": "league", "name": both("the League", "Lidhja"), "short": both("League", "Lidhja")},
    "as_of": "2026-11-23",
    "seed": 1,
    "languages": ["en", "sq"],
    "minimum_base": 20,
    "licence": "CC-BY-4.0",
    "footnote": None,
    "names": {},
    "authors": [{"name": both("A. Author", "A. Autori"), "about": both("Writes.", "Shkruan."), "address": None}],
    "publisher": both("The Institute", "Instituti"),
    "address": None,
}
LEXICON = {
    "country:XAA": both("Arvania", "Arvania"),
    "country:XAB": both("Borland", "Borlanda"),
    "country:XAC": both("Corland", "Corlanda"),
    "country:XAD": both("Dorland", "Dorlanda"),
    "member:XAB": both("Borland", "Borlanda"),
    "step:entry": both("Entry", "Hyrja"),
    "step:partner": both("Partnership", "Partneriteti"),
    "measure:talks": both("Talks with every member", "Bisedime me çdo anëtar"),
    "question:join": both("Joining the League", "Anëtarësimi në Lidhje"),
    "scheme:census": both("the census", "regjistrimi"),
}
VALUES = [
    value("survey.join.2022", 0.92, "share", label="observed"),
    value("survey.trend.join.2018", 0.81, "share", low=0.78, high=0.84, level=0.95),
    value("survey.trend.join.2022", 0.92, "share", low=0.90, high=0.94, level=0.95),
    value("acts.recognition.no", 4, "count"),
    value("effect.talks.entry.2030", 0.04, "points", low=0.01, high=0.07, level=0.9),
    value("case.as-of", "2026-11-23", "date"),
]
INTERVAL = {"low": 0.01, "high": 0.2, "level": 0.9}
MEMBERS = ("XAB", "XAC", "XAD")
VALUES += [
    value(
        f"forecast.{step}.{year}",
        share,
        "share",
        **INTERVAL,
        label="estimated",
        label_key="value.pathways.forecast",
        label_args={"step": f"step:{step}", "year": str(year)},
    )
    for step, year, share in (
        ("partner", 2028, 0.05),
        ("partner", 2030, 0.1),
        ("entry", 2028, 0.0),
        ("entry", 2030, 0.02),
    )
]
VALUES += [value(f"blocker.last.entry.{one}", 0.1 * n, "share", **INTERVAL) for n, one in enumerate(MEMBERS, 1)]
VALUES += [
    value(f"stance.theta.{one}", n - 1.5, "score", decimals=2, low=n - 2.0, high=n - 1.0, level=0.9)
    for n, one in enumerate(MEMBERS)
]
VALUES += [
    value(f"ratification.next.{one}", 100.0 * n, "days", low=50.0, high=400.0, level=0.9)
    for n, one in enumerate(MEMBERS, 1)
]
VALUES += [
    value(f"ladder.days.{one}.partner.entry", 1461 * n, "days", label="observed") for n, one in enumerate(MEMBERS, 1)
]
VALUES += [
    value("survey.trend.join.2020", 0.85, "share", low=0.82, high=0.88, level=0.95),
    value("survey.join.poll.2022.all", 0.92, "share", label="observed", label_args={"series": "The poll"}),
    value("coherence.join.poll.2022.census.rest", 0.005, "share", low=0.0, high=0.01, level=1.0),
    value("coherence.join.poll.2022.frame.rest", "no-share", "text"),
]
VALUES += [
    value(f"skill.ladder.{model}.{last}", number, "score", decimals=2, low=number - 0.3, high=number + 0.2, level=0.9)
    for model, number in (("full", 0.2), ("no-blocks", 0.1), ("no-change", -2.0))
    for last in ("1", "all")
]
RELIABILITY = pl.DataFrame(
    {
        "subject": ["steps", "steps", "steps"],
        "model": ["base_rate", "full", "full"],
        "bin": [1, 1, 2],
        "forecasts": [30, 12, 18],
        "mean_forecast": [0.3, 0.1, 0.42],
        "happened_share": [0.4, 0.0, 0.5],
        "low": [0.2, 0.0, 0.3],
        "high": [0.6, 0.2, 0.7],
    }
)
CHRONICLE = pl.DataFrame(
    {
        "id": ["a", "b", "c"],
        "happened_on": ["1999-06-12", "2016", "2022-02-24/2022-03-01"],
        "title_en": ["Mission", "Statement", "Talks"],
        "title_sq": ["Misioni", "Deklarata", "Bisedimet"],
        "direction": [2, 0, -1],
        "source": ["treaty", "poll", "poll"],
    }
)
SOURCES = {
    name: {
        "title": title,
        "publisher": "P",
        "published_on": "2022",
        "address": None,
        "read_on": "2026-11-23",
        "grade": "B2",
        "language": "en",
        "note": None,
    }
    for name, title in (("poll", "The poll"), ("treaty", "The treaty"))
}
RECOMMENDATIONS = {
    "areas": [{"id": "diplomacy", "title": both("Diplomacy", "Diplomacia"), "text": both("Talk.", "Flisni.")}],
    "measures": [
        {
            "id": "talks",
            "area": "diplomacy",
            "title": both("Talks with every member", "Bisedime me çdo anëtar"),
            "text": both("Meet.", "Takohuni."),
            "addressee": both("The ministry", "Ministria"),
            "label": "assumed",
            "rationale": both("Because.", "Sepse."),
            "source": "poll",
        }
    ],
}
STEPS = [
    {"id": "partner", "title": both("Partnership", "Partneriteti"), "rung": 1, "rule": "none"},
    {"id": "entry", "title": both("Entry", "Hyrja"), "rung": 2, "rule": "all"},
]
INCIDENCE = pl.DataFrame(
    {
        "step": ["partner", "partner", "partner", "entry", "entry", "entry"],
        "year": [2028, 2029, 2030, 2028, 2029, 2030],
        "probability": [0.05, 0.07, 0.1, 0.0, 0.01, 0.02],
        "low": [0.01] * 6,
        "high": [0.2] * 6,
    }
)
TABLES = {
    "pathways.incidence": INCIDENCE,
    "evidence.members": pl.DataFrame({"member": MEMBERS}),
    "evidence.chronicle": CHRONICLE,
    "evaluation.reliability": RELIABILITY,
}


def write_edition(folder: Path, texts: dict[str, dict[str, str]]) -> Path:
    """Write the edition with these texts (by language and name)."""
    files = {
        "case": CASE,
        "lexicon": LEXICON,
        "values": VALUES,
        "sources": SOURCES,
        "recommendations": RECOMMENDATIONS,
        "steps": STEPS,
        "questions": {},
        "manifest": {"edition": "abc", "as_of": "2026-11-23"},
    }
    (folder / "tables").mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    for name, frame in TABLES.items():
        frame.write_parquet(folder / "tables" / f"{name}.parquet")
    for language, by_name in texts.items():
        (folder / "text" / language).mkdir(parents=True)
        for name, text in by_name.items():
            (folder / "text" / language / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def make_edition(tmp_path: Path) -> Callable[..., EditionView]:
    """Give a function that writes and opens an edition with the given English and Albanian text."""

    def make(en: str | None = EN, sq: str | None = SQ, name: str = "edition") -> EditionView:
        texts = {"en": {} if en is None else {"report": en}, "sq": {} if sq is None else {"report": sq}}
        return open_edition(write_edition(tmp_path / name, texts))

    return make


@pytest.fixture
def edition(make_edition: Callable[..., EditionView]) -> EditionView:
    """Give the clean edition."""
    return make_edition()
