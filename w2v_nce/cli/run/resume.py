"""Options and text of a run of ``w2v-nce train`` that is resumed from a checkpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.options.command import default_options, is_given
from w2v_nce.cli.options.option import Option
from w2v_nce.cli.options.values import names_file
from w2v_nce.errors import ConfigError, CorpusError, FormatError

if TYPE_CHECKING:
    from w2v_nce.corpus.fingerprint import Fingerprint
    from w2v_nce.corpus.sources import Corpus


def stored_options(command: click.Command, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a command as a checkpoint keeps them."""
    return {
        each.name or "": stored_value(each, options[each.name or ""])
        for each in command.params
        if each.expose_value and (not isinstance(each, Option) or each.is_kept)
    }


def stored_value(parameter: click.Parameter, value: Any) -> Any:
    """Return the value of an option as a checkpoint keeps it, with absolute names of files."""
    return absolute(value) if names_file(parameter, value) else listed(value)


def merged_options(
    context: click.Context, options: dict[str, Any], about: dict[str, Any]
) -> dict[str, Any]:
    """Return the options of a checkpoint, and in their place those given now that may change.

    Options that a checkpoint of an older version does not have, have their defaults.

    Raises:
        ConfigError: naming an option that contradicts the checkpoint.
        FormatError: if the checkpoint has no options, as it was written from Python.
    """
    if not {"options", "inputs"} <= about.keys():
        raise FormatError(
            f"the checkpoint in {options['resume']} was written from Python, not by 'w2v-nce"
            " train', and has no options; resume it there, with Training(resume=...)"
        )
    defaults = default_options(context.command)
    stored = {name: listed(value) for name, value in defaults.items()} | about["options"]
    merged = dict(stored)
    for parameter in (each for each in context.command.params if each.expose_value):
        name = parameter.name or ""
        given = is_given(context, name)
        if isinstance(parameter, Option) and parameter.may_change:
            if given:
                merged[name] = options[name]
        elif given and name != "corpus":
            value = stored_value(parameter, options[name])
            if value != stored[name]:
                before = f"the checkpoint has {shown(stored[name])}"
                raise ConfigError(f"is {shown(value)}, but {before}; leave it out", name)
    merged["corpus"] = options["corpus"] or stored["corpus"]
    return merged


def refuse_lost_streams(corpus: Corpus) -> None:
    """Make sure that no input is a pipe, which cannot be read a second time.

    Raises:
        CorpusError: if one is.
    """
    from w2v_nce.files.inputs import StreamInput

    for each in corpus.inputs:
        if isinstance(each, StreamInput):
            raise CorpusError(
                f"the checkpoint is of a run on {each.name}, which cannot be read again; give the"
                " same text once more, as in: zcat corpus.gz | w2v-nce train - --resume DIR"
            )


def refuse_changed(now: Sequence[Fingerprint], then: Sequence[Fingerprint]) -> None:
    """Make sure that the corpus is that of the checkpoint.

    Raises:
        CorpusError: if it is not.
    """
    from w2v_nce.corpus.fingerprint import difference

    found = difference(now, then)
    if found:
        raise CorpusError(
            f"the corpus is not that of the checkpoint: {found}; --force trains on it all the same"
        )


def fingerprints(corpus: Corpus, heldout: Corpus) -> list[Fingerprint]:
    """Return the fingerprints of the inputs of a run."""
    from w2v_nce.corpus.fingerprint import fingerprint

    inputs = [*corpus.inputs, *(each for each in heldout.inputs if each not in corpus.inputs)]
    return [fingerprint(each) for each in inputs]


def absolute(value: Any) -> Any:
    """Return names of files, or one, that hold in any folder."""
    if isinstance(value, tuple | list):
        return [absolute(each) for each in value]
    if value is None or value == "-" or "://" in value:
        return value
    return os.path.abspath(value)  # noqa: PTH100 - keeps links, as Path.absolute() does not ".."


def listed(value: Any) -> Any:
    """Return a value in the form that it has when read from JSON."""
    return list(value) if isinstance(value, tuple) else value


def shown(value: Any) -> str:
    """Return a value as a user would write it."""
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "not given" if value is None else str(value)
