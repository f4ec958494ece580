"""Own surveys as DDI-Codebook 2.5, which archives read: the study, its method, its questions with their answers.

Written in every language of the publication (`xml:lang`), by the CESSDA profile as far as the evidence says so. The
answers are estimates with their weights; cells below the minimum base were left out before the edition was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shteg.publish.citable.work import Work, work_of
from shteg.publish.codebooks.content import Category, Codebook, Texts, Variable
from shteg.publish.codebooks.ddi import METHOD, NAMESPACE, write_ddi
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.edition_view import Row

__all__ = ["NAMESPACE", "codebook", "wave_ids"]

WAVES, ESTIMATES = "survey.waves", "survey.wave_estimates"


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
    edition, work = voices[0].edition, work_of(voices[0])
    row = next(row for row in edition.rows(WAVES) if str(row["wave"]) == wave)
    source = edition.source(str(row["source"]))

    def method(name: str) -> Texts:
        return tuple(_said(voices, f"wave-method:{wave}.{name}"))

    def own(key: str) -> Texts:
        return tuple((voice.language, voice.t(key)) for voice in voices)

    country = f"country:{edition.case.aspirant}"
    book = Codebook(
        id=f"{work.id.removesuffix(f'-{work.language}')}-{wave}",
        title=tuple(_said(voices, f"wave:{wave}")),
        authors=tuple(_said(voices[:1], f"wave-method:{wave}.conductor")),
        producer=((work.language, work.publisher),),
        funders=method("sponsor"),
        distributor=((work.language, work.publisher),),
        address=_page(work),
        day=work.day,
        version=work.edition,
        source=(source.language or "", f"{source.title}. {source.publisher}."),
        abstract=method("instrument"),
        dates=method("dates"),
        nation=tuple((voice.language, voice.named(country)) for voice in voices),
        unit=own("ddi.unit"),
        population=method("population"),
        kind=own("ddi.kind"),
        time=own("ddi.time"),
        method=tuple((tag, method(name)) for name, tag in METHOD.items()),
        precision=method("size_and_precision"),
        variables=tuple(_variables(voices, wave)),
    )
    return write_ddi(book)


def _page(work: Work) -> str:
    return f"{work.address}/{work.language}/opinion.html" if work.address else ""


def _said(voices: Sequence[Voice], key: str) -> Iterator[tuple[str, str]]:
    """Give what the case says of something in each language that it says it in."""
    for voice in voices:
        if text := voice.edition.lexicon.get(key, {}).get(voice.language, ""):
            yield voice.language, text


def _variables(voices: Sequence[Voice], wave: str) -> Iterator[Variable]:
    rows = [row for row in voices[0].edition.rows(ESTIMATES) if str(row["wave"]) == wave and row["domain"] == "all"]
    for item in dict.fromkeys(row["wave_item"] for row in rows):
        answers = [row for row in rows if row["wave_item"] == item]
        yield Variable(
            name=str(item),
            label=tuple(_said(voices, f"wave-item:{wave}.{item}")),
            wording=tuple(_said(voices, f"wave-wording:{wave}.{item}")),
            valid=answers[0]["n"],
            categories=tuple(_category(voices, f"wave-option:{wave}.{item}.{one['option']}", one) for one in answers),
        )


def _category(voices: Sequence[Voice], key: str, row: Row) -> Category:
    return Category(code=str(row["option"]), label=tuple(_said(voices, key)), share=row["estimate"])
