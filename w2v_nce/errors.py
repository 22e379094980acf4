"""What can go wrong, as a tree.

    W2vNceError               anything that this package reports by itself
    ├── InputError            the caller's input or options are wrong      (exit code 2)
    │   ├── ConfigError       an option has a value that cannot be meant
    │   ├── CorpusError       the text cannot be read or trained on
    │   ├── FormatError       a file of vectors or of questions is malformed
    │   └── OutputError       the results cannot be written where they should go
    ├── TrainingError         the run itself failed, e.g. diverged        (exit code 1)
    └── Interrupted           a signal ended the run; what there is, is saved (128 + the signal)

Each message is one line: what is wrong, where, the value found, and the remedy.
"""

from __future__ import annotations

import importlib
from typing import Any


class W2vNceError(Exception):
    """Base of all errors raised on purpose by this package."""

    exit_code = 1


class InputError(W2vNceError):
    """The caller's input or options are wrong; nothing has been computed."""

    exit_code = 2


class ConfigError(InputError):
    """An option has a value outside its domain, or two options contradict each other."""


class CorpusError(InputError):
    """The training text is missing, unreadable, not text, or too small."""


class FormatError(InputError):
    """A file of vectors or an evaluation set is not what it should be."""


class OutputError(InputError):
    """The target of the results cannot be opened or written."""


class TrainingError(W2vNceError):
    """Training started and could not go on."""


class Interrupted(W2vNceError):  # noqa: N818 - not an error, but it ends the command
    """A signal ended the run before its time, and the results so far have been saved."""

    def __init__(self, message: str, exit_code: int = 130) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # as shells report it: 128 + the signal, SIGINT at first


def require(module: str, what: str, package: str, extra: str) -> Any:
    """Import a module of an optional package.

    Args:
        module: what is imported, such as ``sklearn.manifold``.
        what: the feature that needs it, for the message.
        package: the name of the package for pip.
        extra: the extra of this package that brings it.

    Raises:
        ConfigError: if it is not there, with the way to get it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ConfigError(
            f"{what} needs the package {package}: pip install 'w2v-nce[{extra}]'"
        ) from None
