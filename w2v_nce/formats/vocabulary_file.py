"""Files of words and their counts: a pair on each line, the most frequent first.

We write a tab between the two. What word2vec.c writes (``-save-vocab``) has a blank there, and as
its first line ``</s>`` and the number of line ends, which is no word of the text and is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.table import TOKENS, TYPES, WordTable, table_of
from w2v_nce.corpus.vocabulary import Vocabulary, select_words
from w2v_nce.errors import CorpusError, FormatError
from w2v_nce.formats.compressed_file import Writer
from w2v_nce.text import BYTE_ORDER_MARK

LINE_ENDS = re.compile(rb"</s> [0-9]+\s*")  # as word2vec.c counts them; with a tab it is a word
PAIR = re.compile(rb"([^\s]+)[ \t]+([0-9]{1,18})\s*")
LINES_AT_ONCE = 1 << 16


def write_vocabulary(file: Writer, vocabulary: Vocabulary) -> None:
    """Write all words with their counts, a tab between."""
    counts = vocabulary.counts.tolist()
    for start in range(0, len(vocabulary), LINES_AT_ONCE):
        some = slice(start, start + LINES_AT_ONCE)
        pairs = zip(vocabulary.words[some], counts[some], strict=True)
        file.write(b"".join(b"%b\t%d\n" % pair for pair in pairs))


def read_vocabulary(paths: Iterable[str | Path], config: TrainConfig) -> Vocabulary:
    """Read one or more files of words and counts, and choose the words that are to be trained.

    Words are cleaned as the text will be; the counts of equal words are added up.

    Raises:
        FormatError: naming the file and the line that is not a word and its count.
        CorpusError: if fewer than two words occur often enough.
    """
    paths = list(paths)
    counts: Counter[bytes] = Counter()
    for path in paths:
        for word, count in read_counts(path).items():
            cleaned = _cleaned(word, path, config)
            if cleaned and count:
                counts[cleaned] += count
    try:
        return select_words(_counted(counts), config.min_count, config.max_vocab)
    except CorpusError as error:
        raise CorpusError(f"{', '.join(map(str, paths))}: {error}") from None


def read_counts(path: str | Path) -> dict[bytes, int]:
    """Read a file of words and counts.

    Raises:
        FormatError: naming the file and the line that is not a word and its count.
    """
    try:
        lines = Path(path).read_bytes().removeprefix(BYTE_ORDER_MARK).split(b"\n")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    first = 1 if LINE_ENDS.fullmatch(lines[0]) else 0
    counts: dict[bytes, int] = {}
    for number, line in enumerate(lines[first:], first + 1):
        pair = PAIR.fullmatch(line)
        if pair is None:
            if line.strip():
                shown = line[:60].decode("utf-8", "replace").strip()
                raise FormatError(f"{path}, line {number}: {shown!r} is not a word and its count")
            continue
        word, count = pair[1], int(pair[2])
        if word in counts:
            shown = word.decode("utf-8", "replace")
            raise FormatError(f"{path}, line {number}: {shown!r} has a count already")
        counts[word] = count
    return counts


def _cleaned(word: bytes, path: str | Path, config: TrainConfig) -> bytes:
    try:
        return config.cleaning.clean(word)
    except UnicodeDecodeError:
        raise FormatError(
            f"{path}: {word[:60]!r} is not UTF-8, which --encoding-errors strict asks for"
        ) from None


def _counted(counts: Counter[bytes]) -> WordTable:
    """Return words and counts as a table."""
    table = table_of(list(counts))
    table.counts[: table.totals[TYPES]] = np.array(list(counts.values()), np.int64)
    table.totals[TOKENS] = sum(counts.values())
    return table
