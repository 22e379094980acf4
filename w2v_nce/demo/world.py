"""The demo world on disk: a corpus, and questions that it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from w2v_nce.demo import grammar, questions

#: Words whose nearest neighbours show a relation each: country, gender, tense, plural, synonym.
SHOWCASE = ("france", "queen", "walked", "wolves", "automobile", "violin")


@dataclass(frozen=True)
class World:
    """The files of a generated world, and words worth looking at."""

    corpus: Path  # one sentence a line, words separated by a blank
    analogies: Path  # Google's format: ": section", then four words a line
    pairs: Path  # word TAB word TAB similarity from 0 to 10
    showcase: tuple[str, ...] = SHOWCASE


def write_world(folder: Path, words: int = 2_000_000, seed: int = 1) -> World:
    """Write a corpus of about ``words`` words and its questions into ``folder``, made if missing.

    The files are the same bytes for the same ``words`` and ``seed``, on any machine. The corpus
    ends with the sentence that reaches ``words``, so it is at most one sentence too long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder / "corpus.txt", folder / "analogies.txt", folder / "pairs.tsv")
    rng = Random(seed)
    _write(world.analogies, _analogy_lines(rng))
    _write(world.pairs, (f"{a}\t{b}\t{score}" for a, b, score in questions.similar_pairs(rng)))
    _write(world.corpus, _corpus_lines(rng, words))
    return world


def shuffle_words(source: Path, target: Path, seed: int = 1) -> None:
    """Copy a corpus with its words shuffled over all lines, which keep their lengths.

    Every word stays as frequent as it was; all that its company told is lost.
    """
    lines = [line.split() for line in source.read_text(encoding="utf-8").splitlines()]
    words = [word for line in lines for word in line]
    Random(seed).shuffle(words)
    stream = iter(words)
    _write(target, (" ".join(islice(stream, len(line))) for line in lines))


def _corpus_lines(rng: Random, words: int) -> Iterator[str]:
    fillers = grammar.zipf_stream(rng, grammar.pseudo_words(rng, taken=grammar.vocabulary()))
    length = 0
    for sentence in grammar.sentences(rng, fillers):
        if length >= words:
            return
        length += len(sentence)
        yield " ".join(sentence)


def _analogy_lines(rng: Random) -> Iterator[str]:
    for section, asked in questions.analogies(rng).items():
        yield f": {section}"
        yield from map(" ".join, asked)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
