"""Packages that only some features need, and that may be missing."""

from __future__ import annotations

import importlib
from typing import Any

from w2v_nce.errors import ConfigError


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
