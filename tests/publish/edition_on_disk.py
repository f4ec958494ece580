"""A small but whole edition on disk: Iceland and an invented Nordic Compact. All figures are invented."""

import json
from pathlib import Path
from typing import Any

import polars as pl

MEMBERS = ("DNK", "EST", "FIN", "NOR", "SWE")
NAMES = {
    "DNK": ("Denmark", "Danimarka"),
    "EST": ("Estonia", "Estonia"),
    "FIN": ("Finland", "Finlanda"),
    "ISL": ("Iceland", "Islanda"),
    "NOR": ("Norway", "Norvegjia"),
    "SWE": ("Sweden", "Suedia"),
}
SUPPORT = {"DNK": 0.97, "EST": 0.72, "FIN": 0.31, "NOR": 0.99, "SWE": 0.04}
NASTY = "<script>alert('x')</script> & “A” #import \"x\" $1 *b* _i_ [c] @d `e` \\f"
"""HTML and Typst in a label: must come out as the same letters, inert."""

EN = """+++
title = "Iceland on the way to the Compact"
description = "Where the country stands, who must agree, and what would help."
declared = ["1999", "12 June 1999"]
+++

## Why the question is open {#why}

In 1999 talks began, and since 12 June 1999 an office has kept them alive [@treaty].
Support is **{{ value.survey.join.poll.2022.all }}**; it {{ dir.survey.trend.join.2018:survey.trend.join.2022 }}
over the years [@poll; @treaty].
The forecast for membership is {{ value.forecast.member.2030|range }}, which is *not* much. {#support}

{{ figure.members-map }} {#fig-map}

### Who has not agreed {#who}

- {{ value.acts.consent.no|Words }} member has said no.
- The path asks for {{ measure.talks }}, which would add {{ value.effect.talks.member.2030|range }}.
  - Without it, nothing moves. {#list}

> The door of the Compact is open to every country that meets its conditions. {#quote}

{{ table.evidence.members }} {#tab}

## What should be done {#do}

{{ list.measures }} {#measures}

## About the author {#about-heading}

{{ authors }} {#about}
"""

SQ = """+++
title = "Islanda në rrugën drejt Paktit"
description = "Ku qëndron vendi, kush duhet të pajtohet dhe çfarë do të ndihmonte."
declared = ["1999", "12 qershor 1999"]
+++

## Pse çështja është e hapur {#why}

Në vitin 1999 nisën bisedimet dhe që nga 12 qershor 1999 një zyrë i mban gjallë ato [@treaty].
Mbështetja është **{{ value.survey.join.poll.2022.all }}**; ajo {{ dir.survey.trend.join.2018:survey.trend.join.2022 }}
me kalimin e viteve [@poll; @treaty].
Parashikimi për anëtarësim është {{ value.forecast.member.2030|range }}, që *nuk* është shumë. {#support}

{{ figure.members-map }} {#fig-map}

### Kush nuk është pajtuar {#who}

- {{ value.acts.consent.no|Words }} anëtar ka thënë jo.
- Rruga kërkon {{ measure.talks }}, që do të shtonte {{ value.effect.talks.member.2030|range }}.
  - Pa këtë, asgjë nuk lëviz. {#list}

> Dera e Paktit është e hapur për çdo vend që i plotëson kushtet e tij. {#quote}

{{ table.evidence.members }} {#tab}

## Çfarë duhet bërë {#do}

{{ list.measures }} {#measures}

## Rreth autorit {#about-heading}

{{ authors }} {#about}
"""


def both(en: str, sq: str) -> dict[str, str]:
    """Make a text in both languages."""
    return {"en": en, "sq": sq}


