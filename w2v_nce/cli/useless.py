"""Options that would do nothing."""

from __future__ import annotations

from typing import Any

import click

from w2v_nce.cli.command import is_on_command_line
from w2v_nce.cli.suggestions import spelling

NOISE = ("noise", "noise_dist", "noise_power", "noise_sharing", "nce_offset")


def refuse_useless(context: click.Context, useless: dict[str, str]) -> None:
    """Refuse options that would do nothing; those for many runs may be given.

    Args:
        context: of the command.
        useless: the names of such options, each with what it is about.

    Raises:
        UsageError: naming the first of them.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in useless and is_on_command_line(context, name):
            shown = spelling(parameter).strip("[]")
            raise click.UsageError(f"{shown} is about {useless[name]}")


def useless_in_run(options: dict[str, Any]) -> dict[str, str]:
    """Return the options of ``train`` that need others which are not given."""
    useless = {}
    if not (options["checkpoint"] or options["resume"]):
        useless["checkpoint_every"] = "--checkpoint; name a folder"
    if not options["cluster"]:
        useless |= dict.fromkeys(("sync_every", "sync_hot", "cluster_timeout"), "--cluster")
    return useless


def useless_in_model(options: dict[str, Any]) -> dict[str, str]:
    """Return the options of ``train`` that mean nothing with this loss, noise, architecture."""
    useless, loss = {}, options["loss"]
    if loss != "nce":
        useless["nce_offset"] = f"--loss nce; with {loss} leave it out"
    if loss == "softmax":
        useless |= dict.fromkeys(NOISE, "noise, which --loss softmax does without; leave it out")
    elif options["noise_dist"] == "uniform":
        useless["noise_power"] = "words' weights, which are alike with --noise-dist uniform"
    if options["architecture"] != "cbow":
        useless["combiner"] = f"--arch cbow; with {options['architecture']} leave it out"
    return useless
