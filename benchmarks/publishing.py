"""Sixty plain pages by shteg's page machinery against a bare loop of markdown-it and Jinja2, Pelican, MkDocs-Material.

    python benchmarks/publishing.py [--smoke] [--repeats N] [--peers PYTHON]

The same Markdown for all, no figure and no chart in it. Ours does what it does with every page: reads the text with the
ids of its blocks, puts navigation, languages, machine-readable description and licence around it, links the terms of
the glossary, writes the script of provenance, and reads every finished page again (figures and addresses). The bare
loop renders and writes. Both in one process, with templates compiled; then each, and the two programs, as a process of
its own from its start to the last page. Each time is the least of the repeats.

Prints one JSON line and appends it to benchmarks/results/publishing.jsonl (not with --smoke). Ends with an error if the
budget is not kept. What is not installed is left out, and the line says so: the extra `shteg[bench]` brings Pelican and
MkDocs-Material, or `--peers` names another Python that has them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from peers.pages import make_texts, plain_markdown, write_bare

BUDGET = 3.0  # times the bare loop
PAGES, SECTIONS = 60, 8
RESULTS = Path(__file__).parent / "results" / "publishing.jsonl"
PEERS = {"pelican": "pelican", "mkdocs_material": "material"}
"""What the line calls a program, and a module that only it has."""
ALONE = ("shteg", "bare")


def write_ours(texts: dict[str, str], edition_folder: Path, folder: Path) -> int:
    """Make the pages as `shteg build` makes them; give the bytes written."""
    from shteg.publish.html.figures import Figures
    from shteg.publish.html.page import Material, Page
    from shteg.publish.html.reread import require_allowed_addresses, require_same_values
    from shteg.publish.language import ALL_PAGES, nothing_collected, write_page
    from shteg.publish.pages.texts import text_parts
    from shteg.publish.printed import Voice
    from shteg.report import open_edition, parse_document, resolve
    from shteg.report.text.read import read_document

    read_document.cache_clear()  # each repeat reads the texts anew
    edition = open_edition(edition_folder)
    voice = Voice(edition, "en")
    with nothing_collected():
        documents = {
            name: resolve(parse_document(text, language="en", name=name), edition) for name, text in texts.items()
        }
        figures = Figures(voice=voice, cache=edition_folder.parent / "templates")
        material = Material(voice=voice, figures=figures, texts=documents, edition_path="../edition")
        listed = tuple(page for page in ALL_PAGES if page.place or page.group)
        paths = []
        for name in texts:
            page = Page(
                slug=name,
                template="report",
                context=lambda given, name=name: {"parts": text_parts(given, name, name), "references": []},
                title=lambda given, name=name: given.title_of(name),
                deck=lambda given, name=name: given.description_of(name),
            )
            write_page(page, material, listed, folder)
            paths.append(folder / f"{name}.html")
        require_same_values(paths, voice)
        require_allowed_addresses(paths)
    return sum(path.stat().st_size for path in paths)


def make_edition(place: Path) -> Path:
    """Build the edition of the made-up case, with the stages that are kept."""
    from shteg.edition import Options, build_edition
    from shteg.evidence import find_case, read_case
    from shteg.keeping import user_cache

    cache = user_cache(sys.platform, os.environ)
    return build_edition(read_case(find_case("demo")), place / "edition", Options(cache=cache))


def least(repeats: int, work: Callable[[Path], Any]) -> tuple[float, float, Any]:
    """Least seconds of the clock and of the processor, each into a folder of its own, and what the last gave."""
    clock, processor, made = [], [], None
    for _ in range(repeats):
        with TemporaryDirectory() as folder:
            begun, used = perf_counter(), process_time()
            made = work(Path(folder))
            clock.append(perf_counter() - begun)
            processor.append(process_time() - used)
    return min(clock), min(processor), made


def run(command: list[str], folder: Path, pages: int) -> None:
    """Run a program that is to make so many pages in a folder."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [path for path in folder.rglob("*.html") if "plain-" in path.as_posix()]
    if done.returncode or len(found) < pages:
        raise SystemExit(f"{' '.join(command)} made {len(found)} of {pages} pages:\n{done.stderr[-1000:]}")