def value(identifier: str, number: float | str, unit: str, **more: Any) -> dict[str, Any]:
    """Make one row of values.json."""
    row: dict[str, Any] = {
        "id": identifier,
        "number": number,
        "unit": unit,
        "decimals": 0,
        "label": "computed",
        "label_key": "publish.page.path",
        "source_ids": ["poll"],
        "method": "pathways#forecast",
        "label_args": {},
        "low": None,
        "high": None,
        "level": None,
        "verified": True,
        "details": {},
    }
    return row | more


CASE = {
    "id": "compact",
    "title": both("Iceland and the Nordic Compact", "Islanda dhe Pakti Nordik"),
    "aspirant": "ISL",
    "disputant": None,
    "organisation": {"id": "compact", "name": both("the Compact", "Pakti"), "short": both("Compact", "Pakti")},
    "as_of": "2026-11-23",
    "seed": 1,
    "languages": ["sq", "en"],
    "minimum_base": 20,
    "licence": "CC-BY-4.0",
    "footnote": both("This name is used without prejudice.", "Ky emër përdoret pa paragjykim."),
    "names": {},
    "authors": [
        {
            "name": both("A. Author", "A. Autori"),
            "about": both("Writes about the North.", "Shkruan për Veriun, për çështje të sigurisë."),
            "address": "https://example.org/author",
        }
    ],
    "publisher": both("The Institute of the North", "Instituti i Veriut"),
    "address": "https://example.org/compact",
}
LEXICON = {f"{kind}:{code}": both(*names) for code, names in NAMES.items() for kind in ("country", "member")} | {
    "step:partner": both("Partnership", "Partneriteti"),
    "step:member": both("Membership", "Anëtarësimi"),
    "measure:talks": both("Talks with every member", "Bisedime me çdo anëtar"),
    "measure:report": both(NASTY, NASTY),
    "item:consent": both("Vote on consent", "Votim për pëlqimin"),
    "question:join": both("Would you join the Compact?", "A do të hynit në Pakt?"),
    "requirement:budget": both("Budget", "Buxheti"),
    "requirement-area:money": both("Money", "Paraja"),
    "scheme:census": both("the census", "regjistrimi"),
}
WIDE = {"low": 0.01, "high": 0.2, "level": 0.9, "label": "estimated"}
VALUES = [
    value("case.as-of", "2026-11-23", "date", label="observed", label_key="publish.manifest.as_of"),
    value("survey.join.poll.2022.all", 0.92, "share", label="observed", details={"wording": NASTY, "n": "1000"}),
    value("survey.join.poll.2022.young", 0.92, "share", label="observed", details={"base": 1000, "design_effect": 1.5}),
    value("survey.trend.join.2018", 0.81, "share", low=0.78, high=0.84, level=0.95),
    value("survey.trend.join.2022", 0.92, "share", low=0.90, high=0.94, level=0.95),
    value("coherence.findings", 1, "count"),
    value(
        "coherence.join.poll.2022.census.rest",
        0.005,
        "share",
        low=0.0,
        high=0.01,
        level=1.0,
        label_args={"question": "question:join", "answer": "yes", "series": "Poll", "year": "2022"}
        | {"scheme": "scheme:census"},
    ),
    value("acts.consent.no", 1, "count", label="observed"),
    value("acts.consent.yes", 3, "count", label="observed", verified=False, source_ids=["recalled"]),
    value("ladder.countries", 5, "count", label="observed"),
    value("ladder.days.NOR.partner.member", 494, "days", label="observed"),
    value("forecast.median-year.member", "beyond", "text", label="estimated"),
    *(
        value(f"forecast.{step}.{year}", share, "share", **WIDE)
        for step, year, share in (("partner", 2028, 0.05), ("partner", 2030, 0.1), ("member", 2030, 0.02))
    ),
    *(
        value(f"effect.{measure}.member.2030", 0.04, "share", low=-0.01, high=0.07, level=0.9, label="borrowed")
        for measure in ("talks", "report", "all")
    ),
    *(value(f"blocker.last.member.{code}", 1 - share, "share", **WIDE) for code, share in SUPPORT.items()),
    *(
        value(
            f"stance.support.{code}",
            share,
            "share",
            low=max(0.0, share - 0.1),
            high=min(1.0, share + 0.1),
            level=0.9,
            label="estimated",
        )
        for code, share in SUPPORT.items()
    ),
]
SOURCES = {
    name: {
        "title": title,
        "publisher": "Publisher",
        "published_on": "2022-05",
        "address": address,
        "read_on": "2026-11-23",
        "grade": grade,
        "language": "en",
        "note": None,
    }
    for name, title, grade, address in (
        ("poll", "The poll", "B2", "https://example.org/poll"),
        ("treaty", "The treaty <b>bold</b>", "A1", "javascript:alert(1)"),
        ("recalled", "From memory", "F6", None),
    )
}


