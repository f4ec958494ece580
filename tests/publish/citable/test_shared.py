"""Pictures for sharing: each page has one that exists, no word leaves it, and packing changes no dot."""

import re
import struct
import zlib
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shteg.publish.drawing.png import packed
from shteg.publish.drawing.share import HEIGHT, MARGIN, WIDTH, Shared, draw_share, share_picture
from shteg.publish.html.naming import site_address
from shteg.report import EditionView
from shteg.report.layout.lettering import width_of

LINE = re.compile(r'<text x="(\d+)" y="([\d.]+)" font-size="(\d+)" fill="#\w+"( font-weight="700")?>([^<]*)</text>')
WORDS = st.lists(st.text("aëçWi-(,", min_size=1, max_size=14), max_size=60).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(publisher=WORDS, title=WORDS.filter(bool), deck=WORDS, foot=WORDS)
def test_no_word_leaves_the_picture(publisher: str, title: str, deck: str, foot: str) -> None:
    lines = LINE.findall(draw_share(Shared(publisher=publisher, title=title, deck=deck, foot=foot)))
    assert len(lines) >= 3
    heights = [float(at) for _, at, *_ in lines]
    assert max(heights[1:-1]) <= 540
    assert sorted(heights) == heights
    for _, _, size, bold, text in lines:
        assert width_of(unescape(text), float(size), bold=bool(bold)) <= WIDTH - 2 * MARGIN


def test_what_is_left_out_is_seen_to_be_left_out() -> None:
    words = Shared(publisher="Instituti", title="Rruga drejt anëtarësimit", deck="çështje, " * 80, foot="2026")
    shown = [text for *_, text in LINE.findall(draw_share(words))]
    assert [text for text in shown if text.endswith("…")] == [shown[-2]]
    assert ",…" not in shown[-2]
    assert shown[1] == "Rruga drejt anëtarësimit"


def dots_of(png: bytes) -> bytes:
    at, found = 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        assert struct.unpack_from(">I", png, at + 8 + length)[0] == zlib.crc32(png[at + 4 : at + 8 + length])
        found += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(found)


def test_packing_changes_no_dot() -> None:
    import vl_convert

    svg = draw_share(Shared(publisher="Instituti", title="Rruga", deck="Hapat e mbetur", foot="2026"))
    drawn = bytes(vl_convert.svg_to_png(svg, scale=1.0, ppi=72))
    assert dots_of(packed(drawn)) == dots_of(drawn)
    assert len(packed(drawn)) < len(drawn) / 2
    picture = share_picture(Shared(publisher="Instituti", title="Rruga", deck="Hapat e mbetur", foot="2026"))
    assert dots_of(picture) == dots_of(drawn)


@pytest.mark.parametrize("language", ["en", "sq"])
def test_every_page_names_a_picture_that_exists(site: Path, edition: EditionView, language: str) -> None:
    address = re.escape(site_address(edition))
    named = {}
    for page in (site / language).glob("*.html"):
        if page.stem.startswith("embed-"):
            continue
        found = re.findall(rf'property="og:image" content="{address}/([^"]+)"', page.read_text("utf-8"))
        assert len(found) == 1, page
        named[page.stem] = found[0]
        head = (site / found[0]).read_bytes()[:24]
        assert struct.unpack(">II", head[16:24]) == (WIDTH, HEIGHT)
    assert named["members"] == f"{language}/share/members.png"
    assert len(set(named.values())) == len(list((site / language / "share").iterdir())) > 20
