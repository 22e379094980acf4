"""Whole runs, through the library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers import write_lines
from w2v_nce.corpus.counting import CompilingTick, CountingTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import CorpusError, TrainingError
from w2v_nce.settings.losses import initial_nce_loss
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.monitor import TrainingTick
from w2v_nce.training.run import Training, train
from w2v_nce.training.schedule import Claims, EpochBlock, LinearDecay, Progress
from w2v_nce.training.setup import make_task

#: Two kinds of sentences: words of the one kind never meet words of the other.
KINDS = (["sun", "warm", "light", "day", "bright"], ["moon", "cold", "dark", "night", "dim"])


@pytest.fixture
def two_kinds(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    lines = [" ".join(generator.choice(KINDS[i % 2], 5)) for i in range(4000)]
    return write_lines(tmp_path / "corpus.txt", lines)


def config(**changes: object) -> TrainConfig:
    values = {"dim": 10, "sample": 0.0, "threads": 1, "epochs": 3}
    return TrainConfig(**{**values, **changes})


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("loss", ["nce", "ns"])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_words_of_a_kind_become_neighbours(
    two_kinds: Path, architecture: str, loss: str, threads: int
) -> None:
    model = train(two_kinds, config(architecture=architecture, loss=loss, threads=threads))
    unit = model.embeddings.unit
    similar = unit @ unit.T
    of_first_kind = np.array([word in KINDS[0] for word in model.embeddings.words])
    same = of_first_kind[:, None] == of_first_kind
    assert similar[same].min() > similar[~same].max()


@pytest.mark.parametrize("sharing", ["block", "window", "none"])
@pytest.mark.parametrize("loss", ["nce", "ns"])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_every_way_to_share_noise_learns(
    tmp_path: Path, architecture: str, loss: str, sharing: str
) -> None:
    """With so many words that blocks are of full size, and lines longer than a block of text."""
    generator = np.random.default_rng(1)
    sentences = (generator.integers(0, 100, 8) + 100 * generator.integers(2) for _ in range(9000))
    text = " ".join(" ".join(f"w{word}" for word in words) + " ." * 5 for words in sentences)
    path = tmp_path / "corpus.txt"
    path.write_text(text)
    settings = config(
        architecture=architecture,
        loss=loss,
        noise=5,
        noise_sharing=sharing,
        sample=1e-2,
        threads=2,
    )
    model = train(path, settings)
    assert (make_task(model).setup.batch > 8) == (sharing == "block")
    words = [word for word in model.embeddings.words if word != "."]
    unit = model.embeddings.unit[[model.embeddings.words.index(word) for word in words]]
    similar = unit @ unit.T
    first = np.array([int(word[1:]) < 100 for word in words])
    same = first[:, None] == first
    assert similar[same].mean() > similar[~same].mean() + 0.3


def test_the_text_is_trained_on_in_every_epoch(two_kinds: Path) -> None:
    run = Training(Corpus.open([two_kinds]), config(epochs=4))
    ticks = list(run)
    assert isinstance(ticks[0], CompilingTick)
    assert any(isinstance(tick, CountingTick) for tick in ticks)
    last = ticks[-1]
    assert isinstance(last, TrainingTick)
    assert last is run.last_tick
    assert last.words == last.total_words == 4 * 4000 * 5
    assert last.epoch_loss is not None
    assert last.epoch_loss < 0.9 * initial_nce_loss(run.config.k)
    assert run.share_done == 1


def test_same_seed_same_vectors_and_another_seed_others(two_kinds: Path) -> None:
    one, same, other = (train(two_kinds, config(seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.input_vectors, same.input_vectors)
    assert not np.allclose(one.input_vectors, other.input_vectors, atol=1e-3)


def test_the_files_can_be_split_without_changing_the_vocabulary(tmp_path: Path) -> None:
    lines = [f"w{i % 7} w{i % 11} w{i % 3}" for i in range(3000)]
    whole = write_lines(tmp_path / "whole.txt", lines)
    halves = [
        write_lines(tmp_path / "a.txt", lines[:1500]),
        write_lines(tmp_path / "b.txt", lines[1500:]),
    ]
    assert train(whole, config()).vocabulary.words == train(halves, config()).vocabulary.words


@pytest.mark.parametrize("dim", [1, 3, 100])
def test_every_dimension_works(two_kinds: Path, dim: int) -> None:
    model = train(two_kinds, config(dim=dim, epochs=1))
    assert model.input_vectors.shape == (10, dim)
    assert np.isfinite(model.input_vectors).all()
    assert not model.parameters.input[:, dim:].any()


@pytest.mark.parametrize("text", ["one two " * 50_000, "one two\n\n\none", "one two"])
def test_any_shape_of_text_works(tmp_path: Path, text: str) -> None:
    """One endless line, lines of one word, hardly any text at all."""
    path = tmp_path / "corpus.txt"
    path.write_text(text)
    model = train(path, config(min_count=1))
    assert sorted(model.vocabulary.words) == [b"one", b"two"]
    assert np.isfinite(model.input_vectors).all()


@pytest.mark.parametrize(("text", "sample"), [("one\ntwo\n" * 9, 0.0), ("one two " * 999, 1e-12)])
def test_learning_nothing_is_no_success(tmp_path: Path, text: str, sample: float) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text(text)
    with pytest.raises(TrainingError, match=r"corpus.txt: nothing was learned.*--sample 0"):
        train(path, config(min_count=1, sample=sample))


def test_the_rate_falls_even_while_all_blocks_are_at_work() -> None:
    claims = Claims()
    decay = LinearDecay(1.0, 800)
    assert [decay.rate(claims.take(100) + 50) for _ in range(8)] == pytest.approx(
        [0.9375 - i / 8 for i in range(8)]
    )


def test_progress_counts_the_present_epoch_apart() -> None:
    blocks = [EpochBlock(0, 0, b""), EpochBlock(0, 1, b""), EpochBlock(1, 0, b"")]
    progress = Progress().after(blocks[0], 10, 4.0, 2).after(blocks[1], 10, 2.0, 1)
    assert progress == Progress(20, 6.0, 3, 0, 1, 6.0, 3)
    assert progress.after(blocks[2], 5, 1.0, 1) == Progress(25, 7.0, 4, 1, 0, 1.0, 1)


def test_a_learning_rate_too_high_stops_with_advice(two_kinds: Path) -> None:
    with pytest.raises(TrainingError, match=r"diverged after .* 1e\+06 is too high; try --lr 0.1"):
        train(two_kinds, config(learning_rate=1e6))


def test_a_corpus_without_enough_words_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "corpus.txt", ["a few words only, a few"])
    with pytest.raises(CorpusError, match="try --min-count"):
        train(path, config())


def test_giving_up_leaves_a_usable_model(two_kinds: Path) -> None:
    run = Training(Corpus.open([two_kinds]), config(epochs=1000), interval=0.05)
    for tick in run:
        if isinstance(tick, TrainingTick) and tick.words:
            break
    assert run.model is not None
    assert run.model.is_finite()
    assert run.last_tick is not None
    assert run.last_tick.words < run.last_tick.total_words


def test_the_package_offers_its_names_and_no_others() -> None:
    import w2v_nce

    assert w2v_nce.train is train
    assert w2v_nce.TrainConfig is TrainConfig
    for name in w2v_nce.__all__:
        assert vars(w2v_nce).get(name) or getattr(w2v_nce, name)
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        w2v_nce.trian  # noqa: B018


def test_the_vectors_asked_for_are_exported(two_kinds: Path) -> None:
    def exported(vectors: str | None, architecture: str = "cbow") -> np.ndarray:
        run = config(epochs=1, vectors=vectors, architecture=architecture)
        return train(two_kinds, run).embeddings.vectors

    given, predicted = exported("input"), exported("output")
    assert not np.allclose(given, predicted)
    np.testing.assert_array_equal(exported(None), predicted)
    np.testing.assert_array_equal(exported("sum"), given + predicted)
    np.testing.assert_array_equal(exported(None, "skipgram"), exported("input", "skipgram"))
    both = exported("concat")
    assert both.shape == (10, 20)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), np.sqrt(2), rtol=1e-5)
    lengths = np.linalg.norm(given, axis=1)[:, None]
    np.testing.assert_allclose(both[:, :10] * lengths, given, rtol=1e-5)
