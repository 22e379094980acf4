"""The errors of this package, as a tree.

    W2vNceError               anything that this package reports by itself
    ├── InputError            the caller's input or settings are wrong     (exit code 2)
    │   ├── ConfigError       a setting has a value outside its domain
    │   ├── CorpusError       the text cannot be read or trained on
    │   ├── FormatError       a file of vectors or of questions is malformed
    │   └── OutputError       the results cannot be written where they should go
    ├── TrainingError         the run itself failed, e.g. diverged        (exit code 1)
    └── Interrupted           a signal ended the run, its results are saved (128 + the signal)

Each message is one line: what is wrong, where, the value found, and the remedy. Messages, and the
help of settings, name what Python users write, in backquotes: a setting or an argument, as in
`min_count`, one with a value, as in `min_count=2`, or a function. The command line puts the
option, ``--min-count 2``, in place of each.
"""

from __future__ import annotations

import importlib
from typing import Any


class W2vNceError(Exception):
    """Base of all errors raised on purpose by this package."""

    exit_code = 1


class InputError(W2vNceError):
    """The caller's input or settings are wrong; nothing has been computed."""

    exit_code = 2


class ConfigError(InputError):
    """A setting has a value outside its domain, or two settings contradict each other.

    Args:
        message: what is wrong. With a ``setting``, what is wrong with it: the name goes before.
        setting: the name of the setting or argument that is wrong, as in Python.
    """

    def __init__(self, message: str, setting: str | None = None) -> None:
        super().__init__(message if setting is None else f"`{setting}` {message}")
        self.setting = setting


class CorpusError(InputError):
    """The training text is missing, unreadable, not text, or too small."""


class FormatError(InputError):
    """A file of vectors or an evaluation set is not what it should be."""


class OutputError(InputError):
    """The target of the results cannot be opened or written."""


class TrainingError(W2vNceError):
    """Training started and could not go on."""


class Interrupted(W2vNceError):  # noqa: N818 - not an error, but it ends the command
    """A signal ended the run early, and the results so far have been saved."""

    def __init__(self, message: str, exit_code: int = 130) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # as shells report it: 128 + the signal, here SIGINT


def require(module: str, what: str, package: str, extra: str) -> Any:
    """Import and return a module of an optional package.

    Args:
        module: the module, such as ``sklearn.manifold``.
        what: the feature that needs it, for the message.
        package: the name of the package for pip.
        extra: the extra of this package that installs it.

    Raises:
        ConfigError: if it is not installed, saying how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ConfigError(
            f"{what} needs the package {package}: pip install 'w2v-nce[{extra}]'"
        ) from None
