"""What readers' programs and search engines ask a site for: a feed, a map of its pages, a page for language models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from shteg.publish.citable.work import Work, work_of
from shteg.publish.html.naming import evidence_to
from shteg.publish.printed import Voice
from shteg.report.history_view import ErratumView, earlier_editions, errata, this_edition
from shteg.report.language.editions import edition_name, edition_named

FORECASTS = "ledger.forecasts"
XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def _moment(day: str) -> str:
    """Write a day as Atom writes a moment: its beginning in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _id(work: Work, edition: str) -> str:
    """Name an entry once and for all: the same edition in the same language always has the same id."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'shteg:{work.id.partition(work.edition)[0]}{edition}:{work.language}')}"


def editions(voice: Voice) -> list[tuple[str, str]]:
    """List the editions that are on record, with their days, the latest first; this one is among them."""
    case, manifest = voice.edition.case, voice.edition.manifest
    found = {manifest.edition: case.as_of}
    for row in voice.edition.rows(FORECASTS):
        if row["kind"] == "real":
            found.setdefault(str(row["edition"]), str(row["made_on"]))
    for one in earlier_editions(voice.edition):
        found.setdefault(one.edition or one.id, one.day)
    return sorted(found.items(), key=lambda item: (item[1], item[0] == manifest.edition), reverse=True)


def atom(voice: Voice) -> str:
    """Write the feed of the editions in one language.

    Parameters
    ----------
    voice : Voice

    Returns
    -------
    str
        Atom (RFC 4287); addresses are relative where the case has none.
    """
    work = work_of(voice)
    start = f"{work.address}/{work.language}/" if work.address else ""
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in work.names)
    links = f'<link rel="self" href={quoteattr(f"{start}feed.xml")}/><link href={quoteattr(f"{start}index.html")}/>'
    head = (
        f"<title>{escape(work.title)}</title><id>{_id(work, 'feed')}</id><updated>{_moment(work.day)}</updated>"
        f"{authors}{links}<rights>{escape(work.licence)}</rights>\n"
    )
    evidence = evidence_to(voice)
    entries = []
    kept = {one.edition or one.id: one for one in earlier_editions(voice.edition)}
    for edition, day in editions(voice):
        current, earlier = edition == work.edition, kept.get(edition)
        name = this_edition(voice.edition, voice.language) if current else edition
        if earlier is not None:
            name = (
                edition_named(earlier.spoken, earlier.edition, voice.language)
                if earlier.edition
                else edition_name(earlier.spoken, voice.language)
            )
        told = voice.t("feed.entry", date=voice.date(day), edition=name)
        said = voice.t("feed.current", evidence=evidence) if current and evidence else voice.t("feed.earlier")
        page = "index.html" if current else "ledger.html"
        if earlier is not None:
            page = f"../editions/{earlier.id}/{work.language}/index.html" if earlier.kept else "editions.html"
            said = voice.own(earlier.note) or voice.t("page.editions")
        entries.append(
            f"<entry><title>{escape(told)}</title><id>{_id(work, edition)}</id><updated>{_moment(day)}</updated>"
            f"<link href={quoteattr(start + page)}/><summary>{escape(said)}</summary></entry>\n"
        )
    entries += [_erratum(voice, work, start, one) for one in errata(voice.edition)]
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{work.language}">{head}{"".join(entries)}</feed>\n'
    )


def _erratum(voice: Voice, work: Work, start: str, one: ErratumView) -> str:
    """Tell of a correction: what is corrected, what was printed, what is right."""
    value = voice.edition.values.get(one.value or "")
    what = voice.what(value) if value is not None else str(one.block)
    said = voice.t("errata.feed.text", wrong=voice.own(one.wrong), right=voice.own(one.right), text=voice.own(one.text))
    return (
        f"<entry><title>{escape(voice.t('errata.feed', what=what))}</title><id>{_id(work, f'erratum:{one.id}')}</id>"
        f"<updated>{_moment(one.published_on)}</updated>"
        f"<link href={quoteattr(f'{start}errata.html#erratum-{one.id}')}/><summary>{escape(said)}</summary></entry>\n"
    )


def sitemap(address: str, languages: Sequence[str], slugs: Sequence[str], day: str) -> str:
    """Write the map of a site: every page in every language, each with its translations.

    Parameters
    ----------
    address : str
        Of the site, without a slash at its end.
    languages, slugs : sequence of str
        Of the pages.
    day : str
        ISO date of the edition.

    Returns
    -------
    str
        XML of sitemaps.org, with the links of translations.
    """
    pages = []
    for slug in slugs:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{one}" href={quoteattr(f"{address}/{one}/{slug}.html")}/>'
            for one in languages
        )
        pages += [
            f"<url><loc>{escape(f'{address}/{one}/{slug}.html')}</loc><lastmod>{day}</lastmod>{others}</url>\n"
            for one in languages
        ]
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f"{XML}<urlset {spaces}>\n{''.join(pages)}</urlset>\n"


def robots(address: str) -> str:
    """Allow every robot every page, and say where the map of the site is."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {address}/sitemap.xml\n"


def llms_text(voices: Sequence[Voice], edition_path: str) -> str:
    """Write what a language model is to know: what this is, how to quote it, where pages and data lie.

    Parameters
    ----------
    voices : sequence of Voice
        The languages of the publication, in its order.
    edition_path : str
        Folder of the edition, seen from the folder of the site.

    Returns
    -------
    str
        Markdown, as llmstxt.org proposes.
    """
    parts = []
    for voice in voices:
        work, t = work_of(voice), voice.t
        start = f"{work.address}/" if work.address else ""
        pages = {"report": "page.report", "path": "page.path", "members": "page.members", "skill": "page.skill"}
        links = [(f"{start}{work.language}/{slug}.html", t(key)) for slug, key in pages.items()]
        links.append((f"{start}{work.language}/values.html", t("page.values")))
        data = [(f"{start}{edition_path}/{name}", name) for name in ("values.json", "datapackage.json")]
        lines = [f"- [{words}]({place})" for place, words in (*links, *data)]
        parts.append("\n".join((f"# {work.title}", "", f"> {t('llms.about')}", "", t("llms.quote"), "", *lines, "")))
        parts.append(f"{t('data.cite')}: {work.cited}\n")
    return "\n".join(parts)
