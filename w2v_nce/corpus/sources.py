"""Text as a stream of chunks of whole words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from w2v_nce.corpus.sentences import Sentence, SentencesInput
from w2v_nce.errors import CorpusError
from w2v_nce.files.compression import TextStream
from w2v_nce.files.inputs import FileInput, Input, expand
from w2v_nce.files.spool import Spool, SpooledInput
from w2v_nce.text import BYTE_ORDER_MARK, Cleaning, split_words

CHUNK_SIZE = 1 << 17  # bytes: some 25,000 English words, milliseconds of training
MAX_WORD_SIZE = 1 << 30  # bytes: places in a chunk are 32-bit numbers
CHECKED = 4096  # bytes checked before any work is done
AS_IT_IS = Cleaning()
WHITESPACE = b" \t\n\r\v\f"


class Chunk(NamedTuple):
    """A piece of text that starts and ends between words, between lines if possible."""

    source: str  # the name of the input
    offset: int  # of its first byte in the text, unpacked
    end: int  # behind its last byte
    text: bytes  # cleaned
    stored: int  # bytes of the input read for it


@dataclass(frozen=True)
class Corpus:
    """A text, read chunk by chunk, as often as its inputs allow."""

    inputs: tuple[Input, ...]
    cleaning: Cleaning = AS_IT_IS
    spool_dir: Path | None = None  # for inputs that can be read only once; None: the system's

    @classmethod
    def open(
        cls, names: str | Path | Iterable[str | Path], spool_dir: str | Path | None = None
    ) -> Corpus:
        """Open what one or more names stand for (see :func:`~w2v_nce.files.inputs.expand`).

        Raises:
            CorpusError: naming the first file that is missing, unreadable or not text.
        """
        inputs = tuple(expand([names] if isinstance(names, str | Path) else names))
        if not inputs:
            raise CorpusError("no corpus given; name at least one text file")
        for each in inputs:
            if each.repeatable:
                _check(each)
        return cls(inputs, spool_dir=None if spool_dir is None else Path(spool_dir))

    @classmethod
    def of_sentences(cls, sentences: Iterable[Sentence]) -> Corpus:
        """Return a corpus of sentences from Python: lists of words, or lines of text as strings.

        They are the same text as a file with a sentence on each line. What can be iterated again
        and again, such as a list, is iterated in every pass; an iterator, such as a generator, is
        copied to a temporary file on the way if there are several. Whichever thread needs
        sentences takes them, one thread at a time: with many threads, a file is faster.

        >>> corpus = Corpus.of_sentences([["a", "cup", "of", "tea"], "a glass of milk"])
        >>> [chunk.text for chunk in corpus.chunks()]
        [b'a cup of tea\\na glass of milk\\n']

        Raises:
            CorpusError: if that is no iterable of sentences; while it is read, naming a word
                that is empty or has white space in it.
        """
        return cls((SentencesInput(sentences),))

    @property
    def name(self) -> str:
        """The name of the input, or the first of several and how many more there are."""
        more = len(self.inputs) - 1
        return self.inputs[0].name + (f" and {more} more" if more else "")

    @property
    def size(self) -> int | None:
        """The bytes of all inputs as stored; None if unknown."""
        sizes = [each.size for each in self.inputs]
        return None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The inputs that are regular files."""
        return tuple(each.path for each in self.inputs if isinstance(each, FileInput))

    def cleaned(self, cleaning: Cleaning) -> Corpus:
        """Return this corpus with another way of cleaning its text."""
        return replace(self, cleaning=cleaning)

    def spooled(self) -> Corpus:
        """Return this corpus as one that can be read more than once.

        What can be read only once is written to a temporary file on the way.

        Raises:
            OutputError: if that file cannot be created.
        """
        if all(each.repeatable for each in self.inputs):
            return self
        spool = Spool(self.spool_dir)
        return replace(
            self,
            inputs=tuple(
                each if each.repeatable else SpooledInput(each, spool) for each in self.inputs
            ),
        )

    def chunks(self, chunk_size: int = CHUNK_SIZE) -> Iterator[Chunk]:
        """Read all inputs once, in order.

        Where chunks end depends on nothing but the bytes of the text and ``chunk_size``: after
        the last line end that fits; in a longer line after the last word that fits; a longer
        word makes the chunk grow.

        Raises:
            CorpusError: if an input cannot be read or turns out not to be text.
        """
        for each in self.inputs:
            with TextStream(each) as text:
                stored = 0
                for offset, piece in _pieces(text, chunk_size):
                    before, stored = stored, text.stored.count
                    cleaned = self._clean(each.name, offset, piece)
                    end = offset + len(piece)
                    yield Chunk(each.name, offset, end, cleaned, stored - before)

    def _clean(self, name: str, offset: int, text: bytes) -> bytes:
        try:
            return self.cleaning.clean(text)
        except UnicodeDecodeError as error:
            wrong = text[error.start : error.end].hex(" ")
            raise CorpusError(
                f"{name} is not UTF-8: {wrong} at byte {offset + error.start}; convert it, or let"
                " --encoding-errors replace, ignore or keep such bytes"
            ) from None


