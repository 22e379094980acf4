"""Words that were counted elsewhere, and the text that they are used for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import vocabulary_of, write_lines
from w2v_nce.corpus.counting import WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import Training
from w2v_nce.training.ticks import TrainingTick


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty thousand words."""
    path = tmp_path_factory.mktemp("fit") / "text.txt"
    return write_lines(path, (f"w{i % 7} w{i % 11} w{i % 13}" for i in range(10_000)))


def warnings(path: Path, vocabulary: Vocabulary, **settings: object) -> list[str]:
    """Train; return the warnings, which have an epoch of training before them."""
    config = TrainConfig(**{"dim": 4, "threads": 2, "epochs": 3, "min_count": 1, **settings})
    ticks = list(Training(Corpus.open([path]), config, 0.0, vocabulary))
    words, trained, found = 0, [], []
    for tick in ticks:
        words = tick.words if isinstance(tick, TrainingTick) else words
        if isinstance(tick, WarningTick):
            trained.append(words)
            found.append(tick.message)
    assert all(config.epochs * before >= words for before in trained)
    return found


@pytest.mark.parametrize("epochs", [1, 3])
def test_counts_of_the_text_are_fine(text: Path, epochs: int) -> None:
    assert warnings(text, vocabulary_of(text), epochs=epochs) == []
    assert warnings(text, vocabulary_of(text, 2000), epochs=epochs) == []  # rare ones left out


@pytest.mark.parametrize("epochs", [1, 3])
def test_fewer_or_more_words_than_were_counted(text: Path, tmp_path: Path, epochs: int) -> None:
    part = write_lines(tmp_path / "part.txt", text.read_text().splitlines()[::2])
    [less] = warnings(part, vocabulary_of(text), epochs=epochs)
    assert less.startswith(f"{part}: an epoch has 15,000 words of the vocabulary, but 30,000 were")
    assert "the learning rate falls too late" in less
    [more] = warnings(text, vocabulary_of(part), epochs=epochs)
    assert "an epoch has 30,000 words of the vocabulary, but 15,000 were counted" in more
    assert "the learning rate falls too early" in more


def test_words_that_are_not_in_the_vocabulary(text: Path, tmp_path: Path) -> None:
    upper = write_lines(
        tmp_path / "upper.txt",
        (line.upper() if i % 3 else line for i, line in enumerate(text.read_text().splitlines())),
    )
    [message] = warnings(upper, vocabulary_of(text))
    assert "67% of the words of the text are not in the vocabulary, and 0% of those" in message
    assert warnings(upper, vocabulary_of(text), lowercase=True) == []
