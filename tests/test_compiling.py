"""Compiled functions follow all code they may call, and a kept form is used only as it was written."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shteg.compiling import code_stamp
from shteg.source_files import HOUSE, callable_files, code_files, hash_files

LAW = "from shteg.compiling import compiled\n\n@compiled\ndef law(x):\n    return x + {0}\n"
KERNEL = "from shteg.compiling import compiled\n{0}\n\n@compiled\ndef run(x):\n    return law(x)\n"
LATE = (
    "from shteg.compiling import compiled\n\ndef make():\n    {0}\n    @compiled\n    def run(x):\n"
    "        return law(x)\n    return run\n\nrun = make()\n"
)
PLACES = {  # where the called function lies, and how the kernel in room/inner/kernel.py takes it
    "beside": ("room/inner/law.py", "from room.inner.law import law"),
    "relative": ("room/inner/law.py", "from .law import law"),
    "below": ("room/inner/deep/law.py", "from room.inner.deep.law import law"),
    "far below": ("room/inner/deep/deeper/law.py", "from room.inner.deep.deeper.law import law"),
    "in a sibling folder": ("room/other/law.py", "from ..other.law import law"),
    "in the package above": ("room/law.py", "from ..law import law"),
    "in its own __init__": ("room/inner/law/__init__.py", "from room.inner.law import law"),
    "handed on by an __init__": ("far/deep/law.py", "from far import law"),
    "with a star": ("far/law.py", "from far.law import *"),
    "in brackets": ("far/law.py", "from far.law import (  # ) not the end\n    law,\n)"),
    "over two lines": ("far/law.py", "from far.law \\\n    import law"),
    "as a module": ("far/law.py", "import far.law\nlaw = far.law.law"),
    "after a semicolon": ("far/law.py", "import os; from far.law import law"),
    "by a call": ("far/law.py", "from importlib import import_module\nlaw = import_module('far.law').law"),
    "in another package": ("far/law.py", "from far.law import law"),
    "in a folder that is no package": ("loose/law.py", "from loose.law import law"),
    "in a module of its own": ("law.py", "from law import law"),
    "by way of a third": ("far/law.py", "from third import law"),
}
KERNELS = sorted(
    path.relative_to(HOUSE).as_posix()
    for path in HOUSE.rglob("*.py")
    if re.search(r"^@(compiled|inner)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
)


def environment(folder: Path) -> dict[str, str]:
    path = os.pathsep.join([str(folder), str(HOUSE.parent)])
    return {**os.environ, "PYTHONPATH": path, "NUMBA_CACHE_DIR": str(folder / "kept")}


def start(folder: Path, module: str = "room.inner.kernel", argument: str = "1") -> subprocess.Popen[str]:
    code = f"from {module} import run; print(run({argument}), sum(run.stats.cache_hits.values()))"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, module: str = "room.inner.kernel") -> tuple[str, str]:
    """Give the result of `run(1)` with how many forms came from the disk, and what was warned of."""
    process = start(folder, module)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out.strip(), err


def lay(folder: Path, place: str, statement: str, kernel: str = KERNEL) -> Path:
    """Write the kernel in room/inner, the function it calls at `place`, and what leads there."""
    law = folder / place
    for path in (folder / "room" / "inner", folder / "room" / "other", law.parent):
        path.mkdir(parents=True, exist_ok=True)
    for package in (folder / "room", folder / "far"):
        for path in (package, *package.rglob("*")) if package.is_dir() else ():
            if path.is_dir():
                (path / "__init__.py").touch()
    if place == "far/deep/law.py":
        (folder / "far" / "__init__.py").write_text("from far.deep.law import law\n")
    (folder / "third.py").write_text("from far.law import law\n" if place == "far/law.py" else "")
    law.write_text(LAW.format(1))
    (folder / "room" / "inner" / "kernel.py").write_text(kernel.format(statement))
    return law


@pytest.mark.parametrize("where", sorted(PLACES))
def test_a_change_in_called_code_changes_the_stamp(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, statement = PLACES[where]
    law = lay(tmp_path, place, statement)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = stamp_of(tmp_path / "room" / "inner")
    assert stamp_of(tmp_path / "room" / "inner") == before
    law.write_text(LAW.format(25))
    assert all(one != two for one, two in zip(stamp_of(tmp_path / "room" / "inner"), before, strict=True))


def stamp_of(room: Path) -> tuple[str, str]:
    for kept in (code_stamp, code_files, callable_files):
        kept.cache_clear()
    of_the_function, of_the_room = hash_files(callable_files(room / "kernel.py")), code_stamp(room)
    return of_the_function, of_the_room


@pytest.mark.parametrize("where", ["far below", "in a sibling folder", "handed on by an __init__", "by way of a third"])
def test_the_new_code_runs(where: str, tmp_path: Path) -> None:
    place, statement = PLACES[where]
    law = lay(tmp_path, place, statement)
    assert [run(tmp_path)[0], run(tmp_path)[0]] == ["2 0", "2 1"]
    law.write_text(LAW.format(5))
    assert run(tmp_path)[0] == "6 0"


def test_an_import_in_a_function_is_followed(tmp_path: Path) -> None:
    law = lay(tmp_path, "far/law.py", "from far.law import law", LATE)
    assert law.resolve() in code_files(tmp_path / "room")
    assert law.resolve() in callable_files(tmp_path / "room" / "inner" / "kernel.py")


def test_a_module_elsewhere_on_the_path_is_followed_and_libraries_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "room/inner/law.py", "import numpy, polars, elsewhere.law\nfrom room.inner.law import law")
    away = tmp_path / "away" / "elsewhere"
    away.mkdir(parents=True)
    (away / "law.py").write_text("")
    monkeypatch.syspath_prepend(str(away.parent))
    files = callable_files(tmp_path / "room" / "inner" / "kernel.py")
    assert (away / "law.py").resolve() in files
    assert not [path for path in files if "site-packages" in path.parts]


def test_a_folder_below_of_a_room_of_the_house_is_in_its_stamp() -> None:
    stance = {path.relative_to(HOUSE).as_posix() for path in code_files(HOUSE / "stance")}
    assert {"stance/rollcall/gibbs_kernel.py", "randomness.py", "estimates/values.py", "evidence/case.py"} <= stance
    assert code_files(HOUSE / "stance" / "rollcall") == code_files(HOUSE / "stance")


def test_every_flipped_bit_of_a_form_is_seen(tmp_path: Path) -> None:
    from shteg.keeping import seal, unseal

    raw = bytearray(seal(b"machine code"))
    for place in range(len(raw)):
        raw[place] ^= 1
        assert unseal(bytes(raw)) is None
        raw[place] ^= 1
    assert unseal(bytes(raw)) == b"machine code"


def test_processes_that_compile_other_forms_at_once_do_not_mix_them(tmp_path: Path) -> None:
    lay(tmp_path, *PLACES["beside"])
    arguments = ("1", "1.5", "1j", "True")
    for hits in (0, 1):
        started = [start(tmp_path, argument=argument) for argument in arguments]
        outs = [process.communicate() for process in started]
        assert [out.strip() for out, _ in outs] == [f"{text} {hits}" for text in ("2", "2.5", "(1+1j)", "2")]
        assert [err for _, err in outs] == ["", "", "", ""]
    assert not list((tmp_path / "kept").rglob("*.writing"))


def test_two_checkouts_share_a_cache_folder(tmp_path: Path) -> None:
    for name, number in (("one", 1), ("two", 7)):
        lay(tmp_path / name, *PLACES["beside"]).write_text(LAW.format(number))
    shared = {"NUMBA_CACHE_DIR": str(tmp_path / "shared")}
    code = "from room.inner.kernel import run; print(run(1))"
    for _ in range(2):
        started = [
            subprocess.Popen(
                [sys.executable, "-c", code],
                env=environment(tmp_path / name) | shared,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "two")
        ]
        assert [process.communicate()[0].strip() for process in started] == ["2", "8"]


def test_forms_lie_in_the_folder_of_the_user(tmp_path: Path) -> None:
    lay(tmp_path / "one", *PLACES["beside"])
    lay(tmp_path / "two", *PLACES["beside"])
    code = "from room.inner.kernel import run; print(run(1), sum(run.stats.cache_hits.values()))"
    outs = []
    for name in ("one", "two"):
        keep = {key: value for key, value in environment(tmp_path / name).items() if key != "NUMBA_CACHE_DIR"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**keep, "XDG_CACHE_HOME": str(tmp_path / "user")},
            capture_output=True,
            text=True,
            check=True,
        )
        outs.append(done.stdout.strip())
    assert outs == ["2 0", "2 1"]
    assert len(list((tmp_path / "user" / "shteg" / "compiled").glob("*.nbc"))) == 2
    assert not list(tmp_path.rglob("__pycache__/*.nbc"))


def test_two_processes_compile_a_form_once(tmp_path: Path) -> None:
    lay(tmp_path, *PLACES["beside"])
    started = [start(tmp_path) for _ in range(3)]
    outs = sorted(process.communicate()[0].strip() for process in started)
    assert outs == ["2 0", "2 1", "2 1"]
    assert not list((tmp_path / "kept").rglob("*.turn"))


def test_the_turn_of_a_process_that_ended_is_over(tmp_path: Path) -> None:
    from shteg.keeping import end_turn, take_turn

    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    form = tmp_path / "form.nbc"
    (tmp_path / ".form.nbc.turn").write_text(str(gone.pid))
    assert not take_turn(form, 60.0)
    assert take_turn(form, 60.0)
    end_turn(form)
    assert not list(tmp_path.iterdir())


def test_constants_need_no_form_of_their_own(tmp_path: Path) -> None:
    code = (
        "from shteg.compiling import compiled\n\n@compiled\ndef law(x):\n    return x + 1\n\n@compiled\ndef run(x):\n"
    )
    lay(tmp_path, "room/inner/law.py", "").with_name("kernel.py").write_text(
        code + "    return law(x) + law(3) + law(4)\n"
    )
    assert run(tmp_path)[0] == "11 0"
    assert len(list((tmp_path / "kept").rglob("*law*.nbc"))) == 1


def test_where_nothing_can_be_kept_the_work_goes_on(tmp_path: Path) -> None:
    lay(tmp_path, *PLACES["beside"])
    assert run(tmp_path)[0] == "2 0"
    code = (
        "import errno, shteg.keeping as keeping\n"
        "def full(path, content): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "keeping.write_whole = full\nfrom room.inner.kernel import run; print(run(1.5))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "2.5", done.stderr
    assert done.stderr.count("nothing is kept here (No space left on device)") == 1


def test_no_setting_of_numba_is_changed_by_loading_the_kernels() -> None:
    code = (
        "import numba; from numba.core import config\n"
        "names = [name for name in dir(config) if name.isupper()]\n"
        "before = {name: repr(getattr(config, name)) for name in names}\n"
        "import shteg.compiling, shteg.stance.kernel, shteg.pathways.engine.run, shteg.accession.ladder.rung_kernel\n"
        "print([name for name in names if repr(getattr(config, name)) != before[name]])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    from shteg.keeping import remove_left_over

    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".form.{gone.pid}-0123abcd.writing"
    under_way = tmp_path / f".form.{os.getpid()}-0123abcd.writing"
    old = tmp_path / f".form.{os.getpid()}-0123abce.writing"
    for path in (left, under_way, old):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 1e6,) * 2)
    remove_left_over(tmp_path)
    assert [path for path in (left, under_way, old) if path.exists()] == [under_way]


def test_one_function_compiled_in_two_ways_keeps_two_forms(tmp_path: Path) -> None:
    (tmp_path / "law.py").write_text("def law(x):\n    return x + 1.0\n")
    (tmp_path / "inside.py").write_text(
        "from shteg.compiling import compiled\nfrom law import law\n"
        "law = compiled(law, no_cpython_wrapper=True, no_cfunc_wrapper=True)\n"
        "@compiled\ndef run(x):\n    return law(x)\nprint(run(1.0))\n"
    )
    (tmp_path / "outside.py").write_text(
        "from shteg.compiling import compiled\nfrom law import law\nprint(compiled(law)(1.0))\n"
    )
    for name in ("inside", "outside", "inside", "outside"):
        done = subprocess.run(
            [sys.executable, f"{name}.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")},
        )
        assert (done.returncode, done.stdout) == (0, "2.0\n"), done.stderr


def test_an_inner_function_is_called_by_compiled_ones_and_by_python(tmp_path: Path) -> None:
    (tmp_path / "kernel.py").write_text(
        "from shteg.compiling import compiled, inner\n"
        "@inner\ndef law(x):\n    return x + 1.0\n"
        "@compiled\ndef run(x):\n    return law(x)\n"
        "print(run(1.0), law.within.nopython_signatures, law(2.0))\n"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    for switched_off in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "kernel.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**environment, "NUMBA_DISABLE_JIT": switched_off},
        )
        if switched_off == "0":
            assert (done.returncode, done.stdout) == (0, "2.0 [(float64,) -> float64] 3.0\n"), done.stderr
        else:
            assert "'function' object has no attribute 'within'" in done.stderr


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_does_not_rest_on_the_whole_house(kernel: str) -> None:
    rooms = {path.relative_to(HOUSE).parts[0] for path in callable_files(HOUSE / kernel) if path.parent != HOUSE}
    assert rooms <= {Path(kernel).parts[0]}
