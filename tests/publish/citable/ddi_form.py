"""What DDI-Codebook 2.5 says of the elements that are written here: children in order, attributes, ids.

Facts of the published specification (its field-level documentation); the schema itself is under another licence and not
kept here. Where SHTEG_DDI_SCHEMA names its codebook.xsd, that is asked too.
"""

from __future__ import annotations

import os
from pathlib import Path

from lxml import etree

NAMESPACE = "{ddi:codebook:2_5}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CHILDREN = """
codeBook: docDscr stdyDscr fileDscr dataDscr otherMat
stdyDscr: citation studyAuthorization stdyInfo studyDevelopment method dataAccs othrStdyMat notes
citation: titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes
titlStmt: titl subTitl altTitl parTitl IDNo
rspStmt: AuthEnty othId
prodStmt: producer copyright prodDate prodPlac software fundAg grantNo
distStmt: distrbtr contact depositr depDate distDate
verStmt: version verResp notes
stdyInfo: studyBudget subject abstract sumDscr qualityStatement notes exPostEvaluation
sumDscr: timePrd collDate nation geogCover geogUnit geoBndBox boundPoly anlyUnit universe dataKind
method: dataColl notes anlyInfo stdyClas dataProcessing codingInstructions
dataColl: timeMeth dataCollector collectorTraining frequenc sampProc sampleFrame targetSampleSize deviat
    collMode resInstru instrumentDevelopment sources collSitu actMin ConOps weight cleanOps
anlyInfo: respRate EstSmpErr dataAppr
dataDscr: varGrp nCubeGrp var nCube notes
var: location labl imputation security embargo respUnit anlysUnit qstn valrng invalrng undocCod universe
    TotlResp sumStat txt stdCatgry catgryGrp catgry codInstr verStmt concept derivation varFormat geoMap
    catLevel notes
varGrp: labl txt concept defntn universe notes
qstn: preQTxt qstnLit postQTxt forward backward ivuInstr
catgry: catValu labl txt catStat mrow
"""
_ATTRIBUTES = """
AuthEnty: affiliation
IDNo: agency level
abstract: contentType date
biblCit: format
catStat: URI methrefs otherType sdatrefs type weight wgt-var wgtd
catgry: ID catgry country excls level missType missing sdatrefs
codeBook: version
collDate: cycle date event
depDate: date
distDate: date
distrbtr: URI abbr affiliation
fundAg: abbr role
holdings: URI callno location media
labl: country level sdatrefs vendor
prodDate: date
producer: abbr affiliation role
qstn: ID otherResponseDomainType qstn responseDomainType sdatrefs seqNo var
software: date version
sumStat: otherType type weight wgt-var wgtd
universe: clusion level
var: ID access additivity aggrMeth catQnty dcml files geoVocab geog intrvl measUnit methrefs name nature
    origin otherAggrMeth pubrefs qstn rectype scale sdatrefs temporal vendor weight wgt wgt-var
varFormat: URI category formatname otherCategory otherSchema schema type
varGrp: ID access methrefs nCube name otherType pubrefs sdatrefs type var varGrp
version: date type
"""


def _read(text: str) -> dict[str, tuple[str, ...]]:
    """Read `name: word word`, a line or several for each."""
    joined = text.replace("\n    ", " ").strip().splitlines()
    return {name: tuple(words.split()) for name, words in (line.split(":") for line in joined)}


CHILDREN = _read(_CHILDREN)
ATTRIBUTES = {name: frozenset(words) for name, words in _read(_ATTRIBUTES).items()}
GLOBAL = frozenset(("ID", LANG, "source"))
VALUES = {
    ("var", "nature"): {"nominal", "ordinal", "interval", "ratio", "percent", "other"},
    ("var", "intrvl"): {"contin", "discrete"},
    ("var", "wgt"): {"wgt", "not-wgt"},
    ("catgry", "missing"): {"Y", "N"},
    ("catStat", "type"): {"freq", "percent", "crosstab", "other"},
    ("catStat", "wgtd"): {"wgtd", "not-wgtd"},
    ("sumStat", "type"): {"mean", "medn", "mode", "vald", "invd", "min", "max", "stdev", "other"},
    ("varFormat", "type"): {"numeric", "character"},
    ("varFormat", "schema"): {"SAS", "SPSS", "IBM", "ANSI", "ISO", "XML-Data", "other"},
}
REFERENCES = {("var", "wgt-var"), ("catStat", "wgt-var"), ("sumStat", "wgt-var"), ("varGrp", "var"), ("var", "qstn")}
ONCE = {"codeBook": ("dataDscr",), "citation": ("titlStmt",), "titlStmt": ("titl",), "catgry": ("catValu",)}
"""Children of which there is no second."""


def faults(raw: bytes) -> list[str]:
    """Give what a codebook has that DDI-Codebook 2.5 does not allow."""
    root = etree.fromstring(raw)
    found: list[str] = [] if root.tag == f"{NAMESPACE}codeBook" else [f"the root is {root.tag}"]
    ids = [one.get("ID") for one in root.iter() if one.get("ID") is not None]
    found += [f"the id {one} stands twice" for one in ids if ids.count(one) > 1]
    for element in root.iter(etree.Element):
        name = str(element.tag).removeprefix(NAMESPACE)
        inside = [str(child.tag).removeprefix(NAMESPACE) for child in element]
        if inside:
            found += _order(name, inside)
        found += _attributes(name, element, set(ids))
    found += [
        f"var without {what}" for one in root.iter(f"{NAMESPACE}var") for what in ("ID", "name") if not one.get(what)
    ]
    if place := os.environ.get("SHTEG_DDI_SCHEMA"):
        schema = etree.XMLSchema(etree.parse(Path(place)))
        found += [] if schema.validate(root) else [str(schema.error_log)]
    return found


def _order(name: str, inside: list[str]) -> list[str]:
    allowed = CHILDREN.get(name)
    if allowed is None or not set(inside) <= set(allowed):
        return [f"{name} holds {sorted(set(inside) - set(allowed or ()))}"]
    places = [allowed.index(child) for child in inside]
    found = [] if places == sorted(places) else [f"{name} holds {inside} in another order"]
    return found + [f"{name} holds {one} twice" for one in ONCE.get(name, ()) if inside.count(one) > 1]


def _attributes(name: str, element: etree._Element, ids: set[str | None]) -> list[str]:
    found = []
    for key, value in element.attrib.items():
        key, value = str(key), str(value)
        if key.startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
            continue
        if key not in GLOBAL | ATTRIBUTES.get(name, frozenset()):
            found.append(f"{name} has no attribute {key}")
        if (name, key) in VALUES and value not in VALUES[name, key]:
            found.append(f"{name}.{key} is {value!r}")
        if (name, key) in REFERENCES and not set(value.split()) <= ids:
            found.append(f"{name}.{key} names {value!r}, which is no id")
        if key == LANG and not 2 <= len(value.split("-")[0]) <= 3:
            found.append(f"{value!r} is no language")
    return found
