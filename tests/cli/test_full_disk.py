"""Disks that are full: nothing damaged ever has a final name."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest

from tests.processes import assert_refused, random_corpus, w2v_nce
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.model.model import Model
from w2v_nce.training.checkpoints import newest_checkpoint, numbers_in

pytestmark = pytest.mark.xdist_group("processes")

ARGUMENTS = ("--dim", 50, "--threads", 1, "-q", "--epochs", 3)
KEEP = ("--save-model", "model", "--checkpoint", "run", "--checkpoint-every", "0.01s")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")
    assert w2v_nce("train", path, *ARGUMENTS, cwd=path.parent).returncode == 0  # compiles
    return path


def limited(size: int) -> None:
    """Let no file grow beyond so many bytes: what is more is refused, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def slow(*sizes: int) -> list[Any]:
    return [pytest.param(size, marks=pytest.mark.slow) for size in sizes]


@pytest.mark.parametrize("size", [*slow(0, 100, 400, 3000, 9000), 10130, *slow(10200)])
def test_files_that_may_not_grow(corpus: Path, size: int) -> None:
    """The largest file has some 10,200 bytes: matrices, with a header of NumPy's or words."""
    Path("vectors.bin").write_bytes(b"precious")
    result = w2v_nce(*("train", corpus, *ARGUMENTS, *KEEP), preexec_fn=lambda: limited(size))
    assert_refused(result, "cannot write ", "File too large", code=1)
    if Path("vectors.bin").read_bytes() != b"precious":
        assert len(Embeddings.load("vectors.bin")) == 50
    if Path("model").exists():
        assert len(Model.load("model").vocabulary) == 50
    if numbers_in(Path("run")):
        newest_checkpoint("run")
    assert list(Path().rglob(".w2v-nce*.tmp")) == []


def test_a_spool_that_may_not_grow(corpus: Path) -> None:
    with corpus.open() as text:
        result = w2v_nce(
            *("train", "-", *ARGUMENTS), stdin=text, preexec_fn=lambda: limited(100_000)
        )
    assert_refused(result, "cannot write a temporary file in ", "--spool-dir", code=1)
    assert list(Path().iterdir()) == []


@pytest.mark.slow
def test_memory_that_does_not_suffice_is_refused_with_the_numbers() -> None:
    """Of three gigabytes of address space, libraries take one."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))

    many = Path("many.txt")
    many.write_text("".join(f"a{i} b{i} a{i} b{i}\n" for i in range(5000)))
    arguments = ("train", many, "--threads", 1, "-q", "--min-count", 1, "--dim", 100_000)
    result = w2v_nce(*arguments, preexec_fn=limit)
    assert_refused(result, "training 10,000 words x 100000 takes 7.5 GiB of memory, and", "--force")
    result = w2v_nce(*arguments, "--force", preexec_fn=limit)
    assert_refused(result, "out of memory", code=1)
    assert [path.name for path in Path().iterdir()] == ["many.txt"]
