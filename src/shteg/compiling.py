"""Numba functions whose compiled form is thrown away when *any* code they may call has changed.

Numba keeps compiled functions on disk and looks only at the file of the function itself: after a change in a function
it calls from another file it would go on with the old machine code, and publish old numbers. Here a compiled form is
kept with the content of all code it may call, of the libraries' versions and of the settings that change machine code;
it is used only if all of these are the same and its checksum holds. Each form is a file of its own, so that processes
and checkouts that share a cache folder never mix their forms. The folder is the user's, so that a second checkout finds
them (`NUMBA_CACHE_DIR` names another); where it cannot be written to, forms lie beside the code as Numba keeps them.
"""

import gc
import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property
from glob import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.serialize import dumps
from numba.core.types import unliteral
from numba.extending import typeof_impl

from shteg.keeping import end_turn, keep, recall, remove, remove_left_over, take_turn, user_cache
from shteg.source_files import callable_files, code_files, hash_files

Function = TypeVar("Function", bound=Callable[..., Any])
KEPT_FORMS = 2000
"""Forms in a folder; a build of each shipped case uses about 150."""
PATIENCE = 300.0
"""Seconds to wait for another process that compiles the same form."""
LIBRARIES = ("numba", "llvmlite", "numpy", "scipy")
SETTINGS = ("BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "OPT", "SLP_VECTORIZE")
"""Settings of Numba that change machine code and that its own key leaves out (it holds processor and features)."""


def compiled(function: Function, **options: Any) -> Function:
    """Compile on first call, free of the interpreter lock, kept on disk until any code it may call changes.

    Parameters
    ----------
    function : callable
        Defined at the top of a module of a room.
    **options : any
        Further options of `numba.njit`.

    Returns
    -------
    callable
        The function compiled; itself where Numba is switched off.
    """
    dispatcher = numba.njit(nogil=True, **options)(function)
    if hasattr(dispatcher, "get_call_template"):  # absent where NUMBA_DISABLE_JIT leaves the function as it is
        _compile_once_for_constants(dispatcher)
    if hasattr(dispatcher, "_cache"):  # absent where NUMBA_DISABLE_JIT leaves the function as it is
        try:
            kept: Any = FunctionCache(function)  # type: ignore[no-untyped-call]
        except RuntimeError:  # neither the package nor the user has a folder that can be written to: nothing is kept
            return cast(Function, dispatcher)
        stamp = hash_files(callable_files(Path(function.__code__.co_filename)))
        how = repr(sorted(options.items()))  # a form that only kernels may call is no form for Python
        forms = _KeptForms(_folder() or Path(kept.cache_path), kept._impl.filename_base, f"{stamp} {how}")
        kept._cache_file = forms
        _compile_in_turn(dispatcher, forms)
        dispatcher._cache = kept
    return cast(Function, dispatcher)


def inner(function: Function, **options: Any) -> Function:
    """Compile for other compiled functions alone, without the code by which Python calls: a quarter of the time.

    A call from Python, as a test makes it, compiles the function once more.

    Parameters
    ----------
    function : callable
        Defined at the top of a module of a room.
    **options : any
        Further options of `numba.njit`.

    Returns
    -------
    callable
        To be named by compiled functions; the function itself where Numba is switched off.
    """
    within = compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)
    return within if within is function else cast(Function, _Inner(function, within, options))


class _Inner:
    """A function that compiled ones see as the compiled `within`, and that Python can call all the same."""

    def __init__(self, function: Callable[..., Any], within: Callable[..., Any], options: dict[str, Any]) -> None:
        self.py_func, self.within = function, within
        self._options = options

    def __call__(self, *args: Any) -> Any:
        return self._outside(*args)

    @cached_property
    def _outside(self) -> Callable[..., Any]:
        return compiled(self.py_func, **self._options)


@typeof_impl.register(_Inner)
def _typeof_inner(value: _Inner, context: Any) -> Any:
    return typeof_impl(value.within, context)


