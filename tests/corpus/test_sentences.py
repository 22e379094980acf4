"""Sentences from Python are the same text as a file with a sentence on each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers import write_lines
from w2v_nce.corpus.phrases.learning import find_phrases
from w2v_nce.corpus.sources import Corpus, corpus_of
from w2v_nce.errors import CorpusError
from w2v_nce.settings.phrase_config import PhraseConfig
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.monitor import TrainingTick
from w2v_nce.training.run import Training, train

SEPARATORS = " \t\n\r\v\f\0"
WORDS = st.text(st.characters(exclude_characters=SEPARATORS, exclude_categories=["Cs"]), min_size=1)
SENTENCES = [["the", "cup", "of", "tea"], ["the", "glass", "of", "milk"], [], ["tea"]] * 60


def settings_for(threads: int = 1) -> TrainConfig:
    return TrainConfig(dim=8, min_count=1, epochs=3, sample=0.0, threads=threads)


@given(st.lists(st.lists(WORDS)), st.integers(1, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_blocks_are_those_of_a_file(tmp_path: Path, sentences: list[list[str]], size: int) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes("".join(" ".join(words) + "\n" for words in sentences).encode())
    expected = [each[1:] for each in Corpus.open([path]).chunks(size)]
    given = Corpus.of_sentences(sentences)
    for _ in range(2):
        assert [each[1:] for each in given.chunks(size)] == expected


def test_lines_of_text_and_odd_bytes(tmp_path: Path) -> None:
    text = b"one\xff two\nthree\n"
    lines = text.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    for sentences in (lines, [line.split() for line in lines], [lines[0].split(), lines[1]]):
        assert [chunk.text for chunk in Corpus.of_sentences(sentences).chunks()] == [text]


@pytest.fixture
def from_file(tmp_path: Path) -> np.ndarray:
    path = write_lines(tmp_path / "corpus.txt", map(" ".join, SENTENCES))
    return train(path, settings_for()).embeddings.vectors


class Anew:
    """Begins anew each time, as data sets do."""

    def __iter__(self) -> Iterator[list[str]]:
        return iter(SENTENCES)


@pytest.mark.parametrize(
    "sentences",
    [
        SENTENCES,
        (words for words in SENTENCES),
        Anew(),
        tuple(map(tuple, SENTENCES)),
        np.array([" ".join(words) for words in SENTENCES]),
        Corpus.of_sentences(SENTENCES),
    ],
    ids=["list", "generator", "iterable", "tuples", "array of lines", "corpus"],
)
def test_the_same_words_give_the_same_vectors(
    from_file: np.ndarray, sentences: Iterable[Any]
) -> None:
    np.testing.assert_array_equal(train(sentences, settings_for()).embeddings.vectors, from_file)


@pytest.mark.parametrize("once", [False, True])
def test_several_threads_read_all_sentences(once: bool) -> None:
    """Enough of them for several chunks: in every epoch each is trained on once."""
    sentences = SENTENCES * 300
    run = Training(Corpus.of_sentences(iter(sentences) if once else sentences), settings_for(2))
    last = [tick for tick in run if isinstance(tick, TrainingTick)][-1]
    assert last.words == 3 * sum(map(len, sentences)) == last.total_words
    assert run.vocabulary is not None
    assert run.vocabulary.counts.sum() * 3 == last.words


def test_what_comes_only_once_and_does_not_say_so() -> None:
    class Spent:
        rest = iter(SENTENCES)

        def __iter__(self) -> Iterator[list[str]]:
            yield from self.rest

    with pytest.raises(CorpusError, match="sentences came only once"):
        train(Spent(), settings_for())


def test_what_sentences_raise_reaches_the_caller() -> None:
    def broken() -> Iterator[list[str]]:
        yield ["some", "words"]
        raise KeyError("of theirs")

    with pytest.raises(KeyError, match="of theirs"):
        train(broken(), settings_for(2))


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([["a"], ["b", "new york"]], r"^sentence 2, word 2 is 'new york', which has white space"),
        ([["a", "\t"]], r"word 2 is '\\t', which has white space"),
        ([["", "a b"]], "sentence 1, word 1 is empty; leave it out"),
        ([["a", 7]], r"word 2 is 7 \(int\); a word is a str"),
        ([["a", "\ud900"]], r"sentence 1 has '\\ud900' in it, which UTF-8 cannot have"),
        ([["a"], 7], r"sentence 2 is 7 \(int\); it takes a list of words"),
        ([["a", "b\0"]], "NUL at byte 3"),
        (iter([Path("a.txt")]), r"sentence 1 is .*a\.txt.*Corpus\.open\(paths\)"),
        (7, "7 does not give sentences"),
        ([], "no corpus given"),
        (iter([]), "sentences: no words at all"),
        (["the cup of tea"], r"the cup of tea: No such file.* Corpus\.of_sentences\(lines\)"),
        (["nowhere.txt"], r"^nowhere\.txt: No such file or directory$"),
    ],
)
def test_what_is_wrong_is_named(sentences: Any, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        train(sentences, settings_for())


def test_a_string_is_no_list_of_sentences() -> None:
    with pytest.raises(CorpusError, match="'the cup of tea' does not give sentences"):
        Corpus.of_sentences("the cup of tea")


def test_names_are_those_of_files(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    for source in ("a.txt", Path("a.txt"), ["a.txt"], (Path("a.txt"),)):
        assert [chunk.text for chunk in corpus_of(source).chunks()] == [b"a.txt"]
    both = corpus_of(["a.txt", Path("b.txt")])
    assert [chunk.source for chunk in both.chunks()] == ["a.txt", "b.txt"]
    assert corpus_of(both) is both
    assert [each.name for each in Corpus.open("a.txt").inputs] == ["a.txt"]


def test_phrases_of_sentences() -> None:
    sentences = [[str(i), "new", "york", str(i), "new", str(i)] for i in range(200)]
    found = find_phrases(iter(sentences), PhraseConfig(threshold=2))
    assert found.join(["york", "new", "york"]) == ["york", "new_york"]
