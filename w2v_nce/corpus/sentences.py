"""Sentences from Python as an input like a file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from w2v_nce.errors import CorpusError
from w2v_nce.files.inputs import refuse_reading_again
from w2v_nce.text import split_words

#: The words of a sentence, or a line of text whose words are separated by white space.
Sentence: TypeAlias = str | Iterable[str]
OTHER_BLANKS = b"\t\n\r\v\f"  # separators of words other than the space


class SentencesInput:
    """Sentences as lines of UTF-8; an iterator can be read only once.

    Raises:
        CorpusError: if a string or a file name is given in place of sentences.
    """

    name = "sentences"
    size = None  # unknown

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        if isinstance(sentences, str | bytes) or not isinstance(sentences, Iterable):
            raise CorpusError(
                f"{sentences!r:.60} does not give sentences; each is a list of words, or a line of"
                " text; files are opened with Corpus.open(path)"
            )
        self.sentences = sentences
        self.repeatable = not isinstance(sentences, Iterator)
        self.opened = False
        self.had_any = False

    def open(self) -> SentencesReader:
        """Start at the first sentence."""
        if not self.repeatable:
            refuse_reading_again(self.name, self.opened)
        self.opened = True
        return SentencesReader(self._lines())

    def _lines(self) -> Iterator[bytes]:
        number = 0
        for number, sentence in enumerate(self.sentences, 1):
            yield encoded(sentence, number)
        if self.had_any and not number:
            raise CorpusError(
                f"{self.name} came only once, and nothing when they were read again; give an"
                " iterator, which is copied, or something that begins anew each time"
            )
        self.had_any = number > 0


class SentencesReader:
    """Reads the bytes of lines."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines = lines
        self.some = io.BytesIO()

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        data = self.some.read(size)
        if not data:
            self.some = io.BytesIO(b"".join(self._lines_of(size)))
            data = self.some.read(size)
        return data

    def _lines_of(self, size: int) -> Iterator[bytes]:
        """Yield lines until they have ``size`` bytes."""
        for line in self.lines:
            yield line
            size -= len(line)
            if size <= 0:
                return

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def encoded(sentence: Sentence, number: int) -> bytes:
    """Return a sentence as a line of UTF-8; ``number`` is for messages.

    Surrogates that stand for bytes ("surrogateescape") become these bytes.

    Raises:
        CorpusError: naming a word that would not be one, or no longer the same, in a text.
    """
    if isinstance(sentence, str):
        return _utf8(sentence.removesuffix("\n"), number) + b"\n"
    if not isinstance(sentence, Iterable):
        raise CorpusError(
            f"sentence {number:,} is {sentence!r:.60} ({type(sentence).__name__}); it takes a list"
            " of words, or a line of text; files are opened with Corpus.open(paths)"
        )
    words = list(sentence)
    try:
        line = _utf8(" ".join(words), number)
    except TypeError:
        raise CorpusError(_wrong_word(words, number)) from None
    # The quickest of all ways to check the words, by far.
    spaces, bare = line.count(b" "), line.translate(None, OTHER_BLANKS)
    if spaces != max(len(words) - 1, 0) or len(bare) != len(line) or not all(words):
        raise CorpusError(_wrong_word(words, number))
    return line + b"\n"


def _utf8(text: str, number: int) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        wrong = text[error.start]
        raise CorpusError(
            f"sentence {number:,} has {wrong!a} in it, which UTF-8 cannot have"
        ) from None


def _wrong_word(words: Sequence[object], number: int) -> str:
    """Return a message that names the word that cannot be written, and the reason."""
    for place, word in enumerate(words, 1):
        at = f"sentence {number:,}, word {place:,}"
        if not isinstance(word, str):
            return f"{at} is {word!r:.60} ({type(word).__name__}); a word is a str"
        if not word:
            return f"{at} is empty; leave it out"
        if split_words(word) != [word]:
            return f"{at} is {word!r:.60}, which has white space in it; split it, or put _ there"
    raise AssertionError("all of them are words")
