"""`values`, `doctor`, `cache` and `completion`."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from shteg.cli.app import COMMANDS, group
from shteg.cli.completing import light_group
from shteg.cli.completing.table import describe
from shteg.cli.start import libraries, machine, programs
from shteg.cli.start.completion import SHELLS
from shteg.cli.start.kept_files import KINDS, kept_in, spoken_size
from shteg.cli.start.verdict import BROKEN, MISSING
from tests.cli.in_process import assert_plain_error, run

HEX = "0123456789abcdef" * 4


def test_values_of_a_pattern_say_how_they_are_written(kept: Path) -> None:
    done = run("values", "demo", "survey.wave.2025.joining.*", "--stage", "survey", "--cache", kept)
    assert done.returncode == 0, done.stderr
    assert "{{ value.survey.wave.2025.joining.all|range }}" in done.stdout
    assert "Should Torvale join the Compact?" in done.stdout
    assert "trust" not in done.stdout


def test_values_as_json_hold_number_interval_label_and_stage(kept: Path) -> None:
    done = run("values", "demo", "case.*", "--stage", "case", "--json", "--cache", kept)
    found = json.loads(done.stdout)
    assert found
    assert {one["stage"] for one in found} == {"case"}
    assert {"key", "number", "unit", "low", "high", "label", "says", "write"} <= found[0].keys()


def test_a_value_as_it_stands_in_a_text_is_found(kept: Path) -> None:
    done = run("values", "demo", "{{ value.survey.wave.2025.joining.all|range }}", "--stage", "survey", "--cache", kept)
    assert done.stdout.startswith("survey.wave.2025.joining.all\n")


def test_no_value_names_the_nearest(kept: Path) -> None:
    words = ("--stage", "survey", "--cache", kept)
    assert_plain_error(run("values", "demo", "survey.wave.2025.joinin.al", *words), "survey.wave.2025.joining.all")
    assert_plain_error(run("values", "demo", "*", "--stage", "surve"), "did you mean `survey`?")


def test_doctor_finds_this_machine_sound(tmp_path: Path) -> None:
    done = run("doctor", "--json", "--out", tmp_path)
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert {"Python", "shteg", "polars", "numpy", "numba", "typst", "pyreadstat", "clock", "terminal"} <= found.keys()
    assert {
        "fonts of the PDF",
        "browser",
        "Java",
        "LibreOffice",
        "cache folder",
        "free disk",
        "threads",
    } <= found.keys()
    broken = [one for one in found.values() if one["state"] == "broken"]
    assert (done.returncode, broken) == (0, [])
    assert all(one["hint"] for one in found.values() if one["state"] != "ok")


def test_doctor_tells_what_is_broken_and_ends_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    done = run("doctor", "--out", tmp_path / "file")
    assert done.returncode == 1
    assert "is not a folder" in done.stdout
    monkeypatch.setattr(libraries, "_asked_for", lambda: ["nowhere-to-be-found>=1.0", "numpy>=99", "click>=8.1"])
    found = {one.name: one for one in libraries.check_libraries()}
    assert (found["nowhere-to-be-found"].state, found["numpy"].state, found["click"].state) == (BROKEN, BROKEN, "ok")
    assert "needs 99 or newer" in found["numpy"].found


def test_a_library_that_ends_python_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ends.py").write_text("import os\nos._exit(139)\n")
    (tmp_path / "fails.py").write_text("raise OSError('no such library')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert libraries._load(["json", "fails", "ends", "re"]) == {
        "json": "ok",
        "fails": "OSError: no such library",
        "ends": "it ends Python",
    }


def test_programs_that_are_not_there_are_missing_and_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    found = {one.name: one.state for one in programs.check_programs()}
    assert found == {"fonts of the PDF": "ok", "browser": MISSING, "Java": MISSING, "LibreOffice": MISSING}


def test_a_clock_before_the_program_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    os.utime(tmp_path / "__init__.py", (time.time() + 1e6,) * 2)
    monkeypatch.setattr(machine, "HOUSE", tmp_path)
    assert {one.name: one.state for one in machine.check_machine(tmp_path)}["clock"] == BROKEN


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder with one thing of each kind, and things that are not shteg's."""
    folder = tmp_path / "cache"
    names = {
        "stages": f"survey-{HEX[:32]}/stage.json",
        "compiled": f"compiled/a.b.{HEX[:24]}.nbc",
        "drawings": f"drawings/{HEX}.drawing",
        "pages": f"finished/{HEX}.language",
        "languages": "languages/demo.languages",
        "backtest": f"backtest/{HEX[:32]}/2001.json",
        "compared": f"changes/{HEX[:32]}.json",
        "completion": f"completion/{HEX[:32]}.json",
        "tabulated": f"tabulated/{HEX[:32]}.jsonl",
    }
    assert list(names) == [kind.name for kind in KINDS]
    strange = ("thesis.docx", f"photos-{HEX[:32]}/stage.json", "drawings/me.png", f"survey-{HEX[1:33]}/notes.txt")
    busy = (
        f"drawings/.{HEX}.drawing.123-0123abcd.writing",
        f"compiled/.x.{HEX[:24]}.nbc.turn",
        f"compiled/x.{HEX[:24]}.nbc",
    )
    for name in (*names.values(), *strange, *busy):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("kept")
    return folder


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_size_of_the_cache_is_told_by_kind(cache: Path) -> None:
    told = json.loads(run("cache", "size", "--json", "--cache", cache).stdout)
    assert {one["kind"]: (one["entries"], one["bytes"]) for one in told["kinds"]} == {
        kind.name: (1, 4) for kind in KINDS
    }
    assert spoken_size(812) == "812 B"
    assert spoken_size(4_200_000) == "4.2 MB"


