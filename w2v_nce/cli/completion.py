"""``w2v-nce completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from w2v_nce.cli.command import Command

#: The variable in which click's scripts ask the program for completions.
VARIABLE = "_W2V_NCE_COMPLETE"


@click.command(cls=Command, section="Shell")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, /, shell: str) -> None:
    """Print a script that completes commands, options and names of files in a shell.

    Write it once to where the shell looks for such scripts, as below, and open a new shell. For
    zsh the folder has to be in fpath before compinit is called: fpath+=(~/.zfunc). The script asks
    the w2v-nce that is installed, so that it need not be written again when there is a new one.

    \b
    w2v-nce completion bash > ~/.local/share/bash-completion/completions/w2v-nce
    w2v-nce completion zsh > ~/.zfunc/_w2v-nce
    w2v-nce completion fish > ~/.config/fish/completions/w2v-nce.fish
    eval "$(w2v-nce completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None, "a shell that click does not know"
    click.echo(kind(context.find_root().command, {}, "w2v-nce", VARIABLE).source())
