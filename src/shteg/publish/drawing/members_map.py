"""The map of members by stance, for pages and for paper."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.drawing.map import (
    PAPER_STYLE,
    PHONE,
    WIDE,
    Sheet,
    StanceClass,
    can_be_drawn,
    class_of,
    draw_map,
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
class MembersMap:
    """A map with all that stands beside it; `rows` are the values that it shows, one for each member."""

    drawing: Markup
    phone: Markup
    rows: tuple[Value, ...]
    sentence: str
    note: str
    classes: frozenset[StanceClass]


def draw_members(voice: Voice) -> MembersMap | None:
    """Draw the map for a page and for a phone, once for a language; None if the members have no shape."""
    return voice.edition.once(("map of members", voice.language), lambda: _draw_members(voice))


def _draw_members(voice: Voice) -> MembersMap | None:
    members = {row["member"] for row in voice.edition.rows("evidence.members")}
    classes = {code: name for code, name in _classes(voice).items() if code in members}
    aspirant = voice.edition.case.aspirant
    if not classes or not can_be_drawn(frozenset(classes), aspirant):
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
    names[aspirant] = marked_name(voice) if star else voice.named(f"country:{aspirant}")
    rows = _rows(voice, frozenset(classes))
    place = {one: at for at, (one, _) in enumerate(rows)}

    def draw(sheet: Sheet) -> Markup:
        return draw_map(
            classes,
            subject=aspirant,
            names=names,
            sentence=sentence,
            language=voice.language,
            sheet=sheet,
            rows=place,
        )

    return MembersMap(
        drawing=draw(WIDE),
        phone=draw(PHONE),
        rows=tuple(value for _, value in rows),
        sentence=sentence,
        note=" ".join(notes),
        classes=frozenset(classes.values()),
    )


def marked_name(voice: Voice) -> str:
    """Name the aspirant with the mark that leads to the note."""
    return voice.named(f"country:{voice.edition.case.aspirant}").removesuffix(MARK) + MARK


def _rows(voice: Voice, codes: frozenset[str]) -> list[tuple[str, Value]]:
    """Give what the map shows of each member, the most favourable first."""
    found = [(subject(value, "member"), value) for value in voice.edition.select("value.stance.support")]
    ours = [(code, value) for code, value in found if code in codes]
    return sorted(ours, key=lambda pair: (-float(pair[1].number), voice.sort_key(voice.named(f"member:{pair[0]}"))))


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


def paper_map(voice: Voice) -> tuple[str, str, str, str] | None:
    """Draw the map for paper: drawing, title, sentence, note; None if the members have no shape."""
    found = draw_members(voice)
    if found is None:
        return None
    svg = str(found.drawing).replace("<defs>", f"<defs><style>{PAPER_STYLE}</style>", 1)
    return svg, voice.t("members.map.title"), found.sentence, f"{found.note} {voice.t('members.map.note')}".strip()
