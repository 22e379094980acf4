"""What someone may have meant by a command or an option that does not exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import click

#: Options of word2vec.c, fastText, gensim and GloVe, without dashes: the option of ours, or advice.
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

#: Commands of fastText, word2vec.c and git, and ours.
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
    """Return what to add to the message that there is no such command; nothing if unknown."""
    if plain(word) in PEER_COMMANDS:
        return f"; here it is 'w2v-nce {PEER_COMMANDS[plain(word)]}'"
    return did_you_mean(word, commands)


def option_advice(word: str, command: click.Command, dashes: bool = True) -> str:
    """Return what to add to the message that a command has no such option; nothing if unknown.

    Args:
        word: what was given, in any spelling.
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
    """Return the option of an argument with one dash that click would take for several letters.

    word2vec.c and fastText write ``-output FILE``, which would be ``-o utput``. Nothing is
    returned for what is none of our options, nor of theirs.
    """
    match = re.fullmatch(r"(-[A-Za-z][\w-]+)(=.*)?", argument, re.DOTALL)
    if match is None:
        return ""
    return match[1] if plain(match[1]) in {*known_options(command), *PEERS} else ""


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Return a question for the known word that is spelt most like this one, if any is."""
    near = difflib.get_close_matches(word, sorted(known), 1)
    return f"; did you mean {prefix}{near[0]}?" if near else ""


def known_options(command: click.Command) -> dict[str, click.Parameter]:
    """Return options and arguments of a command by their names, also those inside the program."""
    inside = {plain(each.name or ""): each for each in command.params}
    return inside | {plain(name): each for each in command.params for name in each.opts}


def spelling(parameter: click.Parameter, dashes: bool = True) -> str:
    """Return the name of an option on the command line, or in a file; the longest that it has."""
    if isinstance(parameter, click.Argument):
        return (parameter.metavar or "" if dashes else parameter.name) or ""
    name = max(parameter.opts, key=len)
    return name if dashes else name.lstrip("-")


def plain(name: str) -> str:
    """Return a name in the spelling of our options, without dashes: min-count for -minCount."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.lstrip("-"))
    return name.lower().replace("_", "-")
