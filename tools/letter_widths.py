"""Measure letters in the fonts that a reader's machine may put in place of ours, and write the widest of each.

Charts are drawn on one machine and read on another, so the room of a label is that of the widest font. Run with
Chromium and the fonts below: `python -m tools.letter_widths`; it re-writes `src/shteg/report/layout/letters.toml`.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path

from playwright.sync_api import sync_playwright

FONTS = ("DejaVu Sans", "Liberation Sans", "Lato")
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x1C4, 0x1CC), (0x218, 0x21B), (0x386, 0x3CE), (0x400, 0x45F), (0x2010, 0x2026))
MORE = "\u2030\u2032\u2033\u2039\u203a\u20ac\u2190\u2192\u2191\u2193\u2212\u2248\u2264\u2265\u00d7"
STEP = 2
"""Widths are rounded up to so many hundredths of the size of the letters."""
OUT = Path(__file__).parents[1] / "src" / "shteg" / "report" / "layout" / "letters.toml"
MEASURE = """([letters, fonts]) => {
  const pen = document.createElement('canvas').getContext('2d');
  const widest = weight => letters.map(letter => Math.max(...fonts.map(font => {
    pen.font = `${weight} 1000px "${font}"`; return pen.measureText(letter).width; })));
  return {plain: widest('400'), bold: widest('700')};
}"""


def main() -> None:
    """Write the table."""
    letters = [chr(code) for first, last in RANGES for code in range(first, last + 1)] + list(MORE)
    letters = [letter for letter in letters if letter.isprintable() or letter == "\xa0"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for font in FONTS:
            assert page.evaluate("font => document.fonts.check(`12px '${font}'`)", font), font
        found = page.evaluate(MEASURE, [letters, list(FONTS)])
        browser.close()
    lines = [
        "# How wide a letter is in the widest of DejaVu Sans, Liberation Sans and Lato, in hundredths of its size.",
        "# Written by `python -m tools.letter_widths`.",
    ]
    for weight in ("plain", "bold"):
        groups: dict[int, str] = {}
        for letter, width in zip(letters, found[weight], strict=True):
            wide = ceil(width / 10 / STEP) * STEP
            groups[wide] = groups.get(wide, "") + letter
        lines += ["", f"[{weight}]"]
        for wide, group in sorted(groups.items()):
            written = group.replace("\\", "\\\\").replace('"', '\\"').replace("\xa0", "\\u00A0")
            lines.append(f'{wide} = "{written}"')
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
