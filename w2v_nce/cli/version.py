"""``w2v-nce --version``."""

from __future__ import annotations

import os
import platform

import click

from w2v_nce import __version__
from w2v_nce.config import available_cpus

LIBRARIES = ("numba", "llvmlite", "numpy", "click", "rich")
#: What kernels are faster with: names of LLVM, and of everyone else.
CPU_FEATURES = {"avx2": "AVX2", "fma": "FMA", "avx512f": "AVX-512", "neon": "NEON", "sve": "SVE"}


def show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print what a report of a problem should tell, and exit."""
    from importlib.metadata import version

    if wanted and not context.resilient_parsing:
        libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        click.echo(f"w2v-nce {__version__}")
        click.echo(f"{platform.python_implementation()} {platform.python_version()}, {libraries}")
        click.echo(f"{platform.system()} {platform.machine()}, {processor()}")
        click.echo(f"threads: {available_cpus()}, the processors that this process may use")
        context.exit()


def processor() -> str:
    """Return the name of the processor that kernels are compiled for, and what it has."""
    from llvmlite import binding  # not Numba, whose import takes half a second

    name = os.environ.get("NUMBA_CPU_NAME")
    if name:
        return f"compiling for {name} (NUMBA_CPU_NAME)"
    try:
        flags = binding.get_host_cpu_features()
    except RuntimeError:  # LLVM cannot tell on every machine
        flags = {}
    features = [shown for flag, shown in CPU_FEATURES.items() if flags.get(flag)]
    return f"{binding.get_host_cpu_name()} with {', '.join(features) or 'no known SIMD'}"


version_option = click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the versions of program and libraries, and the processor; then exit.",
)