def has(python: str, module: str) -> bool:
    """Tell whether a Python has a module."""
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def prepare_peers(texts: dict[str, str], place: Path) -> None:
    """Write the same pages and the least settings for Pelican and MkDocs."""
    for folder in ("pelican", "docs"):
        (place / folder).mkdir()
    for slug, text in texts.items():
        title, description, body = plain_markdown(text)
        head = f"Title: {title}\nDate: 2026-12-01\nSlug: {slug}\nSummary: {description}\n\n"
        (place / "pelican" / f"{slug}.md").write_text(head + body, encoding="utf-8")
        (place / "docs" / f"{slug}.md").write_text(f"# {title}\n\n{body}", encoding="utf-8")
    (place / "docs" / "index.md").write_text("# A site\n", encoding="utf-8")
    (place / "pelicanconf.py").write_text(
        "SITENAME, TIMEZONE, DEFAULT_LANG, FEED_ALL_ATOM = 'A site', 'UTC', 'en', None\nLOAD_CONTENT_CACHE = False\n",
        encoding="utf-8",
    )
    (place / "mkdocs.yml").write_text("site_name: A site\ntheme:\n  name: material\n", encoding="utf-8")


def commands(python: str, place: Path, out: Path) -> dict[str, list[str]]:
    """Give how each of the two is started."""
    settings = ["-s", str(place / "pelicanconf.py"), "-o", str(out), "-q"]
    return {
        "pelican": [python, "-m", "pelican", str(place / "pelican"), *settings],
        "mkdocs_material": [python, "-m", "mkdocs", "build", "-q", "-f", str(place / "mkdocs.yml"), "-d", str(out)],
    }


def time_processes(texts: dict[str, str], edition: Path, python: str, repeats: int) -> dict[str, Any]:
    """Time each way as a process of its own."""
    line: dict[str, Any] = {}
    for name in ALONE:
        here = [sys.executable, __file__, "--alone", name, "--edition", str(edition), "--pages", str(len(texts))]
        seconds, _, _ = least(repeats, lambda out, here=here: run([*here, "--out", str(out)], out, len(texts)))
        line[f"{name}_process_s"] = round(seconds, 3)
    with TemporaryDirectory() as work:
        place = Path(work)
        prepare_peers(texts, place)
        for name, module in PEERS.items():
            if not has(python, module):
                line[f"{name}_process_s"] = "left out: not installed"
                continue
            seconds, _, _ = least(
                repeats, lambda out, name=name: run(commands(python, place, out)[name], out, len(texts))
            )
            line[f"{name}_process_s"] = round(seconds, 3)
            line[f"{name}_per_shteg"] = round(seconds / line["shteg_process_s"], 2)
    return line


def main() -> None:
    """Run the bench and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="six pages, no budget, no file")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peers", default=sys.executable, help="a Python that has Pelican and MkDocs-Material")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--alone", choices=ALONE, help=argparse.SUPPRESS)
    parser.add_argument("--edition", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    texts = make_texts(6 if asked.smoke else asked.pages, SECTIONS)
    if asked.alone:
        ways: dict[str, Callable[[], int]] = {
            "shteg": lambda: write_ours(texts, asked.edition, asked.out),
            "bare": lambda: write_bare(texts, asked.out),
        }
        ways[asked.alone]()
        return
    repeats = 1 if asked.smoke else asked.repeats
    with TemporaryDirectory() as work:
        edition = make_edition(Path(work))
        with TemporaryDirectory() as warm:  # templates and imports
            write_ours(dict(list(texts.items())[:2]), edition, Path(warm))
        ours, ours_cpu, our_bytes = least(repeats, lambda out: write_ours(texts, edition, out))
        bare, bare_cpu, bare_bytes = least(repeats, lambda out: write_bare(texts, out))
        line: dict[str, Any] = {
            "bench": "publishing",
            "pages": len(texts),
            "shteg_s": round(ours, 4),
            "shteg_cpu_s": round(ours_cpu, 4),
            "shteg_bytes": our_bytes,
            "bare_s": round(bare, 4),
            "bare_cpu_s": round(bare_cpu, 4),
            "bare_bytes": bare_bytes,
            "ratio_to_bare": round(ours_cpu / bare_cpu, 2),
            **time_processes(texts, edition, asked.peers, repeats),
        }
    line |= {"load": round(os.getloadavg()[0], 1), "machine": platform.machine(), "python": platform.python_version()}
    line |= {name: version(name) for name in ("jinja2", "markdown-it-py")}
    print(json.dumps(line))
    if asked.smoke:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    if line["ratio_to_bare"] > BUDGET:
        raise SystemExit(f"{line['ratio_to_bare']} times the bare loop is over the budget of {BUDGET}")


if __name__ == "__main__":
    main()
