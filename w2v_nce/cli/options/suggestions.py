"""Suggestions for commands and options that do not exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import click

from w2v_nce.cli.options.names import known_options, plain, spelling

#: Options of word2vec.c, fastText, gensim and GloVe, without dashes: our option, or advice.
PEERS = {
    "alpha": "lr",
    "binary": "-o with a name that ends in .bin, or not",
    "cbow": "arch",
    "cbow-mean": "combiner",
    "classes": "a command of its own, 'w2v-nce cluster -k N'",
    "corpus-file": "corpus",
    "epoch": "epochs",
    "hs": "--loss nce or ns; there is no hierarchical softmax",
    "input": "corpus",
    "iter": "epochs",
    "max-final-vocab": "max-vocab",
    "neg": "noise",
    "negative": "noise",
    "ns-exponent": "noise-power",
    "pretrained-vectors": "init",
    "read-vocab": "vocab",
    "save-vocab": "a command of its own, 'w2v-nce vocab'",
    "sentences": "corpus",
    "sg": "arch",
    "size": "dim",
    "t": "sample",
    "thread": "threads",
    "train": "corpus",
    "vector-size": "dim",
    "window-size": "window",
    "workers": "threads",
    "ws": "window",
}

#: Commands of fastText, word2vec.c and git, each with ours.
PEER_COMMANDS = {
    "analogies": "analogy",
    "cbow": "train --arch cbow",
    "distance": "similar",
    "help": "COMMAND --help",
    "nn": "similar",
    "skipgram": "train --arch skipgram",
    "test": "eval",
    "word-analogy": "analogy",
    "word2phrase": "phrases",
    "word2vec": "train",
}


def command_advice(word: str, commands: Iterable[str]) -> str:
    """Return advice to add to the message that there is no such command, if there is any."""
    if plain(word) in PEER_COMMANDS:
        return f"; here it is 'w2v-nce {PEER_COMMANDS[plain(word)]}'"
    return did_you_mean(word, commands)


def option_advice(word: str, command: click.Command, dashes: bool = True) -> str:
    """Return advice to add to the message that a command has no such option, if there is any.

    Args:
        word: the option that was given, in any spelling.
        command: the command that it was given to.
        dashes: whether options are written as on the command line, or as in a file.
    """
    known = known_options(command)
    if not dashes:
        known = {name: each for name, each in known.items() if each.expose_value}
    wanted = plain(word)
    if wanted in known:
        return f"; did you mean {spelling(known[wanted], dashes)}?"
    ours = PEERS.get(wanted, "")
    if ours in known:
        value = known[ours].metavar if dashes and known[ours].opts[0].startswith("-") else None
        return f"; here it is {' '.join(filter(None, (spelling(known[ours], dashes), value)))}"
    if " " in ours and "corpus" in known:
        return f"; here it is {ours}"
    near = difflib.get_close_matches(wanted, known, 1)
    return f"; did you mean {spelling(known[near[0]], dashes)}?" if near else ""


def foreign_option(argument: str, command: click.Command) -> str:
    """Return the long option that an argument with a single dash is, or nothing.

    word2vec.c and fastText write ``-output FILE``, which click would take for ``-o utput``.
    """
    match = re.fullmatch(r"(-[A-Za-z][\w-]+)(=.*)?", argument, re.DOTALL)
    if match is None:
        return ""
    return match[1] if plain(match[1]) in {*known_options(command), *PEERS} else ""


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Return a question about the known word that is spelt most like this one, if any is."""
    near = difflib.get_close_matches(word, sorted(known), 1)
    return f"; did you mean {prefix}{near[0]}?" if near else ""
