"""The map of members by stance, for pages and for paper."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from shteg.publish.drawing.map import (
    CLASSES,
    PAPER_STYLE,
    StanceClass,
    can_be_drawn,
    class_of,
    draw_map,
    legend_swatch,
    without_shape,
)
from shteg.publish.printed import Voice
from shteg.report.edition_view import subject

MARK = "*"
"""Stands beside the name of the aspirant where the case asks for it, and before the note that it leads to."""
SUPPORT = "values/value.stance.support"
"""What is counted in the sentence of the map."""


def _classes(voice: Voice) -> dict[str, StanceClass]:
    return {
        subject(value, "member"): class_of(float(value.number))
        for value in voice.edition.select("value.stance.support")
        if not isinstance(value.number, str)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    drawing: Markup
    sentence: str
    note: str
    classes: frozenset[StanceClass]


def _draw(voice: Voice) -> _Map | None:
    members = {row["member"] for row in voice.edition.rows("evidence.members")}
    classes = {code: name for code, name in _classes(voice).items() if code in members}
    subject = voice.edition.case.aspirant
    if not classes or not can_be_drawn(frozenset(classes), subject):
        return None
    unlikely = [code for code, name in classes.items() if name in ("unclear", "against")]
    sentence = _sentence(voice, unlikely)
    case = voice.edition.case
    footnote = voice.own(case.note_in(voice.language))
    star = MARK if case.marks_note(voice.language) else ""
    small = sorted((voice.named(f"member:{one}") for one in without_shape(frozenset(classes))), key=voice.sort_key)
    notes = [f"{star} {footnote}".strip()] if star else []
    notes += [voice.t("members.map.small", names=", ".join(small))] if small else []
    names = {code: voice.named(f"country:{code}") for code in unlikely}
    names[subject] = marked_name(voice) if star else voice.named(f"country:{subject}")
    return _Map(
        drawing=draw_map(classes, subject=subject, names=names, sentence=sentence, language=voice.language),
        sentence=sentence,
        note=" ".join(notes),
        classes=frozenset(classes.values()),
    )


def marked_name(voice: Voice) -> str:
    """Name the aspirant with the mark that leads to the note."""
    return voice.named(f"country:{voice.edition.case.aspirant}").removesuffix(MARK) + MARK


def _sentence(voice: Voice, unlikely: list[str]) -> str:
    count = voice.counted(SUPPORT)
    if not unlikely:
        return voice.t("members.map.sentence-none", count=count)
    shown = sorted((voice.named(f"member:{code}") for code in unlikely), key=voice.sort_key)
    return voice.t(
        "members.map.sentence",
        count=count,
        high=voice.counted(SUPPORT, "number>=0.5"),
        low=voice.counted(SUPPORT, "number<0.5"),
        names=", ".join(shown),
    )


def members_map(voice: Voice) -> Markup:
    """Draw the map with legend and notes; empty if the members have no shape (a made-up world)."""
    found = _draw(voice)
    if found is None:
        return Markup()
    return Markup(
        '<figure class="figure map" id="members-map"><figcaption><span class="kind">{}</span>'
        '<span class="head">{}</span></figcaption><div class="plot mapped">{}</div>{}<p class="says">{}</p>'
        '<p class="note">{}{}</p></figure>'
    ).format(
        voice.t("figure"),
        voice.t("members.map.title"),
        found.drawing,
        _legend(voice, found.classes),
        voice.figured(found.sentence),
        Markup("{}<br>").format(found.note) if found.note else "",
        voice.t("members.map.note"),
    )


def paper_map(voice: Voice) -> tuple[str, str, str, str] | None:
    """Draw the map for paper: drawing, title, sentence, note; None if the members have no shape."""
    found = _draw(voice)
    if found is None:
        return None
    svg = str(found.drawing).replace("<defs>", f"<defs><style>{PAPER_STYLE}</style>", 1)
    return svg, voice.t("members.map.title"), found.sentence, f"{found.note} {voice.t('members.map.note')}".strip()


def _legend(voice: Voice, used: frozenset[StanceClass]) -> Markup:
    half, most, least = (voice.percent(share) for share in (0.5, 0.9, 0.1))
    words = {
        "support": voice.t("members.class.support", share=most),
        "open": voice.t("members.class.open", low=half, high=most),
        "unclear": voice.t("members.class.unclear", low=least, high=half),
        "against": voice.t("members.class.against", share=least),
    }
    items = [Markup("<li>{}{}</li>").format(legend_swatch(name), words[name]) for name in CLASSES if name in used]
    return Markup('<p class="label">{}</p><ul class="legend">{}</ul>').format(
        voice.t("column.support"), Markup().join(items)
    )
