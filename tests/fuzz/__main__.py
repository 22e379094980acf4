"""Coverage-guided fuzzing of what reads other people's bytes: ``make fuzz``.

    python -m tests.fuzz TARGET [libFuzzer's options, a folder for what was found]

Each target takes any bytes: it must succeed, or raise one of our errors in one line.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris
import numpy as np

import w2v_nce.corpus.word_table  # noqa: F401 - before: Numba cannot compile what is instrumented

READERS = ["w2v_nce.files", "w2v_nce.corpus.sources"]

with atheris.instrument_imports(include=READERS):
    from w2v_nce.corpus.counting import count_words, read_vocabulary, select_words
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.corpus.vocabulary import Vocabulary
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.errors import W2vNceError
    from w2v_nce.model.model import Model
    from w2v_nce.settings.train_config import TrainConfig

from tests.helpers import finish  # noqa: E402

MEMORY = Path("/dev/shm")  # quicker than a disk
FOLDER = Path(tempfile.mkdtemp(prefix="w2v-nce-fuzz-", dir=MEMORY if MEMORY.is_dir() else None))
FILE = FOLDER / "file"
CONFIG = TrainConfig(min_count=1, dim=3)
MARKS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf")


def scan() -> None:
    """Count the words as training does, and compare with what Python says."""
    table = finish(count_words(Corpus.open([FILE]), 1))
    words = select_words(table, 1)
    data = FILE.read_bytes()
    if not data.startswith(MARKS):  # of compression, or of the byte order
        assert words.total == len(data.split())
        assert set(words.words) == set(data.split())


TARGETS: dict[str, Callable[[], object]] = {
    "vectors": lambda: Embeddings.load(FILE),
    "vocabulary": lambda: read_vocabulary([FILE], CONFIG),
    "scanner": scan,
    "model": lambda: Model.load(FOLDER / "model"),
}
PLACES = {"model": FOLDER / "model" / "model.json"}


def seeds(name: str) -> str:
    """Make a folder of what fuzzing starts from: whole files."""
    vocabulary = Vocabulary([b"the", b"of"], np.array([5, 3]), 9, 3)
    model = Model.initial(CONFIG, vocabulary)
    model.save(FOLDER / "model")
    folder = FOLDER / "seeds"
    folder.mkdir()
    for kind in ("bin", "txt", "bin.gz"):
        model.embeddings.save(folder / f"vectors.{kind}")
    (folder / "words").write_bytes(b"the 5\nof\t3\n")
    if name in PLACES:
        (folder / name).write_bytes(PLACES[name].read_bytes())
    return str(folder)


def main() -> None:
    """Fuzz the target that the command line names."""
    name = sys.argv.pop(1)
    target, place = TARGETS[name], PLACES.get(name, FILE)

    def one(data: bytes) -> None:
        place.write_bytes(data)
        message = ""
        try:
            target()
        except W2vNceError as error:
            message = str(error)
        if "\n" in message:
            raise AssertionError(message)

    atheris.Setup([*sys.argv, seeds(name)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