#: What functions take for a corpus; see :func:`corpus_of`.
Source: TypeAlias = Corpus | str | Path | Sequence[str | Path] | Iterable[Sentence]


def corpus_of(source: Source) -> Corpus:
    """Return the corpus that a name, several names or sentences stand for.

    A string or a path, or a list or tuple of them, names files (see :meth:`Corpus.open`); any
    other iterable gives sentences (see :meth:`Corpus.of_sentences`).

    Raises:
        CorpusError: if a file is missing, unreadable or not text, or nothing of the kind is given.
    """
    if isinstance(source, Corpus):
        return source
    if isinstance(source, str | Path):
        return Corpus.open(source)
    if not isinstance(source, list | tuple) or not all(isinstance(i, str | Path) for i in source):
        return Corpus.of_sentences(cast("Iterable[Sentence]", source))
    try:
        return Corpus.open(source)
    except CorpusError as error:
        if any(isinstance(name, str) and len(split_words(name)) > 1 for name in source):
            raise CorpusError(
                f"{error}; a list of strings names files, for lines of text say"
                " Corpus.of_sentences(lines)"
            ) from None
        raise


def _check(source: Input) -> None:
    with TextStream(source) as text:
        _refuse_binary(source.name, 0, text.read(CHECKED))


def _pieces(text: TextStream, chunk_size: int) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces of a text and the place of each."""
    offset, rest, wanted = 0, b"", chunk_size
    while data := text.read(max(wanted - len(rest), 1)):
        _refuse_binary(text.name, offset + len(rest), data)
        if offset == 0 and not rest and data.startswith(BYTE_ORDER_MARK):
            offset = len(BYTE_ORDER_MARK)
            data = data[offset:]
        piece = rest + data
        end = _last_boundary(piece) if len(piece) >= wanted else 0
        if end:
            yield offset, piece[:end]
            offset += end
            wanted = chunk_size
        elif len(piece) >= wanted:
            wanted *= 2  # a very long word, without any white space
            if wanted > MAX_WORD_SIZE:
                raise CorpusError(
                    f"{text.name} has no white space in the {len(piece):,} bytes from byte"
                    f" {offset:,} on; text with words is needed"
                )
        rest = piece[end:]
    if rest:
        yield offset, rest


def _last_boundary(text: bytes) -> int:
    line_end = text.rfind(b"\n") + 1
    return line_end or max(text.rfind(bytes([space])) for space in WHITESPACE) + 1


def _refuse_binary(name: str, offset: int, data: bytes) -> None:
    position = data.find(0)
    if position >= 0:
        context = data[position : position + 8].hex(" ")
        raise CorpusError(
            f"{name} is not text: NUL at byte {offset + position} ({context}); UTF-8 text is needed"
        )
