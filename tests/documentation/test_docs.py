"""The documentation: every page is in the site, every link leads somewhere, commands exist."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

import w2v_nce
from tests.pages import DOCS, PAGES, ROOT, blocks, parsed, rows, shell_commands
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.memory import needed_memory, shown

TEXTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *PAGES]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
COMMANDS = [
    pytest.param(words[words.index("w2v-nce") :], id=f"{page.relative_to(ROOT)}: {' '.join(words)}")
    for page in TEXTS
    for language, text in blocks(page.read_text("utf-8"))
    if language in ("", "sh", "console")
    for words in shell_commands(text)
    if "w2v-nce" in words
]


def slug(title: str) -> str:
    """Return the anchor of a heading, as Markdown and its table of contents make it."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title)
    plain = re.sub(r"[^\w\s-]", "", plain.encode("ascii", "ignore").decode()).strip().lower()
    return re.sub(r"[-\s]+", "-", plain)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page; of pages made from the code, what they are made from."""
    text = page.read_text("utf-8")
    found = {slug(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    if "<!-- commands -->" in text:
        found |= set(w2v_nce_commands())
    return found | set(re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE))


def w2v_nce_commands() -> list[str]:
    from w2v_nce.cli import program

    return list(program.commands)


def test_every_page_is_in_the_navigation():
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    listed = re.findall(r": ([\w/]+\.md)$", config, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in LINK.findall(page.read_text("utf-8")):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc), link
            continue
        target = page.parent / parts.path if parts.path else page
        assert target.resolve().is_relative_to(ROOT), link
        assert target.exists(), link
        if parts.fragment and target.suffix == ".md":
            assert parts.fragment in anchors(target), link


@pytest.mark.parametrize("words", COMMANDS)
def test_commands_are_understood(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for word in words:
        if word.endswith(".toml"):
            Path(word).touch()  # options in a file are read with those of the command line
    try:
        parsed(words)
    except click.UsageError as error:
        pytest.fail(f"{' '.join(words)}: {error.format_message()}")


def test_memory_is_what_the_program_reckons():
    text = (DOCS / "howto" / "memory.md").read_text("utf-8")
    found = list(rows(text))
    assert len(found) == 3
    for count, *cells in found:
        for dim, cell in zip((100, 200, 300), cells, strict=True):
            words = int(count.replace(",", ""))
            assert shown(needed_memory(TrainConfig(dim=dim, threads=1), words)) == cell


def test_every_public_name_is_in_the_reference():
    text = (DOCS / "reference" / "python.md").read_text("utf-8")
    assert {name for name in w2v_nce.__all__ if not name.startswith("__")} <= set(
        re.findall(r"\w+", text)
    )
