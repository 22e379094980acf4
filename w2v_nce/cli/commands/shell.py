"""``w2v-nce completion``."""

from __future__ import annotations

import os
import platform

import click
from click.shell_completion import get_completion_class

from w2v_nce.cli.options.command import Command
from w2v_nce.settings.version import VERSION
from w2v_nce.threads import available_cpus

#: The variable in which click's scripts ask the program for completions.
VARIABLE = "_W2V_NCE_COMPLETE"


@click.command(cls=Command, section="Shell")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, /, shell: str) -> None:
    """Print a script that completes commands, options and names of files in a shell.

    Write it once to the folder where the shell looks for such scripts, as below, and open a new
    shell. For zsh this folder must be in fpath before compinit is called: fpath+=(~/.zfunc). The
    script calls the installed w2v-nce, so it stays valid when w2v-nce is upgraded.

    \b
    w2v-nce completion bash > ~/.local/share/bash-completion/completions/w2v-nce
    w2v-nce completion zsh > ~/.zfunc/_w2v-nce
    w2v-nce completion fish > ~/.config/fish/completions/w2v-nce.fish
    eval "$(w2v-nce completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None, "a shell that click does not know"
    click.echo(kind(context.find_root().command, {}, "w2v-nce", VARIABLE).source())


LIBRARIES = ("numba", "llvmlite", "numpy", "click", "rich")

#: Instruction sets that make kernels faster: the names of LLVM, with those in common use.
CPU_FEATURES = {"avx2": "AVX2", "fma": "FMA", "avx512f": "AVX-512", "neon": "NEON", "sve": "SVE"}


def show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the versions that a bug report should contain, and exit."""
    from importlib.metadata import version

    if wanted and not context.resilient_parsing:
        libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        click.echo(f"w2v-nce {VERSION}")
        click.echo(f"{platform.python_implementation()} {platform.python_version()}, {libraries}")
        click.echo(f"{platform.system()} {platform.machine()}, {processor()}")
        click.echo(f"threads: {available_cpus()}, the processors that this process may use")
        context.exit()


def processor() -> str:
    """Return the name of the processor that kernels are compiled for, and its features."""
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
    help="Show the versions of program and libraries, and the processor, and exit.",
)
