"""How heavy the pages of a site are, and whether each stays under the bound without its chart data.

    python tools/page_weight.py SITE [--all]

Chart data are the drawings that stand in a page and the tables of the figures behind them; all else counts. Prints the
heaviest pages (all with `--all`): bytes without both, without the drawings alone, and as they are. Exit code 1
if a page is over the bound.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MOST = 300_000
"""Bytes of a page without its chart data."""
SHOWN = 12
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_BEHIND = re.compile(r'<details class="figures".*?</details>', re.DOTALL)


class Weight(NamedTuple):
    """Bytes of a page: without its chart data, without its drawings, as it is; and where it lies."""

    bare: int
    undrawn: int
    whole: int
    page: Path


def weigh(page: Path) -> Weight:
    """Weigh a page."""
    text = page.read_text(encoding="utf-8")
    undrawn = _DRAWING.sub("", text)
    bare = _BEHIND.sub("", undrawn)
    return Weight(*(len(one.encode()) for one in (bare, undrawn, text)), page)


def weigh_site(site: Path) -> Iterator[Weight]:
    """Weigh every page of a site, the first page and those of each language."""
    for page in sorted((*site.glob("*.html"), *site.glob("*/*.html"))):
        yield weigh(page)


def main(arguments: list[str]) -> int:
    """Print the heaviest pages; 1 if one is over the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("--all", action="store_true", help="every page")
    asked = parser.parse_args(arguments)
    found = sorted(weigh_site(asked.site), reverse=True)
    if not found:
        print(f"{asked.site} holds no pages")
        return 1
    for one in found if asked.all else found[:SHOWN]:
        mark = " OVER" if one.bare > MOST else ""
        print(f"{one.bare:>9,} {one.undrawn:>9,} {one.whole:>9,}  {one.page.relative_to(asked.site)}{mark}")
    over = sum(one.bare > MOST for one in found)
    print(f"{len(found)} pages, {over} over {MOST:,} bytes without chart data")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
