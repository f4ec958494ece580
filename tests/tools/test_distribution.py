"""What is published: wheel and sdist hold what they must, the container names what exists, the workflow is tight."""

import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_sdist, build_wheel
from tools.distribution import IN_SDIST, IN_WHEEL, faults_of, main, tag_fault

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the sdist of this copy of the source."""
    folder = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        build_wheel(str(folder))
        build_sdist(str(folder))
    return folder


def test_wheel_and_sdist_hold_what_they_must_and_nothing_else(dist: Path) -> None:
    assert list(faults_of(dist)) == []
    assert main([str(dist)]) == 0
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {
        f"shteg/{path.relative_to(ROOT / 'src/shteg').as_posix()}" for path in (ROOT / "src/shteg").rglob("*.py")
    } <= names
    cases = {f"shteg/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "cases").rglob("*") if path.is_file()}
    assert cases <= names


def test_what_is_missing_or_too_much_is_told(dist: Path, tmp_path: Path) -> None:
    assert "one wheel and one sdist" in next(faults_of(tmp_path))
    with zipfile.ZipFile(tmp_path / "shteg-0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("shteg-0.dist-info/METADATA", "Name: shteg\n\n")
        wheel.writestr("tests/test_x.py", "")
        wheel.writestr("site/index.html", "")
    with tarfile.open(tmp_path / "shteg-0.tar.gz", "w:gz"):
        pass
    told = "\n".join(faults_of(tmp_path))
    for one in (
        *IN_WHEEL,
        *IN_SDIST,
        "tests/test_x.py does not belong",
        "site/index.html does not belong",
        "no description",
    ):
        assert one in told


def test_a_tag_is_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert tag_fault(f"v{version}") == ""
    assert main(["--tag", "v99.0.0"]) == 1


def test_the_container_copies_files_that_exist_and_runs_without_rights() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINER, re.MULTILINE)
    files = [name for line in copied for name in line.split()]
    assert {"constraints.txt", "pyproject.toml", "src", "cases"} <= {name.removeprefix("./") for name in files}
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for name in files:
        assert (ROOT / name).exists(), name
        assert f"!{name.removeprefix('./')}\n" in allowed
    assert "--require-hashes -r constraints.txt" in CONTAINER
    assert re.search(r"^USER \d+$", CONTAINER, re.MULTILINE)
    assert 'ENTRYPOINT ["shteg"]' in CONTAINER
    last = CONTAINER[CONTAINER.rindex("FROM ") :]
    assert "python:3.11-slim" in last


def test_the_container_has_what_builds_the_wheel() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert re.search(r"^hatchling==", pinned, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = [project["project"]["readme"], *project["project"]["license-files"]]
    assert all(re.search(rf"^COPY .*\b{re.escape(name)}\b", CONTAINER, re.MULTILINE) for name in named)


def test_the_workflow_publishes_with_no_secret_and_least_rights() -> None:
    assert "secrets." not in WORKFLOW
    assert "password" not in re.sub(r"#.*", "", WORKFLOW)
    assert re.search(r"^permissions: \{\}$", WORKFLOW, re.MULTILINE)
    assert WORKFLOW.count("id-token: write") == 1
    assert all(re.fullmatch(r"v\d+\.\d+\.\d+", version) for version in re.findall(r"uses: \S+@(\S+)", WORKFLOW))
    jobs = re.findall(r"^  (\w+):\n(?:    .*\n)*?    needs: (\w+)$", WORKFLOW, re.MULTILINE)
    assert jobs == [("check", "build"), ("publish", "check")]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"run: make (.+)$", WORKFLOW, re.MULTILINE)[0].split()) <= targets
    for file in re.findall(r"tools/\w+\.py", WORKFLOW):
        assert (ROOT / file).is_file()
