"""How every kernel is compiled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.extending import intrinsic as _intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])

#: Decorates a function that writes LLVM instructions: what it returns is used like a kernel.
intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = _intrinsic

# Sums may be reordered and fused, or no dot product would use SIMD. NaN and infinity keep
# their meaning, so that a diverging run can be noticed.
FAST_MATH = {"reassoc", "contract", "nsz", "arcp", "afn"}


def jit(function: Function) -> Function:
    """Compile on the first call, without the GIL, and keep the machine code for the next run.

    Where nothing can be kept (a read-only installation and no writable home), the function is
    compiled anew in every run.
    """
    return _compile(function)


def bare_jit(function: Function) -> Function:
    """Compile without counting references: atomic increments wherever an array is mentioned.

    The function must neither make arrays nor return any.
    """
    return _compile(function, _nrt=False)


def inline_jit(function: Function) -> Function:
    """Compile likewise, and into its callers: for small functions with many arguments.

    Only kernels may call the function. It gets no way in from Python, which would crash if it
    tried, and is not kept by itself, for the kernels that are kept contain it. A kernel compiles
    in two thirds of the time that way.
    """
    return _compile(function, kept=False, _nrt=False, forceinline=True, no_cpython_wrapper=True)


def _compile(function: Function, kept: bool = True, **extra: bool) -> Function:
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": FAST_MATH,
        "no_cfunc_wrapper": True,  # the way in from C, which nobody takes
        **extra,
    }
    if kept:
        with suppress(RuntimeError):  # Numba: "cannot cache function ...: no locator available"
            compiled: Function = njit(cache=True, **options)(function)
            _watch_all_files(compiled)
            return compiled
    return cast(Function, njit(**options)(function))


def _watch_all_files(compiled: Any) -> None:
    """Let a change in any file of this package make kept machine code stale.

    Numba looks only at the file that the function stands in, but functions of other files are
    compiled into it, and sizes of arrays are agreed on between files. Its cache has no public
    way to say so; should a future one differ, the stamp is simply not set.
    """
    cache_file: Any = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if hasattr(cache_file, "_source_stamp"):
        cache_file._source_stamp = _package_stamp()


@functools.cache
def _package_stamp() -> tuple[int, int]:
    """Return when a file of the package was changed last, and the size of all."""
    stats = [path.stat() for path in Path(__file__).parents[1].rglob("*.py")]
    newest = max((status.st_mtime_ns for status in stats), default=0)
    return newest, sum(status.st_size for status in stats)
