"""The figure of the map of members on a page: drawings, legend, sentence, notes, and the table behind it."""

from __future__ import annotations

from markupsafe import Markup

from shteg.publish.drawing.map import CLASSES, StanceClass, legend_swatch
from shteg.publish.drawing.members_map import MembersMap, draw_members
from shteg.publish.html.naming import member_link
from shteg.publish.printed import Voice
from shteg.publish.table_markup import table_markup
from shteg.report.edition_view import subject
from shteg.report.language.tables import make_table

PLACE = "members-map"


def members_map(voice: Voice) -> Markup:
    """Draw the map with legend and notes; empty if the members have no shape (a made-up world)."""
    found = draw_members(voice)
    if found is None:
        return Markup()
    title = voice.t("members.map.title")
    return Markup(
        '<figure class="figure map" id="{}"><figcaption><span class="kind">{}</span>'
        '<span class="head">{}</span></figcaption><div class="plot mapped" tabindex="0" role="group" aria-label="{}" '
        'data-how="{}">{}{}</div>{}<p class="says">{}</p><p class="note">{}{}</p>'
        '<details class="figures"><summary>{}</summary>{}</details></figure>'
    ).format(
        PLACE,
        voice.t("figure"),
        title,
        title,
        voice.t("members.map.how"),
        found.drawing,
        found.phone,
        _legend(voice, found.classes),
        voice.figured(found.sentence),
        Markup("{}<br>").format(found.note) if found.note else "",
        voice.t("members.map.note"),
        voice.t("figure.table"),
        _table(voice, found),
    )


def _table(voice: Voice, found: MembersMap) -> Markup:
    """Print what stands behind the map: a row for each member, which leads to its page."""
    heads = [voice.t("column.member"), voice.t("column.support"), voice.text("chart.column.interval")]
    cells = [
        (member_link(voice, subject(value, "member")), voice.value(value), voice.bare_interval(value))
        for value in found.rows
    ]
    return table_markup(make_table(voice.t("members.map.title"), heads, cells, (1, 2)), PLACE, voice.t, named=True)


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
