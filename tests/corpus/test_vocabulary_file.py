"""Files of words and counts: ours, those of word2vec.c, and damaged ones."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers import vocabulary_of
from w2v_nce.corpus.counting import read_vocabulary
from w2v_nce.corpus.vocabulary import Vocabulary, write_vocabulary
from w2v_nce.errors import CorpusError, FormatError
from w2v_nce.files.word_lists import read_counts
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.text import BYTE_ORDER_MARK

ALL = TrainConfig(min_count=1)
WORDS = st.binary(min_size=1).filter(
    lambda word: word.split() == [word] and not word.startswith(BYTE_ORDER_MARK)
)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@given(st.dictionaries(WORDS, st.integers(1, 10**17), min_size=2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_is_read(tmp_path: Path, counts: dict[bytes, int]) -> None:
    words = sorted(counts, key=lambda word: (-counts[word], word))
    numbers = np.array([counts[word] for word in words])
    file = io.BytesIO()
    write_vocabulary(file, Vocabulary(words, numbers, int(numbers.sum()), len(words)))
    path = written(tmp_path / "vocab.tsv", file.getvalue())
    found = read_vocabulary([path], ALL)
    assert (found.words, found.counts.tolist()) == (words, numbers.tolist())
    assert (found.corpus_words, found.corpus_types) == (sum(counts.values()), len(counts))


def test_it_is_what_counting_the_text_gives(tmp_path: Path) -> None:
    text = written(tmp_path / "text", b"to be or not to be </s> \xff\n" * 3)
    counted = vocabulary_of(text)
    with (tmp_path / "vocab").open("wb") as file:
        write_vocabulary(file, counted)
    assert (tmp_path / "vocab").read_bytes().splitlines()[:2] == [b"be\t6", b"to\t6"]
    found = read_vocabulary([tmp_path / "vocab"], ALL)
    assert (found.words, found.counts.tolist()) == (counted.words, counted.counts.tolist())


def test_line_ends_that_word2vec_counted_are_no_word(tmp_path: Path) -> None:
    theirs = written(tmp_path / "theirs", b"</s> 820173\nthe 5\nof 3\n")
    assert read_counts(theirs) == {b"the": 5, b"of": 3}
    ours = written(tmp_path / "ours", b"</s>\t9\nthe\t5\n")
    assert read_counts(ours) == {b"</s>": 9, b"the": 5}
    later = written(tmp_path / "later", b"the 9\n</s> 5\n")
    assert read_counts(later) == {b"</s>": 5, b"the": 9}


def test_counts_of_several_files_are_added_up(tmp_path: Path) -> None:
    one = written(tmp_path / "one", b"The\t5\nof\t3\nrare\t1\n")
    two = written(tmp_path / "two", b"\xef\xbb\xbfthe 2\r\n\r\nrare 1\r\nnone 0\r\n")
    both = read_vocabulary([one, two], ALL)
    assert dict(zip(both.words, both.counts.tolist(), strict=True)) == {
        b"The": 5, b"of": 3, b"rare": 2, b"the": 2,
    }  # fmt: skip
    assert (both.corpus_words, both.corpus_types) == (12, 4)
    cut = read_vocabulary([one, two], TrainConfig(min_count=2, max_vocab=2, lowercase=True))
    assert (cut.words, cut.counts.tolist()) == ([b"the", b"of"], [7, 3])
    assert cut.corpus_words == 12


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"the\t5\nof\n", r"vocab, line 2: 'of' is not a word and its count"),
        (b"the 5\nof -3\n", r"vocab, line 2: 'of -3' is not"),
        (b"</s> 5\nthe 5\nof 3 4\n", r"vocab, line 3: 'of 3 4' is not"),
        (b"the 5\nthe 4\n", r"vocab, line 2: 'the' has a count already"),
        (b"the 5\nof 9999999999999999999\n", r"vocab, line 2"),
        (b"\x1f\x8b\x08\x00", r"vocab is cut off: its gzip data"),
        (b"\x00\x01\x02", r"vocab, line 1"),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read_vocabulary([written(tmp_path / "vocab", data)], ALL)


def test_too_few_words_get_a_remedy(tmp_path: Path) -> None:
    path = written(tmp_path / "vocab", b"the 4\nof 3\n")
    with pytest.raises(CorpusError, match=r"vocab: 0 of 2 distinct words.*try `min_count=3`"):
        read_vocabulary([path], TrainConfig())
    with pytest.raises(CorpusError, match=r"vocab: no words at all"):
        read_vocabulary([written(path, b"")], TrainConfig())
    with pytest.raises(FormatError, match="nowhere: No such file"):
        read_vocabulary([tmp_path / "nowhere"], TrainConfig())
    with pytest.raises(FormatError, match="not UTF-8"):
        read_vocabulary([written(path, b"\xff 9\n")], TrainConfig(encoding_errors="strict"))
