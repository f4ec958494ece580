"""`make golden`: write the values of the made-up case on purpose; a test run never does."""

import json
import tempfile
from pathlib import Path

from shteg.edition import Options, build_edition
from shteg.evidence import find_case, read_case

GOLDEN = Path(__file__).parent / "demo_values.json"


def demo_values(folder: Path) -> dict[str, dict[str, object]]:
    """Build the edition of the made-up case in `folder` and give number, interval, unit and label of each value."""
    edition = build_edition(read_case(find_case("demo")), folder / "edition", Options())
    values = json.loads((edition / "values.json").read_text(encoding="utf-8"))
    return {value["id"]: {key: value[key] for key in ("number", "low", "high", "unit", "label")} for value in values}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        found = demo_values(Path(work))
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
