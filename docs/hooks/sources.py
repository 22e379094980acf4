"""MkDocs hook: files of the project that pages link to are part of the site.

In the repository a link such as ``../w2v_nce/objective.py`` leads to the file; on the site it leads
to a page that shows it.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

LINK = re.compile(r"(?<=\]\()([^)#:\s]+)")
CHANGES = "changelog.md"  # a link to a file of the project, and so are the links in it
SHOWN = "source/"  # where files of the project are
ROOT = Path(__file__).parents[2]
NOT_SEARCHED = "---\nsearch:\n  exclude: true\n---\n"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for every file outside docs/ that is linked to."""
    for page in [file for file in files if file.is_documentation_page()]:
        for link in LINK.findall(page.content_string):
            path = target(page.src_uri, link)
            if (
                path.startswith("docs/")
                or not (ROOT / path).is_file()
                or shown(path) in files.src_uris
            ):
                continue
            file = File.generated(config, shown(path), content=content(path))
            file.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(file)
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let links lead to these pages."""
    here = page.file.src_uri

    def moved(match: re.Match[str]) -> str:
        path = target(here, match[1])
        if not (ROOT / path).is_file():
            return match[1]
        there = path.removeprefix("docs/") if path.startswith("docs/") else shown(path)
        return posixpath.relpath(there, posixpath.dirname(here) or ".")

    return LINK.sub(moved, markdown)


def target(page: str, link: str) -> str:
    """Return the path in the project that a link of a page means."""
    if page == CHANGES:
        folder = ""
    elif page.startswith(SHOWN):
        folder = posixpath.dirname(page.removeprefix(SHOWN))
    else:
        folder = posixpath.join("docs", posixpath.dirname(page))
    return posixpath.normpath(posixpath.join(folder, link))


def shown(path: str) -> str:
    """Return where a file is shown."""
    return f"{SHOWN}{path.removesuffix('.md')}.md"


def content(path: str) -> str:
    """Return the page that shows a file."""
    text = (ROOT / path).read_text("utf-8")
    if not path.endswith(".md"):
        text = f"# {path}\n\n````{path.rpartition('.')[2]}\n{text}````\n"
    return f"{NOT_SEARCHED}{text}"
