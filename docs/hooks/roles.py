"""MkDocs hook: names in docstrings that are marked by what they are, such as ``:class:`Tick```."""

from __future__ import annotations

import re
from typing import Any

ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):(?=<code>)")


def on_page_content(html: str, **_: Any) -> str:
    """Leave the marks out."""
    return ROLE.sub("", html)
