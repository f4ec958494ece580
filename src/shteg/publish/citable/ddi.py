"""Own surveys as DDI-Codebook 2.5, which archives read: the study, its method, its questions with their answers.

Written in every language of the publication (`xml:lang`), by the CESSDA profile as far as the evidence says so. The
answers are estimates with their weights; cells below the minimum base were left out before the edition was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as Tree

from shteg.publish.citable.work import Work, work_of
from shteg.publish.printed import Voice, machine_number
from shteg.report import EditionView
from shteg.report.edition_view import Row

WAVES, ESTIMATES = "survey.waves", "survey.wave_estimates"
NAMESPACE = "ddi:codebook:2_5"
PLACE = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
METHOD: Mapping[str, str] = {
    "population": "universe",
    "mode": "collMode",
    "frame": "sampFrame",
    "sample_design": "sampProc",
    "instrument": "resInstru",
    "weighting": "weight",
    "processing": "cleanOps",
    "size_and_precision": "EstSmpErr",
}
"""What a wave says of its method, and the element that holds it."""


def wave_ids(edition: EditionView) -> tuple[str, ...]:
    """List the waves that an edition holds estimates of."""
    return tuple(str(row["wave"]) for row in edition.rows(WAVES))


def codebook(voices: Sequence[Voice], wave: str) -> bytes:
    """Write the codebook of a wave.

    Parameters
    ----------
    voices : sequence of Voice
        The languages, that of the title first.
    wave : str
        Id of the wave.

    Returns
    -------
    bytes
        DDI-Codebook 2.5 (XML).
    """
    Tree.register_namespace("", NAMESPACE)
    Tree.register_namespace("xsi", "http://www.w3.org/2001/XMLSchema-instance")
    edition, work = voices[0].edition, work_of(voices[0])
    row = next(row for row in edition.rows(WAVES) if str(row["wave"]) == wave)
    root = Tree.Element(f"{{{NAMESPACE}}}codeBook", {"version": "2.5", _SCHEMA: f"{NAMESPACE} {PLACE}"})
    study = _add(root, "stdyDscr")
    _cite(study, voices, work, wave, row)
    _inform(study, voices, wave)
    _explain(study, voices, wave)
    _data(_add(root, "dataDscr"), voices, wave)
    Tree.indent(root, " ")
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add(parent: Tree.Element, tag: str, text: str = "", language: str = "", **attributes: str) -> Tree.Element:
    """Add an element; its text as XML allows it."""
    made = Tree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes | ({_LANG: language} if language else {}))
    made.text = "".join(sign for sign in text if sign >= " " or sign in "\t\n") or None
    return made


def _said(voices: Sequence[Voice], key: str) -> Iterator[tuple[str, str]]:
    """Give what the case says of something in each language that it says it in."""
    for voice in voices:
        if text := voice.edition.lexicon.get(key, {}).get(voice.language, ""):
            yield voice.language, text


def _cite(study: Tree.Element, voices: Sequence[Voice], work: Work, wave: str, row: Row) -> None:
    citation = _add(study, "citation")
    title = _add(citation, "titlStmt")
    for number, (language, text) in enumerate(_said(voices, f"wave:{wave}")):
        _add(title, "parTitl" if number else "titl", text, language)
    _add(title, "IDNo", f"{work.id.removesuffix(f'-{work.language}')}-{wave}", agency="shteg")
    authors = _add(citation, "rspStmt")
    for _, text in _said(voices[:1], f"wave-method:{wave}.conductor"):
        _add(authors, "AuthEnty", text, voices[0].language)
    produced = _add(citation, "prodStmt")
    _add(produced, "producer", work.publisher, work.language)
    for language, text in _said(voices, f"wave-method:{wave}.sponsor"):
        _add(produced, "fundAg", text, language)
    given = _add(citation, "distStmt")
    page = f"{work.address}/{work.language}/opinion.html" if work.address else ""
    _add(given, "distrbtr", work.publisher, work.language, **({"URI": page} if page else {}))
    _add(given, "distDate", work.day, date=work.day)
    version = _add(citation, "verStmt")
    _add(version, "version", work.edition, date=work.day)
    source = voices[0].edition.source(str(row["source"]))
    _add(citation, "biblCit", f"{source.title}. {source.publisher}.", source.language or "")


def _inform(study: Tree.Element, voices: Sequence[Voice], wave: str) -> None:
    told = _add(study, "stdyInfo")
    for language, text in _said(voices, f"wave-method:{wave}.instrument"):
        _add(told, "abstract", text, language)
    summary = _add(told, "sumDscr")
    for language, text in _said(voices, f"wave-method:{wave}.dates"):
        _add(summary, "collDate", text, language)
    for voice in voices:
        _add(summary, "nation", voice.named(f"country:{voice.edition.case.aspirant}"), voice.language)
    for voice in voices:
        _add(summary, "anlyUnit", voice.t("ddi.unit"), voice.language)
    for language, text in _said(voices, f"wave-method:{wave}.population"):
        _add(summary, "universe", text, language)
    for voice in voices:
        _add(summary, "dataKind", voice.t("ddi.kind"), voice.language)


def _explain(study: Tree.Element, voices: Sequence[Voice], wave: str) -> None:
    method = _add(study, "method")
    collected = _add(method, "dataColl")
    for voice in voices:
        _add(collected, "timeMeth", voice.t("ddi.time"), voice.language)
    for name in ("sample_design", "mode", "instrument", "weighting", "processing"):
        for language, text in _said(voices, f"wave-method:{wave}.{name}"):
            _add(collected, METHOD[name], text, language)
    appraised = _add(method, "anlyInfo")
    for language, text in _said(voices, f"wave-method:{wave}.size_and_precision"):
        _add(appraised, "EstSmpErr", text, language)


def _data(data: Tree.Element, voices: Sequence[Voice], wave: str) -> None:
    rows = [row for row in voices[0].edition.rows(ESTIMATES) if str(row["wave"]) == wave and row["domain"] == "all"]
    for number, item in enumerate(dict.fromkeys(row["wave_item"] for row in rows), 1):
        answers = [row for row in rows if row["wave_item"] == item]
        variable = _add(data, "var", ID=f"V{number}", name=str(item), dcml="0", intrvl="discrete")
        for language, text in _said(voices, f"wave-item:{wave}.{item}"):
            _add(variable, "labl", text, language)
        question = _add(variable, "qstn")
        for language, text in _said(voices, f"wave-wording:{wave}.{item}"):
            _add(question, "qstnLit", text, language)
        if answers[0]["n"] is not None:
            _add(variable, "sumStat", str(answers[0]["n"]), type="vald")
        for answer in answers:
            _answer(variable, voices, f"wave-option:{wave}.{item}.{answer['option']}", answer)
        _add(variable, "varFormat", type="character", schema="other")


def _answer(variable: Tree.Element, voices: Sequence[Voice], key: str, row: Row) -> None:
    answer = _add(variable, "catgry")
    _add(answer, "catValu", str(row["option"]))
    for language, text in _said(voices, key):
        _add(answer, "labl", text, language)
    if row["estimate"] is not None:
        _add(answer, "catStat", machine_number(100 * row["estimate"]), type="percent", wgtd="wgtd")
