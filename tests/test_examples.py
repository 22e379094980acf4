"""The examples in the documentation and in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

import w2v_nce
from w2v_nce.demo import World, write_world

ROOT = Path(__file__).parent.parent
PACKAGE = Path(w2v_nce.__file__).parent
BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def modules_with_examples() -> list[str]:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text("utf-8")]
    places = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in paths]
    return [".".join(parts).removesuffix(".__init__") for parts in places]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world"), words=60_000)


@pytest.fixture(autouse=True)
def _files(world: World, tmp_path: Path) -> None:
    """What the examples read."""
    for path in (world.corpus, world.analogies, world.pairs):
        (tmp_path / path.name).symlink_to(path)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_examples_of_a_page(page: Path, tmp_path: Path) -> None:
    """One after the other, as a reader would type them."""
    text = page.read_text("utf-8")
    names: dict[str, object] = {"__name__": page.stem}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(2))
        if block[1] == "python":
            exec(compile("\n" * line + block[2], str(page), "exec"), names)
        else:
            example = doctest.DocTestParser().get_doctest(
                block[2], names, page.name, str(page), line
            )
            assert doctest.DocTestRunner().run(example, clear_globs=False).failed == 0


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_of_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
    assert "doctest: +SKIP" not in Path(module.__file__ or "").read_text("utf-8")
