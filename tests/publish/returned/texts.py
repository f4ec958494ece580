"""A text with every form that a text may have, in two languages, for the made-up case (`forms-<language>.md`)."""

from pathlib import Path

FORMS = {
    path.stem.removeprefix("forms-"): path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).parent.glob("forms-*.md"))
}
