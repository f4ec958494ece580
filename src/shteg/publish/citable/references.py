"""The publication as a reference that programs read: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from shteg.publish.citable.work import Work

_TEX = str.maketrans({mark: f"\\{mark}" for mark in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}"})
_KEY = re.compile(r"[^A-Za-z0-9:-]+")


def _tex(text: str) -> str:
    """Write words so that BibTeX takes none for a command; letters stay (UTF-8)."""
    return " ".join(text.translate(_TEX).split())


def bibtex(work: Work) -> str:
    """Write a reference for BibTeX and biblatex: a report, whose institution and authors are kept as they are.

    Parameters
    ----------
    work : Work

    Returns
    -------
    str
    """
    fields = {
        "title": f"{{{_tex(work.title)}}}",
        "author": " and ".join(f"{{{_tex(name)}}}" for name in work.names),
        "institution": _tex(work.publisher),
        "type": "Report",
        "year": work.year,
        "date": work.day,
        "version": _tex(work.edition),
        "doi": work.doi,
        "isbn": work.isbn,
        "url": work.page,
        "langid": work.language,
    }
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items() if text)
    return f"@techreport{{{_KEY.sub('-', work.id)},\n{lines}}}\n"


def ris(work: Work) -> str:
    """Write a reference as RIS; its lines end as the format wants them.

    Parameters
    ----------
    work : Work

    Returns
    -------
    str
    """
    lines = [
        ("TY", "RPRT"),
        ("ID", work.id),
        ("TI", work.title),
        *(("AU", name) for name in work.names),
        ("PB", work.publisher),
        ("PY", work.year),
        ("DA", work.day.replace("-", "/")),
        ("ET", work.edition),
        ("DO", work.doi),
        ("SN", work.isbn),
        ("UR", work.page),
        ("LA", work.language),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in lines if text or tag == "ER")


def csl_json(work: Work) -> str:
    """Write a reference as CSL-JSON, which citation programs read.

    Parameters
    ----------
    work : Work

    Returns
    -------
    str
    """
    item = {
        "id": work.id,
        "type": "report",
        "title": work.title,
        "author": [{"literal": name} for name in work.names],
        "publisher": work.publisher,
        "issued": {"date-parts": [[int(part) for part in work.day.split("-")]]},
        "version": work.edition,
        "DOI": work.doi,
        "ISBN": work.isbn,
        "URL": work.page,
        "language": work.language,
    }
    return json.dumps([{name: found for name, found in item.items() if found}], ensure_ascii=False, indent=1) + "\n"


REFERENCES: Mapping[str, Callable[[Work], str]] = MappingProxyType(
    {"citation.bib": bibtex, "citation.ris": ris, "citation.json": csl_json}
)
"""Files of a language, and what writes each."""