def _measure(name: str, title: dict[str, str]) -> dict[str, Any]:
    return {
        "id": name,
        "area": "diplomacy",
        "title": title,
        "text": both("Meet them, every year.", "Takohuni me ta çdo vit."),
        "addressee": both("The ministry", "Ministria"),
        "deadline": "2027-06",
        "label": "assumed",
        "rationale": both("Because talking helps.", "Sepse biseda ndihmon."),
        "effects": [],
        "indicators": ["budget"],
        "source": "poll",
    }


RECOMMENDATIONS = {
    "areas": [{"id": "diplomacy", "title": both("Diplomacy", "Diplomacia"), "text": both("Talk.", "Flisni.")}],
    "measures": [
        _measure("talks", LEXICON["measure:talks"]),
        _measure("report", LEXICON["measure:report"]),
    ],
}
STEPS = [
    {"id": "partner", "title": LEXICON["step:partner"], "rung": 1, "rule": "sponsors", "sponsors": ["NOR"]},
    {"id": "member", "title": LEXICON["step:member"], "rung": 2, "rule": "all", "prerequisites": ["partner"]},
]
VALUES += [
    value("skill.ladder.leads", "base_rate", "text"),
    *(
        value(f"skill.ladder.{name}", n, "count")
        for n, name in enumerate(("forecasts", "countries", "origins", "events"), 5)
    ),
    *(
        value(f"skill.{subject}.{model}.{last}", 0.1, "score", decimals=2, low=-0.1, high=0.3, level=0.9)
        for subject in ("ladder", "rungs")
        for model in ("full", "last-five-years")
        for last in ("1", "all")
    ),
    value("skill.ladder.full.lowest-without-one", -0.1, "score", decimals=2, details={"without": "SWE"}),
    value("skill.ladder.observed-expected.all", 0.9, "ratio", decimals=2, low=0.5, high=1.4, level=0.9),
    value("baserate.member.2030", 0.3, "share", low=0.2, high=0.5, level=0.9),
]
FACT = {"source": "poll", "grade": "B2", "verified": True}
SCORED = {"part": "all", "horizon": 0, "score": "log", "model": "full", "baseline": "base_rate"}
TABLES: dict[str, list[dict[str, Any]]] = {
    "evidence.members": [
        {"row": n, "member": code, "name_en": NAMES[code][0], "name_sq": NAMES[code][1], "member_since": "1950-01-02"}
        | FACT
        for n, code in enumerate(MEMBERS, 1)
    ],
    "evaluation.skill": [
        {"subject": "steps", "forecasts": 30, "events": 4, "verdict": "unclear"} | SCORED,
        {"subject": "own_path", "forecasts": 0, "events": 0, "verdict": "not_identified"} | SCORED,
    ],
    "evaluation.reliability": [
        {"subject": "steps", "model": model, "bin": 1, "forecasts": 30, "mean_forecast": 0.3, "happened_share": 0.4}
        | {"low": 0.2, "high": 0.6}
        for model in ("base_rate", "full")
    ],
    "evidence.acts": [
        {"row": n, "actor": code, "item": "consent", "value": "yes" if SUPPORT[code] > 0.5 else "no"}
        | {"happened_on": "2020-05" if n % 2 else "2021-01-03"}
        | FACT
        | {"verified": n != 1}
        for n, code in enumerate(MEMBERS, 1)
    ],
    "evidence.chronicle": [
        {"row": 1, "id": "a", "happened_on": "1999-06-12", "title_en": "Office", "title_sq": "Zyra", "direction": 1}
        | {"kind": "talks"}
        | FACT,
        {"row": 2, "id": "b", "happened_on": "2020-09/2020-10", "title_en": NASTY, "title_sq": NASTY, "direction": 0}
        | {"kind": "talks"}
        | FACT,
    ],
    "evidence.requirements": [
        {"row": 1, "id": "budget", "area": "money", "title_en": "Budget", "title_sq": "Buxheti", "status": "not_met"}
        | {"indicator_en": "Share of output", "indicator_sq": "Pjesa e prodhimit"}
        | FACT
    ],
    "evidence.programmes": [
        {"row": 1, "id": "office", "title_en": "Office", "title_sq": "Zyra", "decision_rule": "consensus"}
        | {"decision_body_en": "Council", "decision_body_sq": "Këshilli"}
        | {"prerequisites_en": None, "prerequisites_sq": None}
        | FACT
    ],
    "evidence.partnerships": [
        {"row": 1, "id": "nor", "partner": "NOR", "name_en": "Treaty", "name_sq": "Traktati", "happened_on": "2010"}
        | FACT
    ],
    "evidence.published": [
        {"row": n, "id": f"join.poll.2022.{group}", "series": "Poll", "question": "join", "answer": "yes"}
        | {"subgroup_variable": "all" if group == "all" else "age", "subgroup": group, "percent": 92.0}
        | {"mean_score": None, "decimals": 0, "n": 1000, "happened_on": "2022-10"}
        | FACT
        for n, group in enumerate(("all", "young"), 1)
    ],
    "evidence.designs": [
        {"row": 1, "series": "Poll", "wave": "2022", "happened_on": "2022-10", "sample_size": 1000, "mode": "face"}
        | {"sampling_frame": None, "weighting": None}
        | FACT
    ],
    "pathways.parameters": [
        {"parameter": "consent.intercept", "value": 0.5, "low": 0.1, "high": 0.9, "label": "assumed", "source": "poll"}
    ],
}


