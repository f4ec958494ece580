"""The edition of the made-up case with two short texts, written to be spoilt."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shteg.report import EditionView
from tests.abroad import read_json, write_json

EN = """+++
title = "The road of Arvania to the League"
description = "Where the country stands, who must agree, and what would help."
declared = ["1999", "12 June 1999", "Resolution 1244"]
+++

## Why the question is open {#why}

In 1999 the war ended, and since 12 June 1999 a mission has kept the peace under Resolution 1244 [@register].
Support is
**{{ value.survey.joining.tvb.2025.all }}**; it {{ dir.survey.trend.joining.2019:survey.trend.joining.2025 }}
over the years [@barometer-2025; @register]. {#support}

{{ figure.forecast-path }} {#fig-path}

- {{ value.acts.recognition.no|Words }} members have not recognised the country.
- The path asks for {{ measure.settlement-talks }},
  which would add {{ value.effect.settlement-talks.member.2046|range }}.
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

Në vitin 1999 lufta mbaroi dhe që nga 12 qershor 1999 një mision e ruan paqen sipas Rezolutës 1244 [@register].
Mbështetja është
**{{ value.survey.joining.tvb.2025.all }}**; ajo {{ dir.survey.trend.joining.2019:survey.trend.joining.2025 }}
me kalimin e viteve [@barometer-2025; @register]. {#support}

{{ figure.forecast-path }} {#fig-path}

- {{ value.acts.recognition.no|Words }} anëtarë nuk e kanë njohur vendin.
- Rruga kërkon {{ measure.settlement-talks }}, që do të shtonte {{ value.effect.settlement-talks.member.2046|range }}.
  - Pa këtë, asgjë nuk lëviz. {#list}

> Dera e Lidhjes është e hapur për çdo vend që i plotëson kushtet e saj. {#quote}

{{ table.evidence.members }} {#tab}

{{ list.measures }} {#measures}

{{ authors }} {#about}
"""


TITLE = {"en": "The road of Arvania to the League", "sq": "Rruga e Arvanisë drejt Lidhjes"}


@pytest.fixture(scope="session")
def make_edition(demo_view: EditionView) -> Callable[..., EditionView]:
    """Give a function that puts an English and an Albanian text in place of those of the edition."""

    def make(en: str | None = EN, sq: str | None = SQ, name: str = "report") -> EditionView:
        texts = {"en": {} if en is None else {name: en}, "sq": {} if sq is None else {name: sq}}
        return replace(demo_view, texts=texts, case=replace(demo_view.case, title=TITLE, languages=("en", "sq")))

    return make


@pytest.fixture(scope="session")
def edition(make_edition: Callable[..., EditionView]) -> EditionView:
    """Give the edition with the texts as they should be."""
    return make_edition()


@pytest.fixture
def folder(demo_edition: Path, tmp_path: Path) -> Path:
    """Give the same on disk, to be changed."""
    made = tmp_path / "edition"
    shutil.copytree(demo_edition, made)
    shutil.rmtree(made / "text")
    for language, text in (("en", EN), ("sq", SQ)):
        (made / "text" / language).mkdir(parents=True)
        (made / "text" / language / "report.md").write_text(text, encoding="utf-8")
    write_json(made, "case", read_json(made, "case") | {"title": TITLE, "languages": ["en", "sq"]})
    return made
