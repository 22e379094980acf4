"""Extension of Griffe, which reads docstrings: examples and marked names as Markdown has them."""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*?(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):`~?")


class Docstrings(griffe.Extension):
    """Makes examples blocks of code, and :class:`Tick` a name without its mark."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of a module, class, function or attribute that was read."""
        if obj.docstring:
            text = EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)
            obj.docstring.value = ROLE.sub("`", text)
