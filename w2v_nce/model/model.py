"""A model: settings, vocabulary, noise and parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from w2v_nce.arrays import Doubles, Reals, aligned_zeros, padded
from w2v_nce.corpus.vocabulary import Vocabulary, keep_probability
from w2v_nce.embeddings.embeddings import Embeddings, exported_vectors
from w2v_nce.errors import FormatError
from w2v_nce.files.model_folder import CALIBRATION, ModelFolder, StoredModel, read_model
from w2v_nce.kernels.state import Parameters
from w2v_nce.model.calibration import Calibrations
from w2v_nce.model.noise import NoiseDistribution, noise_distribution
from w2v_nce.model.predictor import Candidates, Predictor
from w2v_nce.settings.train_config import TrainConfig

ROWS_AT_ONCE = 4096  # bounds the scratch memory of the initialisation


@dataclass(frozen=True, repr=False)
class Model:
    """Input vectors, output vectors and biases of a vocabulary, with their settings and noise."""

    config: TrainConfig
    vocabulary: Vocabulary
    noise: NoiseDistribution
    storage: Parameters  # the arrays, which may have spare rows behind those of the words
    normalizer: Reals | None = None  # (V,): subtracted from scores, if it is learned
    calibrations: Calibrations | None = None  # to predict log Z; see w2v_nce.model.calibration

    def __repr__(self) -> str:  # a dataclass would show all words
        config = self.config
        return (
            f"<Model: {config.architecture}, {config.loss}, {len(self.vocabulary):,} words,"
            f" {config.dim} dimensions>"
        )

    @classmethod
    def initial(cls, config: TrainConfig, vocabulary: Vocabulary, spare: int = 0) -> Model:
        """Return the model at which training starts; see :meth:`untrained`.

        Raises:
            FormatError: if the noise is to come from a file that is malformed or fits no word.
        """
        noise = noise_distribution(config, vocabulary)
        return cls.untrained(config, vocabulary, noise, spare)

    @classmethod
    def untrained(
        cls, config: TrainConfig, vocabulary: Vocabulary, noise: NoiseDistribution, spare: int = 0
    ) -> Model:
        """Return such a model where the noise is known already; ``spare`` rows lie behind it."""
        parameters = initial_parameters(config, noise, spare)
        normalizer = None
        if config.normalizer == "constant":
            normalizer = np.broadcast_to(parameters.log_z, len(vocabulary))
        elif config.normalizer == "per-word":
            normalizer = parameters.input[: len(vocabulary), config.dim]
        return cls(config, vocabulary, noise, parameters, normalizer)

    @property
    def parameters(self) -> Parameters:
        """The parameters of the V words: views, with padded rows."""
        words = slice(len(self.vocabulary))
        rows, vectors, bias, log_z = self.storage
        return Parameters(rows[words], vectors[words], bias[words], log_z)

    @property
    def input_vectors(self) -> Reals:
        """The (V, dim) input vectors, float32, without the padding: a view."""
        return self.parameters.input[:, : self.config.dim]

    @property
    def output_vectors(self) -> Reals:
        """The (V, dim) output vectors, likewise."""
        return self.parameters.output[:, : self.config.dim]

    def save(self, folder: str | Path) -> None:
        """Write a model folder; see :mod:`w2v_nce.files.model_folder`.

        Raises:
            OutputError: if it cannot be created.
            W2vNceError: if the disk does not take it.
        """
        with ModelFolder(folder) as target:
            target.save(self.stored)

    @classmethod
    def load(cls, folder: str | Path) -> Model:
        """Open a model folder; matrices are mapped into memory, not read.

        Raises:
            FormatError: if a file is missing or malformed.
        """
        stored = read_model(folder)
        config, words = stored.config, len(stored.words)
        calibrations = None
        if stored.calibrations is not None:
            try:
                calibrations = Calibrations.of_arrays(stored.calibrations, words, config.width)
            except ValueError as error:
                file = Path(folder) / CALIBRATION
                message = f"{file} is not a calibration of this model: {error}"
                raise FormatError(message) from error
        return cls(
            config=config,
            vocabulary=Vocabulary(
                stored.words, stored.counts, stored.corpus_words, stored.corpus_types
            ),
            noise=NoiseDistribution.of_units(stored.units),
            storage=Parameters(
                stored.input, stored.output, stored.bias, log_z=np.zeros(1, np.float32)
            ),
            normalizer=stored.normalizer,
            calibrations=calibrations,
        )

    @property
    def stored(self) -> StoredModel:
        """The model as plain data, for a folder."""
        vocabulary, calibrations = self.vocabulary, self.calibrations
        return StoredModel(
            config=self.config,
            words=vocabulary.words,
            counts=vocabulary.counts,
            corpus_words=vocabulary.corpus_words,
            corpus_types=vocabulary.corpus_types,
            units=self.noise.units,
            input=self.input_vectors,
            output=self.output_vectors,
            bias=self.bias,
            normalizer=self.normalizer,
            calibrations=None if calibrations is None else calibrations.arrays(),
        )

    @property
    def vectors(self) -> Reals:
        """The vectors that ``config.vectors`` names: (V, dim), for "concat" (V, 2 dim)."""
        return exported_vectors(self.input_vectors, self.output_vectors, self.config.exported)

    @property
    def bias(self) -> Reals:
        """The (V,) biases; zeros where negative sampling was trained."""
        return self.parameters.bias

    @property
    def embeddings(self) -> Embeddings:
        """The words, vectors and counts; a new object at every access."""
        words = [self.word(i) for i in range(len(self.vocabulary))]
        return Embeddings(
            words,
            self.vectors,
            counts=self.vocabulary.counts,
            cleaning=self.config.cleaning,
        )

    @cached_property
    def predictor(self) -> Predictor:
        """A predictor for full text, in word ids."""
        return self.new_predictor()

    def new_predictor(self, full_text: bool = True) -> Predictor:
        """Return a predictor for text as it is, or for the text that the model was trained on.

        From the latter frequent words had been dropped by chance: a word that survives with
        probability keep(w) is 1 / keep(w) times as frequent in the full text.
        """
        config, counts = self.config, self.vocabulary.counts
        offset = np.array(self.bias, np.float64)
        if config.loss == "ns":
            offset += self.noise.log_kq(config.k)
        if self.normalizer is not None and config.normalizer == "constant":
            offset -= self.normalizer[0]
        if full_text:
            keep = keep_probability(counts, config.sample)
            # So that Z stays 1 on average for a model that predicts word frequencies.
            offset += np.log(np.sum(keep * counts) / counts.sum()) - np.log(keep)
        calibration = None
        if self.calibrations is not None:
            calibration = self.calibrations.full_text if full_text else self.calibrations.as_trained
            offset += calibration.prior_correction
        return Predictor(
            self.input_vectors,
            self.output_vectors,
            offset.astype(np.float32),
            root=config.root,
            normalizer=self.normalizer if config.normalizer == "per-word" else None,
            calibration=calibration,
        )

    def log_prob(self, words: Sequence[str], contexts: Sequence[Sequence[str]]) -> Doubles:
        """Return log P(word | context) of n words, each in a context of its own: (n,) float64.

        Words that the model does not know are left out of contexts, and have NaN themselves.

        Raises:
            ValueError: if there is not one context for each word.
        """
        if len(words) != len(contexts):
            raise ValueError(f"{len(words)} words and {len(contexts)} contexts")
        known = np.array([-1 if i is None else i for i in self.ids(words)], np.int64)
        result = np.full(len(known), np.nan)
        rows = np.flatnonzero(known >= 0)
        hidden = self.hidden([contexts[row] for row in rows.tolist()])
        result[rows] = self.predictor.log_probability(hidden, known[rows])
        return result

    def log_normalizer(self, contexts: Sequence[Sequence[str]]) -> Doubles:
        """Return log Z of n contexts, (n,) float64: nearly zero after training with NCE."""
        return self.predictor.log_normalizer(self.hidden(contexts))

    def predict(
        self, contexts: Sequence[Sequence[str]], n: int = 10
    ) -> list[list[tuple[str, float]]]:
        """Return the n most probable words in each context, with their probabilities."""
        return self.named(self.predictor.best(self.hidden(contexts), n))

    def named(self, candidates: Candidates) -> list[list[tuple[str, float]]]:
        """Return words instead of their ids, with their probabilities."""
        rows = zip(*(array.tolist() for array in candidates), strict=True)
        return [
            [(self.word(i), math.exp(log)) for i, log in zip(words, logs, strict=True)]
            for words, logs in rows
        ]

    def hidden(self, contexts: Sequence[Sequence[str]]) -> Reals:
        """Return the hidden vectors of contexts, a row each; unknown words are left out."""
        ids = [[i for i in self.ids(context) if i is not None] for context in contexts]
        return self.predictor.hidden(ids)

    def ids(self, words: Iterable[str]) -> list[int | None]:
        """Return the ids of words, treated as those of the training text; None for unknown ones."""
        cleaning, index = self.config.cleaning, self.vocabulary.index
        return [index.get(cleaning.clean_word(word)) for word in words]

    def word(self, number: int) -> str:
        """Return a word by its id."""
        return self.vocabulary.words[number].decode("utf-8", "surrogateescape")

    def has_learned(self) -> bool:
        """Return whether any output vector has moved from zero, where all start."""
        return bool(self.output_vectors.any())

    def is_finite(self) -> bool:
        """Return whether all parameters are finite."""
        # A sum is finite only if no term is NaN or infinite; it needs no copy of the matrix.
        with np.errstate(over="ignore", invalid="ignore"):
            sums = [np.sum(array, dtype=np.float64) for array in self.parameters]
        return bool(np.isfinite(sums).all())


def initial_parameters(config: TrainConfig, noise: NoiseDistribution, spare: int) -> Parameters:
    """Return fresh parameters for the words of a vocabulary, and ``spare`` rows behind them.

    Input vectors are uniform in ±0.5 / dim and output vectors zero, as in word2vec. The bias
    of NCE starts at log Q, so that every logit starts at -log k whatever the word's frequency,
    and so does that of the softmax; negative sampling has none, its bias stays zero.
    """
    words, stride = len(noise.units), padded(config.width)
    parameters = Parameters(
        input=aligned_zeros(words + spare, stride),
        output=aligned_zeros(words + spare, stride),
        bias=np.zeros(words + spare, np.float32),
        log_z=np.zeros(1, np.float32),
    )
    parameters.output[:words, config.dim : config.width] = -1
    generator = np.random.Generator(np.random.PCG64(config.seed))
    vectors = parameters.input[:words, : config.dim]
    for start in range(0, words, ROWS_AT_ONCE):
        rows = vectors[start : start + ROWS_AT_ONCE]
        rows[:] = (generator.random(rows.shape, np.float32) - np.float32(0.5)) / config.dim
    if config.loss != "ns":
        parameters.bias[:words] = noise.log_probabilities
    return parameters