def _compile_once_for_constants(dispatcher: Any) -> None:
    """Let a call with a constant run the form for any number: Numba would compile one more for each constant."""
    resolve = dispatcher.get_call_template

    def get_call_template(args: Any, named: Any) -> Any:
        any_number: Callable[[Any], Any] = unliteral
        return resolve([any_number(one) for one in args], {name: any_number(one) for name, one in named.items()})

    dispatcher.get_call_template = get_call_template


def _compile_in_turn(dispatcher: Any, forms: "_KeptForms") -> None:
    """End the turn at a form, made or not; and collect no garbage meanwhile: it takes a seventh of the time."""
    compile_form = dispatcher.compile

    def compile_in_turn(signature: Any) -> Any:
        collects = gc.isenabled()
        gc.disable()
        try:
            return compile_form(signature)
        finally:
            forms.end_turns()
            if collects:
                gc.enable()

    dispatcher.compile = compile_in_turn


@cache
def _folder() -> Path | None:
    """Give the user's folder of compiled forms; None where another is asked for, or it cannot be written to."""
    if getattr(numba.config, "CACHE_DIR", ""):
        return None
    folder = user_cache(sys.platform, os.environ) / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


@cache
def code_stamp(room: Path) -> str:
    """Give the hash of all code that any function of a room may run: see `source_files.code_files`."""
    return hash_files(code_files(room))


class _KeptForms:
    """The compiled forms of one function on disk: in place of Numba's index and data files, which know no checksum.

    Numba's index numbers the forms of a function; two processes that compile different forms at once both take the
    next number. Here the name of a file is the hash of its key, and the key stands in the file.
    """

    def __init__(self, folder: Path, name: str, stamp: str) -> None:
        self._folder, self._name, self._code = folder, name, stamp
        self._turns: list[Path] = []

    def load(self, key: Any) -> Any:
        """Give the compiled form kept under a key, or None; where another process is compiling it, wait for that."""
        path = self._path(key)
        while (raw := recall(path)) is None:
            if take_turn(path, PATIENCE):
                self._turns.append(path)
                return None
        stamp, kept_key, form = pickle.loads(raw)
        if stamp != self._stamp() or pickle.loads(kept_key) != key:
            return None
        with suppress(OSError):  # in a folder that can only be read
            os.utime(path)
        return pickle.loads(form)

    def save(self, key: Any, form: Any) -> None:
        """Keep a compiled form; where the folder cannot be written to, warn and go on."""
        if keep(self._path(key), pickle.dumps((self._stamp(), _dump(key), _dump(form)))):
            _tidy(self._folder)

    def end_turns(self) -> None:
        """Let other processes go on that wait for a form."""
        while self._turns:
            end_turn(self._turns.pop())

    def flush(self) -> None:
        """Forget all forms of this function."""
        for path in self._folder.glob(f"{escape(self._name)}.*.nbc"):
            path.unlink(missing_ok=True)

    def _path(self, key: Any) -> Path:
        mark = hashlib.sha256(repr((key, self._stamp())).encode()).hexdigest()
        return self._folder / f"{self._name}.{mark[:24]}.nbc"

    def _stamp(self) -> tuple[str, ...]:
        return (self._code, *_versions(), *(f"{name}={getattr(numba.config, name, None)}" for name in SETTINGS))


@cache
def _tidy(folder: Path) -> None:
    """Remove, once in a process, what killed processes left, and the forms longest unused."""
    remove_left_over(folder)
    ages = []
    for path in folder.glob("*.nbc"):
        with suppress(OSError):  # other processes tidy too
            ages.append((path.stat().st_mtime, path))
    for _, path in sorted(ages)[:-KEPT_FORMS]:
        remove(path)


@cache
def _versions() -> tuple[str, ...]:
    return tuple(f"{name}={version(name)}" for name in LIBRARIES)


def _dump(thing: Any) -> bytes:
    return cast(bytes, dumps(thing))  # type: ignore[no-untyped-call]
