"""Pictures of the front page for README: each language, on a desktop and on a phone.

    python tools/screenshots.py SITE [FOLDER]

SITE is what `shteg build` wrote, FOLDER (docs/pictures if left out) where the PNG go. Nothing but files is opened:
every other request is refused, and makes the run fail.
"""

import argparse
import sys
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def take(site: Path, folder: Path) -> list[Path]:
    """Take the pictures of a site.

    Parameters
    ----------
    site : Path
        With a folder for each language.
    folder : Path
        Made if it is not there.

    Returns
    -------
    list of Path
        `front-<language>-<screen>.png`.
    """
    from playwright.sync_api import Route, sync_playwright

    pages = sorted(site.glob("*/index.html"))
    if not pages:
        sys.exit(f"{site} holds no publication: run `shteg build` first")
    refused: list[str] = []

    def only_files(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        for screen, size in SCREENS.items():
            context = browser.new_context(viewport=size, color_scheme="light", reduced_motion="reduce")
            page = context.new_page()
            page.route("**/*", only_files)
            for path in pages:
                page.goto(path.absolute().as_uri())
                made.append(folder / f"front-{path.parent.name}-{screen}.png")
                page.screenshot(path=made[-1])
            context.close()
        browser.close()
    if refused:
        sys.exit(f"the site asked for {', '.join(sorted(set(refused)))}")
    return made


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/pictures"))
    given = parser.parse_args()
    for path in take(given.site, given.folder):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