QUESTIONS = {
    "join": {
        "title": {"en": "Joining the Compact", "sq": "Anëtarësimi në Pakt"},
        "wording": {"en": f"Should the country join? {NASTY}", "sq": f"A duhet të anëtarësohet vendi? {NASTY}"},
        "breaks": {"poll": ["2021-03"]},
        "note": None,
    }
}


def write_edition(folder: Path) -> Path:
    """Write the edition into a new folder and give it back."""
    files = {
        "case": CASE,
        "lexicon": LEXICON,
        "values": sorted(VALUES, key=lambda one: str(one["id"])),
        "sources": SOURCES,
        "recommendations": RECOMMENDATIONS,
        "steps": STEPS,
        "questions": QUESTIONS,
        "manifest": {
            "edition": "abc123",
            "as_of": "2026-11-23",
            "seed": 1,
            "shteg": "0.1.0",
            "inputs": {},
            "files": {},
        },
        "datapackage": {"name": "compact", "resources": []},
    }
    (folder / "tables").mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    for name, rows in TABLES.items():
        frame = pl.DataFrame(rows)
        frame.write_parquet(folder / "tables" / f"{name}.parquet")
        frame.write_csv(folder / "tables" / f"{name}.csv")
    for language, text in (("en", EN), ("sq", SQ)):
        (folder / "text" / language).mkdir(parents=True)
        for name in ("announcement", "report"):
            (folder / "text" / language / f"{name}.md").write_text(text, encoding="utf-8")
    return folder
