"""What ``w2v-nce train`` is asked to do when it goes on from a checkpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.options.command import default_options, is_given
from w2v_nce.cli.run.paths import WORDS, names_file
from w2v_nce.errors import ConfigError, CorpusError, FormatError

if TYPE_CHECKING:
    from w2v_nce.corpus.fingerprint import Fingerprint
    from w2v_nce.corpus.sources import Corpus

#: Options that have no part in what is computed, and may be others than before.
FREE = frozenset(
    {"output", "kind", "log", "folder", "report", "calibrate", "checkpoint_every", "spool_dir"}
    | {"threads", "quiet", "checkpoint", "resume", "force", "save_config"}
    | {"sync_every", "sync_hot", "cluster_timeout"}
)

#: Options with names of files, which shall mean the same from any folder.
PATHS = frozenset(
    {"corpus", "output", "log", "folder", "report", "vocabularies", "spool_dir", "init", "evals"}
)


def stored_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return options as a checkpoint keeps them."""
    return {
        name: stored_value(name, value)
        for name, value in options.items()
        if name not in ("checkpoint", "resume", "force", "quiet", "save_config")
    }


def stored_value(name: str, value: Any) -> Any:
    """Return the value of an option as a checkpoint keeps it: names of files mean the same."""
    is_path = name in PATHS or (name in WORDS and names_file(name, value))
    return absolute(value) if is_path else listed(value)


def merged_options(
    context: click.Context, options: dict[str, Any], about: dict[str, Any]
) -> dict[str, Any]:
    """Return the options of a checkpoint, and those given now where they may be others.

    Options that the checkpoint does not know, of an older version, have their defaults.

    Raises:
        ConfigError: naming an option that contradicts the checkpoint.
        FormatError: if the checkpoint has no options, as it is not from the command line.
    """
    if not {"options", "inputs"} <= about.keys():
        raise FormatError(
            f"the checkpoint in {options['resume']} was written from Python, not by 'w2v-nce"
            " train', and has no options; go on from it there, with Training(resume=...)"
        )
    defaults = default_options(context.command)
    stored = {name: listed(value) for name, value in defaults.items()} | about["options"]
    merged = dict(stored)
    for parameter in (each for each in context.command.params if each.expose_value):
        name = parameter.name or ""
        given = is_given(context, name)
        if name in FREE:
            if given:
                merged[name] = options[name]
        elif given and name != "corpus":
            value = stored_value(name, options[name])
            if value != stored[name]:
                raise ConfigError(
                    f"{parameter.opts[0]} is {shown(value)}, but the checkpoint has"
                    f" {shown(stored[name])}; leave it out"
                )
    merged["corpus"] = options["corpus"] or stored["corpus"]
    return merged


def refuse_lost_streams(corpus: Corpus) -> None:
    """Make sure that no input is a pipe, which does not come back by itself.

    Raises:
        CorpusError: if one is.
    """
    from w2v_nce.files.inputs import StreamInput

    for each in corpus.inputs:
        if isinstance(each, StreamInput):
            raise CorpusError(
                f"the checkpoint was made from {each.name}, which is gone; give the same text"
                " again, as in: zcat corpus.gz | w2v-nce train - --resume DIR"
            )


def refuse_changed(now: Sequence[Fingerprint], then: Sequence[Fingerprint]) -> None:
    """Make sure that the corpus is still the one that the checkpoint was made from.

    Raises:
        CorpusError: if it is not.
    """
    from w2v_nce.corpus.fingerprint import difference

    found = difference(now, then)
    if found:
        raise CorpusError(
            f"the corpus is not that of the checkpoint: {found}; --force goes on all the same"
        )


def fingerprints(corpus: Corpus, heldout: Corpus) -> list[Fingerprint]:
    """Look at the inputs of a run."""
    from w2v_nce.corpus.fingerprint import fingerprint

    inputs = [*corpus.inputs, *(each for each in heldout.inputs if each not in corpus.inputs)]
    return [fingerprint(each) for each in inputs]


def absolute(value: Any) -> Any:
    """Return file names, or one, that mean the same from any folder."""
    if isinstance(value, tuple | list):
        return [absolute(each) for each in value]
    if value is None or value == "-" or "://" in value:
        return value
    return os.path.abspath(value)  # noqa: PTH100 - keeps links, as Path.absolute() does not ".."


def listed(value: Any) -> Any:
    """Return a value as JSON would."""
    return list(value) if isinstance(value, tuple) else value


def shown(value: Any) -> str:
    """Write a value as it is given."""
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "not given" if value is None else str(value)
