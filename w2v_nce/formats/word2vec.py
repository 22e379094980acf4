"""word2vec's file formats, text and binary.

Both start with a line of two whole numbers, words and dimensions; then comes a record a word:

* text: the word and its numbers in decimal, separated by blanks, and a line end;
* binary: the word, a blank, its numbers as little-endian float32, and a line end, which some
  writers leave out.

Other programs write the text format without the first line. All of this is read, gzipped or
not, and told apart by what is in the file, not by its name.
"""

from __future__ import annotations

from pathlib import Path

from w2v_nce.embeddings import Embeddings, Matrix
from w2v_nce.errors import FormatError, OutputError
from w2v_nce.formats.atomic import Discardable
from w2v_nce.formats.compressed_file import CompressedFile, Writer, plain_name
from w2v_nce.formats.word2vec_reader import BLANKS, is_number, read_vectors

__all__ = ["VectorsFile", "is_binary_name", "read_vectors", "write_vectors"]

OTHER_FORMATS = (".npy", ".safetensors", ".tsv")
BYTES_AT_ONCE = 1 << 22  # of float32; bounds the memory for what is being written


def is_binary_name(path: str | Path) -> bool:
    """Tell whether a file of this name is binary: if it ends in .bin, or .bin.gz and the like."""
    return plain_name(path).endswith(".bin")


class VectorsFile(Discardable):
    """A file that vectors will be written to, opened beforehand; see :class:`AtomicFile`.

    Its name decides the format unless ``binary`` does: binary if it ends in .bin, packed or not,
    text otherwise; .gz, .xz and .zst compress. "-" is standard output. ``header`` is the first
    line, which GloVe's files do not have. The same vectors always give the same bytes.

    Raises:
        OutputError: if it cannot be opened, or has the name of another format.
    """

    def __init__(self, path: str | Path, binary: bool | None = None, header: bool = True) -> None:
        _refuse_other_formats(path)
        self.header = header
        self.binary = is_binary_name(path) if binary is None else binary
        self.file = CompressedFile(path)

    def save(self, embeddings: Embeddings) -> None:
        """Write all words and vectors, and put the file in its place.

        Raises:
            FormatError: if the format has no way to write one of the words.
            W2vNceError: if the disk does not take it.
        """
        write_vectors(self.file, embeddings, self.binary, self.header)
        self.file.commit()

    def discard(self) -> None:
        """Remove what was written, unless it is complete."""
        self.file.discard()


def _refuse_other_formats(path: str | Path) -> None:
    """Refuse names by which files would later be taken for matrices.

    Raises:
        OutputError: if it is one.
    """
    for suffix in OTHER_FORMATS:
        if plain_name(path).endswith(suffix):
            raise OutputError(
                f"{path}: a {suffix} file is not in word2vec's format; write a .bin file, which"
                " 'w2v-nce convert' makes such a file of"
            )


def write_vectors(file: Writer, embeddings: Embeddings, binary: bool, header: bool = True) -> None:
    """Write words and vectors in one of word2vec's formats, or as text without its first line.

    Raises:
        FormatError: if the format has no way to write one of the words.
    """
    records = _binary_records if binary else _text_records
    if header:
        file.write(f"{len(embeddings)} {embeddings.dim}\n".encode())
    elif embeddings.dim == 1 and is_number(embeddings.words[0].encode("utf-8", "replace")):
        raise FormatError(
            f"the word {embeddings.words[0]!r} and its number would be taken for a first line that"
            " says how many vectors there are; only other formats can hold it"
        )
    rows = max(BYTES_AT_ONCE // (4 * max(embeddings.dim, 1)), 1)
    for start in range(0, len(embeddings), rows):
        words = [_encoded(word, binary) for word in embeddings.words[start : start + rows]]
        file.write(b"".join(records(words, embeddings.vectors[start : start + rows])))


def _binary_records(words: list[bytes], vectors: Matrix) -> list[bytes]:
    rows = vectors.astype("<f4")
    return [b"%b %b\n" % (word, row.tobytes()) for word, row in zip(words, rows, strict=True)]


def _text_records(words: list[bytes], vectors: Matrix) -> list[bytes]:
    # Nine digits tell any two float32 apart. NumPy's shortest digits are a tenth fewer, and
    # take two and a half times as long.
    form = b"%b" + b" %.9g" * vectors.shape[1] + b"\n"
    return [form % (word, *row) for word, row in zip(words, vectors.tolist(), strict=True)]


def _encoded(word: str, binary: bool) -> bytes:
    """Return the bytes of a word, which must not look like something else in the file."""
    data = word.encode("utf-8", "surrogateescape")
    if not data or b"\n" in data:
        raise FormatError(f"the word {word!r} is empty or has a line end: no format can hold it")
    if b" " in data:
        if binary:
            raise FormatError(f"the word {word!r} has a blank: only the text format can hold it")
        if data != data.strip(BLANKS) or is_number(data.rsplit(b" ", 1)[1]):
            raise FormatError(
                f"the word {word!r} has blanks or numbers at its ends: no format can hold it"
            )
    return data