def test_clearing_deletes_its_own_and_nothing_else(cache: Path) -> None:
    before = files_in(cache)
    own = {path for one in kept_in(cache) for path in files_in_entry(cache, one.path)}
    done = run("cache", "clear", "--yes", "--cache", cache)
    assert done.returncode == 0, done.stderr
    log = {f"tabulated/{HEX[:32]}.jsonl"}
    assert files_in(cache) == before - own | log
    assert run("cache", "clear", "--yes", "--kind", "tabulated", "--cache", cache).returncode == 0
    assert files_in(cache) == before - own


def files_in_entry(cache: Path, entry: Path) -> set[str]:
    if entry.is_file():
        return {entry.relative_to(cache).as_posix()}
    return {path.relative_to(cache).as_posix() for path in entry.rglob("*")}


def test_clearing_asks_first_and_takes_no_for_an_answer(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_in(cache)
    assert_plain_error(run("cache", "clear", "--cache", cache), "--yes")
    monkeypatch.setattr("shteg.cli.start.cache._agreed", lambda question: False)
    assert "Nothing was deleted" in run("cache", "clear", "--cache", cache).stdout
    assert files_in(cache) == before


def test_only_what_is_older_is_cleared(cache: Path) -> None:
    old = cache / "finished" / f"{HEX}.language"
    os.utime(old, (time.time() - 40 * 86_400,) * 2)
    assert "1 of 1 deleted" in run("cache", "clear", "--yes", "--older-than", "30", "--cache", cache).stdout
    assert not old.exists()
    assert (cache / "drawings" / f"{HEX}.drawing").exists()


def test_what_is_behind_a_link_is_not_cleared(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / f"{HEX}.language").write_text("kept")
    (cache / "finished" / f"{HEX}.language").unlink()
    (cache / "finished").rmdir()
    (cache / "finished").symlink_to(tmp_path / "mine")
    run("cache", "clear", "--yes", "--cache", cache)
    assert (tmp_path / "mine" / f"{HEX}.language").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert "_SHTEG_COMPLETE" in done.stdout


def test_the_script_is_installed_where_the_shell_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert run("completion", "fish", "--install").returncode == 0
    assert "shteg" in (tmp_path / ".config/fish/completions/shteg.fish").read_text(encoding="utf-8")
    assert_plain_error(run("completion", "powershell", "--install"), "$PROFILE")


def test_powershell_puts_names_with_blanks_and_apostrophes_in_quotes() -> None:
    script = run("completion", "powershell").stdout
    assert script.startswith("# Completion")
    (pattern,) = re.findall(r'-match "(.+?)"\) \{', script)
    assert '$value.Replace("\'", "\'\'")' in script
    assert "CompletionResult]::new($typed, $value" in script
    quoted = {
        name: re.search(pattern, name) is not None for name in ("demo/2025", "--items", "a b", "d'or", "x;y", "$x")
    }
    assert quoted == {"demo/2025": False, "--items": False, "a b": True, "d'or": True, "x;y": True, "$x": True}
    assert script.count("{") == script.count("}")


def test_the_table_of_commands_has_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    light = light_group(group)
    assert sorted(light.commands) == sorted(COMMANDS)
    assert len(list((tmp_path / "shteg" / "completion").iterdir())) == 1
    assert describe(light_group(group), "shteg")["commands"][0]["name"] == sorted(COMMANDS)[0]


def complete(words: str, number: int, home: Path, code: str = "") -> list[str]:
    environment = {**os.environ, "_SHTEG_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}from shteg.cli import main; main()"],
        capture_output=True,
        text=True,
        check=True,
        env={**environment, "XDG_CACHE_HOME": str(home)},
    )
    return done.stdout.splitlines()


def test_names_are_completed_without_loading_a_command(tmp_path: Path) -> None:
    assert "plain,demo" in complete("shteg build d", 2, tmp_path)
    watch = (
        "import atexit, sys\n"
        "heavy = {'numpy', 'polars', 'numba', 'pydantic', 'babel'}\n"
        "atexit.register(lambda: print('loaded', *sorted(heavy & set(sys.modules))))\n"
    )
    assert complete("shteg check kosovo-n", 2, tmp_path, watch) == ["plain,kosovo-nato", "dir,kosovo-n", "loaded"]
    assert "plain,no-settlement" in complete("shteg forecast demo --scenario n", 4, tmp_path, watch)
    assert complete("shteg tabulate demo/", 2, tmp_path, watch)[0] == "plain,demo/2025"
    assert complete("shteg tabulate x --percent ", 4, tmp_path, watch)[-1] == "loaded"
    assert "plain,clear" in complete("shteg cache c", 2, tmp_path, watch)
    assert "plain,--evidence-only" in complete("shteg check --evi", 2, tmp_path, watch)


def test_the_group_of_cache_names_its_commands() -> None:
    assert {"where", "size", "clear"} <= set(CliRunner().invoke(group, ["cache", "--help"]).output.split())
