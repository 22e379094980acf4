"""The examples in the documentation and in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import re
import shutil
from pathlib import Path

import pytest

import w2v_nce
from tests.conftest import ROOT
from w2v_nce.demo.world import write_world
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import train

PACKAGE = Path(w2v_nce.__file__).parent
#: Examples that are not run have such a comment on the line before.
BLOCK = re.compile(
    r"(?<!<!-- not run -->\n)^```(python|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
#: Words that the pages speak of and the demo world does not.
SENTENCES = ["the quick brown fox of the ship", "a word and a cup of tea", "behind the door he"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def modules_with_examples() -> list[str]:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text("utf-8")]
    places = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in paths]
    return [".".join(parts).removesuffix(".__init__") for parts in places]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples read."""
    folder = tmp_path_factory.mktemp("world")
    corpus = write_world(folder, words=60_000).corpus
    with corpus.open("a") as file:
        file.writelines(f"{sentence}\n" for sentence in SENTENCES * 10)
    model = train(corpus, TrainConfig(dim=10, epochs=1))
    model.save(folder / "model")
    for name in ("vectors.bin", "vectors.npy"):
        model.embeddings.save(folder / name)
    return folder


@pytest.fixture(autouse=True)
def _files(world: Path, tmp_path: Path) -> None:
    shutil.copytree(world, tmp_path, dirs_exist_ok=True)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_examples_of_a_page(page: Path) -> None:
    """One after the other, as a reader would type them."""
    text = page.read_text("utf-8")
    names: dict[str, object] = {"__name__": page.stem}
    missing = set()
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(2))
        try:
            if block[1] == "python":
                exec(compile("\n" * line + block[2], str(page), "exec"), names)
            else:
                check_session(block[2], names, page, line)
        except ModuleNotFoundError as error:
            if str(error.name).startswith("w2v_nce"):
                raise
            missing.add(error.name)  # not everybody has it
    if missing:
        pytest.skip(f"needs {missing}")


def check_session(text: str, names: dict[str, object], page: Path, line: int) -> None:
    """Compare what Python says with what stands there."""
    example = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), line)
    runner = doctest.DocTestRunner()
    runner.run(example, clear_globs=False)
    names.update(example.globs)
    assert runner.summarize().failed == 0


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_of_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
    assert "doctest: +SKIP" not in Path(module.__file__ or "").read_text("utf-8")
