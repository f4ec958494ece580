"""The edition of the made-up case with its members on the map and hostile words in it; its figures are as computed."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl

PLACES = {
    "XAA": "ISL",
    "XAB": "DNK",
    "XAC": "EST",
    "XAD": "FIN",
    "XAE": "NOR",
    "XAF": "SWE",
    "XAG": "POL",
    "XAH": "DEU",
    "XAI": "FRA",
}
"""The aspirant and the members stand where these countries lie; their names stay made up."""
NASTY = "<script>alert('x')</script> & “A” #import \"x\" $1 *b* _i_ [c] @d `e` \\f"
"""HTML and Typst in a label: must come out as the same letters, inert."""
QUOTED = "survey.joining.tvb.2025.all"
"""The first value of the report; its panel holds the hostile words."""
MORE = {
    "en": (
        "\n## Abroad {#abroad}\n\n{{ figure.members-map }} {#figure-map}\n\n"
        "- {{ value.acts.recognition.no|Words }} members said no.\n  - That is *not* many. {#abroad-list}\n\n"
        "{{ table.evidence.members }} {#abroad-table}\n"
    ),
    "sq": (
        "\n## Jashtë {#abroad}\n\n{{ figure.members-map }} {#figure-map}\n\n"
        "- {{ value.acts.recognition.no|Words }} anëtarë thanë jo.\n  - Kjo *nuk* është shumë. {#abroad-list}\n\n"
        "{{ table.evidence.members }} {#abroad-table}\n"
    ),
    "sr": (
        "\n## Drugde {#abroad}\n\n{{ figure.members-map }} {#figure-map}\n\n"
        "- Članica koje su rekle ne ima {{ value.acts.recognition.no|words }}.\n  - To *nije* mnogo. {#abroad-list}\n\n"
        "{{ table.evidence.members }} {#abroad-table}\n"
    ),
}
LANGUAGES = tuple(MORE)


def write_abroad(edition: Path, folder: Path) -> Path:
    """Write a copy of the edition into a new folder, changed so, and give it back."""
    shutil.copytree(edition, folder)
    for path in folder.glob("*.json"):
        path.write_text(_moved(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in (folder / "tables").glob("*.parquet"):
        frame = pl.read_parquet(path, memory_map=False)
        texts = [pl.col(name).str.replace_many(PLACES) for name, kind in frame.schema.items() if kind == pl.String]
        moved = frame.with_columns(texts)
        if path.stem == "explorer.package":  # columns of numbers in base 64, whose letters name nobody
            packed = pl.when(pl.col("low").is_null()).then(pl.col("content")).otherwise(frame["content"])
            moved = moved.with_columns(packed.alias("content"))
        write_table(folder, path.stem, moved)
    for path in (folder / "text").rglob("*.md"):
        path.write_text(_moved(path.read_text(encoding="utf-8")), encoding="utf-8")
    for language, text in MORE.items():
        path = folder / "text" / language / "report.md"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    _make_hostile(folder)
    return folder


def read_json(folder: Path, name: str) -> Any:
    """Read a file of an edition."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def write_json(folder: Path, name: str, content: Any) -> None:
    """Write a file of an edition."""
    (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def write_table(folder: Path, name: str, frame: pl.DataFrame) -> None:
    """Write a table of an edition in both forms."""
    frame.write_parquet(folder / "tables" / f"{name}.parquet")
    frame.write_csv(folder / "tables" / f"{name}.csv")


def _moved(text: str) -> str:
    for made_up, place in PLACES.items():
        text = text.replace(made_up, place)
    return text


def _make_hostile(folder: Path) -> None:
    values, sources, questions = (read_json(folder, name) for name in ("values", "sources", "questions"))
    next(one for one in values if one["id"] == QUOTED)["details"]["wording"] = NASTY
    sources["shore-news"] |= {"title": "The news <b>bold</b>", "address": "javascript:alert(1)"}
    plan, lexicon = read_json(folder, "recommendations"), read_json(folder, "lexicon")
    measure = plan["measures"][0]
    measure["title"] = lexicon[f"measure:{measure['id']}"] = dict.fromkeys(LANGUAGES, NASTY)
    for question in questions.values():
        question["wording"] = {language: f"{words} {NASTY}" for language, words in question["wording"].items()}
    for name, content in (("values", values), ("sources", sources), ("questions", questions)):
        write_json(folder, name, content)
    write_json(folder, "recommendations", plan)
    write_json(folder, "lexicon", lexicon)
    chronicle = pl.read_parquet(folder / "tables" / "evidence.chronicle.parquet", memory_map=False)
    last = pl.int_range(pl.len()) == pl.len() - 1
    changed = [
        pl.when(last).then(pl.lit(NASTY)).otherwise(pl.col(name)).alias(name)
        for name in (f"title_{language}" for language in LANGUAGES)
    ]
    write_table(folder, "evidence.chronicle", chronicle.with_columns(changed))
