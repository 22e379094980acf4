"""Approximate search against exact search; files of an index and what is no index."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command_line import w2v_nce
from tests.processes import assert_refused
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.index import IndexFile, NeighbourIndex, digest_of, load_index
from w2v_nce.embeddings.queries import neighbours
from w2v_nce.errors import ConfigError, FormatError, InputError

pytest.importorskip("usearch", reason="needs the extra [ann]")
WORDS, DIM = 3000, 12


def random_embeddings(size: int = WORDS, dim: int = DIM, seed: int = 0) -> Embeddings:
    vectors = np.random.default_rng(seed).normal(size=(size, dim)).astype(np.float32)
    return Embeddings([f"w{i}" for i in range(size)], vectors)


@pytest.fixture(scope="module")
def embeddings() -> Embeddings:
    return random_embeddings()


@pytest.fixture(scope="module")
def index(embeddings: Embeddings) -> NeighbourIndex:
    return NeighbourIndex.build(embeddings, threads=1)


@pytest.fixture
def saved(index: NeighbourIndex, tmp_path: Path) -> Path:
    with IndexFile(tmp_path / "v.index") as file:
        file.save(index)
    return tmp_path / "v.index"


def test_what_is_found_is_nearly_what_exact_search_finds(embeddings, index) -> None:
    groups = [[f"w{i}", f"w{i + 1}"] for i in range(0, 300, 3)]
    exact, found = neighbours(embeddings, groups), neighbours(embeddings, groups, index=index)
    shares = [len(dict(a).keys() & dict(b).keys()) / 10 for a, b in zip(exact, found, strict=True)]
    assert np.mean(shares) > 0.97
    for group, theirs, ours in zip(groups, exact, found, strict=True):
        assert not set(group) & dict(ours).keys()
        scores = dict(neighbours(embeddings, [group], WORDS)[0])
        assert [x for _, x in ours] == pytest.approx([scores[word] for word, _ in ours], abs=1e-6)
        assert [x for _, x in ours] == sorted((x for _, x in ours), reverse=True)
        assert ours[0][1] <= theirs[0][1] + 1e-6


def test_the_recall_is_measured(embeddings, index, monkeypatch) -> None:
    assert 0.97 < index.recall <= 1
    for name in ("NEIGHBOURS", "EFFORT", "DEPTH", "SPARE"):
        monkeypatch.setattr(f"w2v_nce.embeddings.index.{name}", 2)
    poor = NeighbourIndex.build(embeddings, threads=1)
    assert poor.recall < 0.9
    groups = [[word] for word in embeddings.words[:300]]
    exact, found = neighbours(embeddings, groups), neighbours(embeddings, groups, index=poor)
    shares = [len(dict(a).keys() & dict(b).keys()) / 10 for a, b in zip(exact, found, strict=True)]
    assert np.mean(shares) == pytest.approx(poor.recall, abs=0.1)


def test_a_file_answers_as_the_index_that_it_is_of(embeddings, index, saved: Path) -> None:
    read = load_index(saved, embeddings)
    assert read.recall == index.recall
    for word in embeddings.words[:20]:
        assert embeddings.neighbours(word, 7, index=read) == embeddings.neighbours(
            word, 7, index=index
        )


@settings(max_examples=30)
@given(
    size=st.integers(1, 30), places=st.integers(1, 30), dim=st.integers(1, 40),
    n=st.integers(0, 50), seed=st.integers(0, 99),
)  # fmt: skip
def test_few_and_equal_vectors_and_zeros(
    size: int, places: int, dim: int, n: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(places, dim))[chance.integers(0, places, size)]
    vectors[chance.random(size) < 0.2] = 0
    few = Embeddings([f"w{i}" for i in range(size)], vectors.astype(np.float32))
    index = NeighbourIndex.build(few, threads=1)
    assert index.recall == 1
    for word in few.words:
        exact, found = few.neighbours(word, n), few.neighbours(word, n, index=index)
        assert len({each for each, _ in found} - {word}) == len(found) == len(exact)
        np.testing.assert_allclose([x for _, x in found], [x for _, x in exact], atol=1e-6)


def test_some_of_the_words_only(embeddings, index) -> None:
    with pytest.raises(ConfigError, match="`restrict_vocab` cannot be combined"):
        embeddings.neighbours("w1", restrict_vocab=10, index=index)


def test_the_digest_is_of_words_and_numbers_not_of_files(embeddings, tmp_path: Path) -> None:
    prints = {digest_of(embeddings)}
    for name in ("v.bin", "v.txt", "v.npy", "v.txt.gz"):
        embeddings.save(tmp_path / name)
        prints.add(digest_of(Embeddings.load(tmp_path / name)))
    assert len(prints) == 1
    vectors = embeddings.vectors.copy()
    vectors[WORDS - 1, DIM - 1] = np.nextafter(vectors[WORDS - 1, DIM - 1], np.float32(9))
    words = [*embeddings.words[:-1], "other"]
    others = [
        Embeddings(embeddings.words, vectors),
        Embeddings(words, embeddings.vectors),
        Embeddings(embeddings.words[:-1], embeddings.vectors[:-1]),
        Embeddings(embeddings.words, embeddings.vectors[::-1]),
    ]
    prints |= {digest_of(other) for other in others}
    assert len(prints) == 5


def test_damage_is_noticed(embeddings, saved: Path) -> None:
    whole = saved.read_bytes()
    chance = random.Random(0)
    cuts = [whole[: chance.randrange(len(whole))] for _ in range(40)] + [whole + b"x", b"", b"\n"]
    for _ in range(100):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        cuts.append(bytes(changed))
    line = whole[: whole.index(b"\n")]
    cuts += [whole.replace(line, line[:i] + b"?" + line[i + 1 :]) for i in range(len(line))]
    messages = []
    for data in cuts:
        saved.write_bytes(data)
        try:
            load_index(saved, embeddings).search(
                embeddings, embeddings.unit[:1], 5, np.zeros((1, 1), np.intp)
            )
        except FormatError as error:
            messages.append(str(error))
    assert all(str(saved) in message for message in messages)
    assert (
        len(messages) >= len(cuts) - 5
    )  # but for what stands in the line of JSON and is not needed


def test_the_command(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    random_embeddings(300).save("vectors.bin")
    made = w2v_nce("index", "vectors.bin", "--threads", 1)  # with several it is not always the same
    assert made.returncode == 0, made.stderr
    assert "index       vectors.bin.index (300 words; recall 1.000" in made.stderr
    for words in (["w3", "w5"], ["w3", "w5", "--together"]):
        exact, found = w2v_nce("similar", *words), w2v_nce("similar", *words, "--index",
                                                           "vectors.bin.index")  # fmt: skip
        assert found.stdout == exact.stdout != ""
    lines = w2v_nce("similar", "-", "--json", "--index", "vectors.bin.index", input="w1\nx\nw2\n")
    assert [list(json.loads(line))[-1] for line in lines.stdout.splitlines()] == [
        "neighbours", "suggestions", "neighbours",
    ]  # fmt: skip
    random_embeddings(300, seed=1).save("vectors.bin")
    assert_refused(
        w2v_nce("similar", "w1", "--index", "vectors.bin.index"),
        "vectors.bin.index is the index of other vectors",
    )
    assert_refused(
        w2v_nce("similar", "-", "--index", "vectors.bin", input="w1\nw2\n"),
        "vectors.bin is no index",
    )
    assert_refused(w2v_nce("similar", "w1", "--index", "none"), "cannot read none: No such file")
    assert_refused(w2v_nce("index", "vectors.bin", "-o", "vectors.bin"), "choose another name")


def test_a_missing_library_is_one_line(embeddings, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(InputError, match=r"pip install 'w2v-nce\[ann\]'"):
        NeighbourIndex.build(embeddings)
