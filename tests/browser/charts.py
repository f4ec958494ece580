"""Measure every word and mark of every chart on a page against its frame, in the fonts that a reader may have.

`python -m tests.browser.charts SITE` measures a whole site in every width and font, and prints what stands out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

WIDTHS = (360, 390, 768, 1280, 1920)
FONTS = ("DejaVu Sans", "Liberation Sans", "Lato")
"""Wide, as wide as Arial, narrow."""
SMALLEST = 11.0
"""Pixels of letters on the screen, at any width."""
USED = 0.85
"""Part of its frame that what a chart draws spans."""

HAS_FONT = """font => {
  const pen = document.createElement('canvas').getContext('2d');
  const wide = family => { pen.font = `40px ${family}`; return pen.measureText('Wmil09 ëç').width; };
  return ['monospace', 'serif'].some(other => wide(`'${font}', ${other}`) !== wide(other));
}"""

SET_FONT = """font => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { --sans: '${font}'; --serif: '${font}'; }`);
  document.adoptedStyleSheets = [sheet];
  document.querySelectorAll('details').forEach(one => { one.open = false; });
}"""

MEASURE = """([smallest, used]) => {
  const found = [];
  let words = 0;
  for (const figure of document.querySelectorAll('figure.figure')) {
    const name = figure.id, plot = figure.querySelector('.plot');
    const tell = what => found.push(`${name}: ${what}`);
    const drawings = [...plot.querySelectorAll('svg')];
    const shown = drawings.filter(one => one.getBoundingClientRect().width > 0);
    if (drawings.length !== 2 || shown.length !== 1) {
      tell(`${shown.length} of ${drawings.length} drawings shown`);
      continue;
    }
    const svg = shown[0], frame = svg.getBoundingClientRect(), room = plot.getBoundingClientRect();
    if (plot.scrollWidth > plot.clientWidth + 1) { tell('scrolls'); }
    const edge = Math.min(room.right, document.documentElement.clientWidth);
    if (frame.right > edge + 1) { tell('is wider than its room'); }
    const scale = frame.width / svg.viewBox.baseVal.width;
    const outside = box => box.left < frame.left - 0.5 || box.right > frame.right + 0.5
      || box.top < frame.top - 0.5 || box.bottom > frame.bottom + 0.5;
    const texts = [...svg.querySelectorAll('text')].filter(one => one.textContent.trim());
    const boxes = texts.map(one => one.getBoundingClientRect());
    let left = frame.right, right = frame.left;
    texts.forEach((text, at) => {
      words += 1;
      if (outside(boxes[at])) { tell(`“${text.textContent}” leaves its drawing`); }
      const size = parseFloat(getComputedStyle(text).fontSize) * scale;
      if (size < smallest - 0.01) { tell(`“${text.textContent}” is ${size.toFixed(1)} px`); }
      for (let other = 0; other < at; other += 1) {
        const one = boxes[at], two = boxes[other];
        const across = Math.min(one.right, two.right) - Math.max(one.left, two.left);
        const down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
        if (across > 1 && down > 3) { tell(`“${text.textContent}” runs over “${texts[other].textContent}”`); }
      }
      left = Math.min(left, boxes[at].left); right = Math.max(right, boxes[at].right);
    });
    for (const mark of svg.querySelectorAll('path, rect, line, circle, polygon')) {
      if (mark.closest('[clip-path], defs')) { continue; }
      const box = mark.getBoundingClientRect();
      if (box.width === 0 && box.height === 0) { continue; }
      if (outside(box)) { tell(`a ${mark.tagName} (row ${mark.getAttribute('data-row')}) leaves its drawing`); }
      left = Math.min(left, box.left); right = Math.max(right, box.right);
    }
    if (!plot.classList.contains('mapped') && right - left < used * frame.width) { tell('leaves its frame empty'); }
    const most = svg.classList.contains('phone') ? 480 : 782;
    if (frame.width < used * Math.min(room.width, most)) { tell('does not use its room'); }
  }
  return {found, words};
}"""


def with_charts(site: Path) -> list[Path]:
    """Give the pages of a site that have charts."""
    return [
        page for page in sorted(site.glob("*/*.html")) if '<figure class="figure' in page.read_text(encoding="utf-8")
    ]


def measured(page: Page, widths: Iterable[int] = WIDTHS, fonts: Iterable[str] = FONTS) -> Iterator[tuple[str, int]]:
    """Measure an open page in each font and width: what is wrong, and how many words were looked at."""
    for font in fonts:
        page.evaluate(SET_FONT, font)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            told: dict[str, Any] = page.evaluate(MEASURE, [SMALLEST, USED])
            for one in told["found"]:
                yield f"{width} px, {font}: {one}", 0
            yield "", told["words"]


def main(site: Path) -> int:
    """Measure a whole site."""
    wrong = words = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for font in FONTS:
            if not page.evaluate(HAS_FONT, font):
                sys.stdout.write(f"{font} is not installed\n")
                wrong += 1
        pages = with_charts(site)
        for path in pages:
            page.goto(path.as_uri())
            for problem, looked_at in measured(page):
                words += looked_at
                if problem:
                    wrong += 1
                    sys.stdout.write(f"{path.relative_to(site)}: {problem}\n")
        browser.close()
    sys.stdout.write(f"{len(pages)} pages with charts, {words} words measured, {wrong} wrong\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
