"""A codebook as DDI-Codebook 2.5, which archives read: every text in each language that it is said in (`xml:lang`)."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Tree

from shteg.publish.codebooks.content import Category, Codebook, Texts, Variable
from shteg.publish.printed import machine_number

NAMESPACE = "ddi:codebook:2_5"
PLACE = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
METHOD: Mapping[str, str] = {
    "sample_design": "sampProc",
    "mode": "collMode",
    "instrument": "resInstru",
    "weighting": "weight",
    "processing": "cleanOps",
}
"""What a wave says of its method, and the element that holds it."""

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_NATURE = {"nominal": "nominal", "multiple": "nominal", "ordinal": "ordinal", "scale": "interval", "text": "other"}


def write_ddi(book: Codebook) -> bytes:
    """Write a codebook as XML; elements of which nothing is known are left out."""
    Tree.register_namespace("", NAMESPACE)
    Tree.register_namespace("xsi", "http://www.w3.org/2001/XMLSchema-instance")
    root = Tree.Element(f"{{{NAMESPACE}}}codeBook", {"version": "2.5", _SCHEMA: f"{NAMESPACE} {PLACE}"})
    study = _add(root, "stdyDscr")
    _cite(study, book)
    _inform(study, book)
    _explain(study, book)
    data = _add(root, "dataDscr")
    for number, variable in enumerate(book.variables, 1):
        _variable(data, number, variable, weighted=book.weighted)
    Tree.indent(root, " ")
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add(parent: Tree.Element, tag: str, text: str = "", language: str = "", **attributes: str) -> Tree.Element:
    """Add an element; its text as XML allows it."""
    made = Tree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes | ({_LANG: language} if language else {}))
    made.text = "".join(sign for sign in text if sign >= " " or sign in "\t\n") or None
    return made


def _add_all(parent: Tree.Element, tag: str, texts: Texts) -> None:
    for language, text in texts:
        _add(parent, tag, text, language)


def _cite(study: Tree.Element, book: Codebook) -> None:
    citation = _add(study, "citation")
    title = _add(citation, "titlStmt")
    for number, (language, text) in enumerate(book.title):
        _add(title, "parTitl" if number else "titl", text, language)
    _add(title, "IDNo", book.id, agency="shteg")
    if book.authors:
        _add_all(_add(citation, "rspStmt"), "AuthEnty", book.authors)
    if book.producer or book.funders:
        produced = _add(citation, "prodStmt")
        _add_all(produced, "producer", book.producer)
        _add_all(produced, "fundAg", book.funders)
    if book.distributor or book.day:
        given = _add(citation, "distStmt")
        for language, text in book.distributor:
            _add(given, "distrbtr", text, language, **({"URI": book.address} if book.address else {}))
        if book.day:
            _add(given, "distDate", book.day, date=book.day)
    if book.version:
        _add(_add(citation, "verStmt"), "version", book.version, **({"date": book.day} if book.day else {}))
    if book.source[1]:
        _add(citation, "biblCit", book.source[1], book.source[0])


def _inform(study: Tree.Element, book: Codebook) -> None:
    told = _add(study, "stdyInfo")
    _add_all(told, "abstract", book.abstract)
    summary = _add(told, "sumDscr")
    for tag, texts in (
        ("collDate", book.dates),
        ("nation", book.nation),
        ("anlyUnit", book.unit),
        ("universe", book.population),
        ("dataKind", book.kind),
    ):
        _add_all(summary, tag, texts)


def _explain(study: Tree.Element, book: Codebook) -> None:
    method = _add(study, "method")
    collected = _add(method, "dataColl")
    _add_all(collected, "timeMeth", book.time)
    for tag, texts in book.method:
        _add_all(collected, tag, texts)
    appraised = _add(method, "anlyInfo")
    _add_all(appraised, "EstSmpErr", book.precision)


def _variable(data: Tree.Element, number: int, one: Variable, *, weighted: bool) -> None:
    attributes = {"ID": f"V{number}", "name": one.name, "dcml": "0"}
    attributes["intrvl"] = "contin" if one.measure == "scale" else "discrete"
    if one.measure:
        attributes["nature"] = _NATURE[one.measure]
    if one.role == "weight":
        attributes["wgt"] = "wgt"
    if one.measure == "scale":
        del attributes["dcml"]
    variable = _add(data, "var", **attributes)
    _add_all(variable, "labl", one.label)
    if one.wording or not one.measure:
        _add_all(_add(variable, "qstn"), "qstnLit", one.wording)
    if one.valid is not None:
        _add(variable, "sumStat", str(one.valid), type="vald")
    for category in one.categories:
        _category(variable, category, weighted=weighted)
    _add(variable, "varFormat", type="numeric" if one.measure == "scale" else "character", schema="other")


def _category(variable: Tree.Element, one: Category, *, weighted: bool) -> None:
    answer = _add(variable, "catgry", **({"missing": "Y"} if one.missing else {}))
    _add(answer, "catValu", one.code)
    _add_all(answer, "labl", one.label)
    if one.count is not None:
        _add(answer, "catStat", str(one.count), type="freq", wgtd="not-wgtd")
    if one.share is not None:
        wgtd = "wgtd" if weighted else "not-wgtd"
        _add(answer, "catStat", machine_number(100 * one.share), type="percent", wgtd=wgtd)
