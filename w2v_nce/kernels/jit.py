"""Compilation: how kernels are compiled, kept, and told apart by the types of their arguments."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.extending import intrinsic as _intrinsic
from numba.extending import overload

Function = TypeVar("Function", bound=Callable[..., Any])

#: Decorates a function that writes LLVM instructions; the result is used like a kernel.
intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = _intrinsic(prefer_literal=True)

# Sums may be reordered and fused, or no dot product would use SIMD. NaN and infinity keep
# their meaning, so that a diverging run can be noticed.
FAST_MATH = {"reassoc", "contract", "nsz", "arcp", "afn"}

COMMON: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": FAST_MATH,
    "no_cfunc_wrapper": True,  # the entry point from C, which nobody uses
}
INLINE: dict[str, Any] = {
    **COMMON,
    "_nrt": False,
    "forceinline": True,
    "no_cpython_wrapper": True,
}


def jit(function: Function) -> Function:
    """Compile on the first call, without the GIL, and keep the machine code for the next run.

    Where nothing can be kept (a read-only installation and no writable home), the function is
    compiled anew in every run.
    """
    return _kept(function, **COMMON)


def bare_jit(function: Function) -> Function:
    """Compile without reference counts: atomic increments wherever an array is mentioned.

    The function must neither make arrays nor return any.
    """
    return _kept(function, **COMMON, _nrt=False)


def inline_jit(function: Function) -> Function:
    """Compile likewise, and into its callers: for small functions with many arguments.

    Only kernels may call the function. It has no entry point from Python, which would crash if it
    tried, and is not kept by itself, for the kernels that are kept contain it. A kernel compiles
    in two thirds of the time that way.
    """
    return cast(Function, njit(**INLINE)(function))


def dispatched(function: Function) -> Function:
    """Let the type of its first argument, a NamedTuple, decide what a function does.

    The function itself is the default; others are added by :func:`implements`. Numba chooses when
    it compiles, so a kernel contains the chosen one and no branch.
    """
    implementations: dict[type, Callable[..., Any]] = {}
    vars(function)["implementations"] = implementations

    @overload(function, jit_options=cast(Any, INLINE), strict=False)
    def choose(first: Any, *others: Any) -> Callable[..., Any]:
        return implementations.get(getattr(first, "instance_class", type(None)), function)

    return function


def implements(general: Callable[..., Any], *kinds: type) -> Callable[[Function], Function]:
    """Make a function what a :func:`dispatched` one does for some types of its first argument."""

    def register(function: Function) -> Function:
        vars(general)["implementations"].update(dict.fromkeys(kinds, function))
        return function

    return register


def _kept(function: Function, **options: Any) -> Function:
    with suppress(RuntimeError):  # Numba: "cannot cache function ...: no locator available"
        compiled: Function = njit(cache=True, **options)(function)
        _stamp_by_content(compiled)
        return compiled
    return cast(Function, njit(**options)(function))


def _stamp_by_content(compiled: Any) -> None:
    """Let kept machine code go stale when the content of any compiled file changes.

    Numba looks only at the file that the function stands in, and at its time of change. But
    functions of other files are compiled into it, sizes of arrays are agreed on between files, and
    installers set times as they like. Its index may also name types that are no longer there.
    Numba's cache has no public way to say so; should a future one differ, nothing is changed.
    """
    cache_file: Any = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if not hasattr(cache_file, "_source_stamp") or not hasattr(cache_file, "_load_index"):
        return
    cache_file._source_stamp = content_stamp()
    load_index = cache_file._load_index

    def load_usable_index() -> Any:
        try:
            return load_index()
        except Exception:  # whatever unpickling a stale or damaged file comes across
            return {}

    cache_file._load_index = load_usable_index


@functools.cache
def content_stamp() -> str:
    """Return a digest of all files that kernels are compiled from."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for room in ("arrays.py", "kernels/*.py", "corpus/**/*.py"):
        for path in sorted(package.glob(room)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
