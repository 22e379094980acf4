"""The invented world is learned, and by its company alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v_nce.demo.world import World, shuffle_words, write_world
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.evaluation.analogies import evaluate_analogies
from w2v_nce.evaluation.similarity import evaluate_pairs
from w2v_nce.evaluation.tasks import AnalogyTask, PairTask, read_task
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import train


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world"))


def measures(world: World, embeddings: Embeddings) -> tuple[float, float]:
    """Return the accuracy on the analogies and the rank correlation on the pairs."""
    analogies, pairs = read_task(world.analogies), read_task(world.pairs)
    assert isinstance(analogies, AnalogyTask)
    assert isinstance(pairs, PairTask)
    report = evaluate_analogies(embeddings, analogies)
    assert report.total.coverage == 1
    similarity = evaluate_pairs(embeddings, pairs)
    assert report.total.accuracy is not None
    assert similarity.spearman is not None
    return report.total.accuracy, similarity.spearman


def test_planted_analogies_are_learned(world: World) -> None:
    accuracy, spearman = measures(world, train(world.corpus).embeddings)
    assert accuracy >= 0.9
    assert spearman >= 0.6


@pytest.mark.slow
def test_shuffled_text_teaches_nothing(world: World, tmp_path: Path) -> None:
    shuffle_words(world.corpus, tmp_path / "shuffled.txt")
    model = train(tmp_path / "shuffled.txt", TrainConfig(epochs=2))
    accuracy, spearman = measures(world, model.embeddings)
    assert accuracy < 0.02
    assert spearman < 0.3
