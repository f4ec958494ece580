"""The data of an edition as a DCAT catalogue (JSON-LD), which data portals harvest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shteg.publish.citable.work import work_of
from shteg.publish.html.naming import LICENCES
from shteg.publish.printed import Voice

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
KINDS = {
    "csv": f"{MEDIA}text/csv",
    "parquet": f"{MEDIA}application/vnd.apache.parquet",
    "json": f"{MEDIA}application/json",
}
LANGUAGES = "http://id.loc.gov/vocabulary/iso639-1/"


def catalogue(voices: Sequence[Voice], edition_path: str) -> str:
    """Describe every table of an edition with its files.

    Parameters
    ----------
    voices : sequence of Voice
        The languages of the publication.
    edition_path : str
        Folder of the edition, seen from the folder of the site.

    Returns
    -------
    str
        JSON-LD (DCAT 3). Addresses are relative to the file where the case has none.
    """
    work = work_of(voices[0])
    edition = voices[0].edition
    start = f"{work.address}/" if work.address else ""
    publisher = {
        "@type": "foaf:Agent",
        "foaf:name": _named((voice.language, work_of(voice).publisher) for voice in voices),
    }
    shared: dict[str, Any] = {
        "dct:publisher": publisher,
        "dct:issued": {"@value": work.day, "@type": "xsd:date"},
        "dct:license": {"@id": f"{LICENCES}{work.licence}"},
        "dcat:version": work.edition,
    }
    found = {
        "@context": CONTEXT,
        "@id": f"{start}dcat.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _named((voice.language, work_of(voice).title) for voice in voices),
        "dct:description": _named((voice.language, voice.t("llms.about")) for voice in voices),
        "dct:language": [{"@id": f"{LANGUAGES}{voice.language}"} for voice in voices],
        **shared,
        "dcat:dataset": [
            {
                "@id": f"{start}{edition_path}/tables/{name}",
                "@type": "dcat:Dataset",
                "dct:identifier": f"{work.edition}/{name}",
                "dct:title": _named((voice.language, voice.table_title(name)) for voice in voices),
                **shared,
                "dcat:distribution": [
                    {
                        "@type": "dcat:Distribution",
                        "dcat:downloadURL": {"@id": f"{start}{edition_path}/tables/{name}.{suffix}"},
                        "dcat:mediaType": {"@id": KINDS[suffix]},
                        "dct:license": shared["dct:license"],
                    }
                    for suffix in ("csv", "parquet")
                ],
            }
            for name in edition.table_names
            if edition.table(name).height
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _named(texts: Any) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in texts]
