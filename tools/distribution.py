"""Look into the wheel and the sdist before they are published: `python tools/distribution.py dist`.

With `--tag v1.2.3` it compares the tag with the version of pyproject.toml instead. Exit code 1, with the reasons.
"""

import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_WHEEL = (
    "shteg/__init__.py",
    "shteg/py.typed",
    "shteg/cases/DEFAULT",
    "shteg/cases/organisations.toml",
    "shteg/cases/demo/case.toml",
    "shteg/cases/kosovo-nato/case.toml",
    "shteg/evidence/beginning/files/case.toml",
    "shteg/evidence/beginning/phrases/sq.toml",
    "shteg/publish/assets/theme.js",
    "shteg/report/messages/sq/publish.toml",
)
IN_SDIST = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CASES", "src/shteg/py.typed", "cases/demo/case.toml")
NOT_IN = re.compile(r"(^|/)(site|\.venv|\.shteg-cache|__pycache__|\.git|\.hypothesis|\.mypy_cache|build)/|\.pyc$")
NOT_IN_WHEEL = re.compile(r"^(tests|benchmarks|docs|tools)/")
METADATA = (
    "Name: shteg",
    "Requires-Python: >=3.11",
    "License-Expression: MIT AND CC-BY-4.0",
    "Description-Content-Type:",
)


def faults_of(folder: Path) -> Iterator[str]:
    """Give what is wrong with the one wheel and the one sdist in a folder."""
    wheels, sources = sorted(folder.glob("*.whl")), sorted(folder.glob("*.tar.gz"))
    if len(wheels) != 1 or len(sources) != 1:
        yield f"{folder}: one wheel and one sdist are expected, not {len(wheels)} and {len(sources)}"
        return
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = wheel.namelist()
        yield from _lacking(wheels[0].name, names, IN_WHEEL)
        yield from (f"{wheels[0].name}: {name} does not belong in it" for name in names if NOT_IN_WHEEL.search(name))
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        text = wheel.read(metadata).decode("utf-8")
        yield from (f"{wheels[0].name}: its metadata lack “{line}”" for line in METADATA if line not in text)
        if not text.partition("\n\n")[2].strip():
            yield f"{wheels[0].name}: it has no description"
    with tarfile.open(sources[0]) as source:
        names = [one.name.partition("/")[2] for one in source.getmembers()]
        yield from _lacking(sources[0].name, names, IN_SDIST)


def _lacking(file: str, names: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    there = set(names)
    yield from (f"{file}: {name} is missing" for name in wanted if name not in there)
    yield from (f"{file}: {name} does not belong in it" for name in sorted(there) if NOT_IN.search(name))


def tag_fault(tag: str) -> str:
    """Give what is wrong with a tag; "" if it is `v` and the version of pyproject.toml."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return "" if tag == f"v{version}" else f"the tag {tag} is not v{version}, the version of pyproject.toml"


def main(words: list[str]) -> int:
    """Run, and give the exit code."""
    faults = [tag_fault(words[1])] if words[:1] == ["--tag"] else list(faults_of(Path(words[0])))
    for one in filter(None, faults):
        print(one)
    return int(any(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
