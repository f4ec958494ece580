"""Pictures of the case as HTML: what they show in words, who made them, under which licence, from which source."""

from __future__ import annotations

from markupsafe import Markup

from shteg.publish.printed import Voice, source_link


def picture(voice: Voice, image_id: str, edition_path: str) -> Markup:
    """Show a picture with its caption, credit, licence and source.

    Parameters
    ----------
    voice : Voice
        The language.
    image_id : str
        Of `images.toml`.
    edition_path : str
        Where the edition lies, seen from the page.

    Returns
    -------
    Markup
    """
    found = voice.edition.images[image_id]
    image = Markup('<img src="{}/{}" width="{:d}" height="{:d}" alt="{}" loading="lazy" decoding="async">').format(
        edition_path, found.file, found.width, found.height, voice.own(found.alt)
    )
    caption = Markup("{} ").format(voice.own(found.caption)) if found.caption else Markup()
    credit = Markup('<span class="credit">{} {}</span>').format(
        credit_line(voice, image_id), source_link(found.source, voice.t("image.source"))
    )
    return Markup('<figure class="figure picture">{}<figcaption>{}{}</figcaption></figure>').format(
        image, caption, credit
    )


def credit_line(voice: Voice, image_id: str) -> str:
    """Say who made a picture and under which licence it is shown."""
    found = voice.edition.images[image_id]
    return voice.t("image.credit", credit=found.credit, licence=found.licence)


def counted(voice: Voice, kind: str, number: int) -> Markup:
    """Say which figure or table of its text this is.

    Parameters
    ----------
    voice : Voice
        The language.
    kind : str
        "figure" or "table".
    number : int
        Its number.

    Returns
    -------
    Markup
    """
    return Markup('<p class="count">{}</p>').format(f"{voice.t(kind)}\u00a0{number}")
