"""The settings of a training run, each documented and checked once."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from w2v_nce.errors import ConfigError
from w2v_nce.settings.losses import (
    DEFAULT_LEARNING_RATES,
    DEFAULT_NOISE,
    LOSSES,
    initial_nce_loss,
    initial_ns_loss,
)
from w2v_nce.settings.setting import Interval, check_settings, setting
from w2v_nce.text import ENCODING_ERRORS, Cleaning
from w2v_nce.threads import available_cpus

ARCHITECTURES = ("cbow", "skipgram")


NOISE_DISTRIBUTIONS = ("unigram", "uniform", "log-uniform")
NCE_OFFSETS = ("kq", "q")
NORMALIZERS = ("one", "constant", "per-word")
COMBINERS = ("mean", "sqrtn")
NOISE_SHARING = ("none", "window", "block")
VECTORS = ("input", "output", "sum", "concat")
EVAL_EVERY = "1epoch"
CALIBRATION_CONTEXTS = 30_000

#: The groups of settings, in the order of help and configuration files.
GROUPS = (
    "Corpus",
    "Vocabulary",
    "Model",
    "Noise",
    "Training",
    "Measuring while training",
    "Starting point",
    "Output",
    "Checkpoints",
    "Performance",
    "Several machines",
)


#: The settings whose defaults depend on other settings, or on the machine.
RESOLVED = ("noise", "noise_power", "learning_rate", "eval_every", "vectors", "threads")


@dataclass(frozen=True)
class TrainConfig:
    """The settings that decide what a training run computes.

    Raises:
        ConfigError: if a value is outside its domain.
    """

    architecture: str = setting(
        "cbow",
        "cbow: the neighbours together predict the word; skipgram: the word predicts each"
        " neighbour.",
        flag="arch",
        choices=ARCHITECTURES,
        group="Model",
    )
    loss: str = setting(
        "nce",
        "nce: noise-contrastive estimation, whose scores are log-probabilities; ns: negative"
        " sampling, as in word2vec; softmax: exact and without noise, for small vocabularies;"
        " sampled-softmax: the true word competes with all noise words at once.",
        choices=LOSSES,
        group="Model",
    )
    dim: int = setting(100, "Dimensions of the vectors.", minimum=1, maximum=100_000, group="Model")
    window: int = setting(
        5,
        "Maximum number of neighbours on each side; the actual number is drawn for every word.",
        minimum=1,
        maximum=10_000,
        group="Model",
    )
    combiner: str = setting(
        "sqrtn",
        "How cbow combines the vectors of n neighbours. mean: their sum divided by n, as in"
        " word2vec; sqrtn: divided by the square root of n, so that predictions from few neighbours"
        " are not too strong.",
        choices=COMBINERS,
        group="Model",
    )
    noise: int | None = setting(
        None,
        "Noise words (k) per training example. Default: 15 for nce and sampled-softmax, 5 for ns.",
        minimum=1,
        maximum=10_000,
        group="Noise",
    )
    noise_dist: str = setting(
        "unigram",
        "Distribution of the noise words. unigram: in proportion to their counts; uniform: all"
        " equally likely; log-uniform: by rank, log(1 + 1/rank); or a file with a word and its"
        " weight on each line.",
        metavar="|".join((*NOISE_DISTRIBUTIONS, "FILE")),
        reads="file",
        group="Noise",
    )
    noise_power: float | None = setting(
        None,
        "Exponent of the noise words' weights. Default: 0.75 for unigram; 1 for the others, and for"
        " nce and sampled-softmax with `sample=0`.",
        minimum=0.0,
        maximum=8.0,
        group="Noise",
    )
    nce_offset: str = setting(
        "kq",
        "What nce subtracts from the score. kq: log(kQ), so that scores are log-probabilities; q:"
        " log Q alone, which shifts all scores by log k.",
        choices=NCE_OFFSETS,
        group="Noise",
    )
    normalizer: str = setting(
        "one",
        "The normaliser Z that nce divides probabilities by. one: 1, so that scores are"
        " log-probabilities; constant: one learned number; per-word: a learned number for each"
        " word, combined over a context like vectors.",
        choices=NORMALIZERS,
        group="Model",
    )
    noise_sharing: str = setting(
        "block",
        "Which examples share noise words. block: those of some dozens of consecutive words, the"
        " fastest; window: the pairs of a word and its neighbours (skipgram); none: each example"
        " has its own.",
        choices=NOISE_SHARING,
        group="Noise",
    )
    sample: float = setting(
        1e-3,
        "Subsample words that are more frequent than this share of the text; 0 keeps all.",
        minimum=0.0,
        maximum=1.0,
        group="Training",
    )
    min_count: int = setting(
        5, "Drop words that occur less often than this.", minimum=1, group="Vocabulary"
    )
    max_vocab: int | None = setting(
        None, "Keep only the N most frequent words.", minimum=2, group="Vocabulary"
    )
    max_vocab_memory: int | None = setting(
        None,
        "Memory for counting words, such as 500M or 4G; when it is full, the rarest words are"
        " dropped and counts become approximate. Default: no limit.",
        minimum=1,
        metavar="SIZE",
        group="Vocabulary",
    )
    lowercase: bool = setting(False, "Convert the text to lower case.", group="Corpus")
    encoding_errors: str = setting(
        "keep",
        "What to do with bytes that are not UTF-8. keep: treat them as parts of words; replace:"
        " put U+FFFD in their place; ignore: leave them out; strict: refuse the text.",
        choices=ENCODING_ERRORS,
        group="Corpus",
    )
    epochs: int = setting(
        5, "Passes over the text.", minimum=1, maximum=1_000_000, group="Training"
    )
    learning_rate: float | None = setting(
        None,
        "Learning rate at the start; it falls linearly to nearly zero."
        " Default: by architecture, loss and combiner.",
        flag="lr",
        minimum=1e-12,
        maximum=1e6,
        group="Training",
    )
    heldout: str | None = setting(
        None,
        "Text that is not trained on: a file, pattern, folder or URL, like CORPUS, or a share of"
        " the sentences of the corpus, such as 0.01. Loss and log Z are measured on it every"
        " `eval_every`.",
        metavar="TEXT|SHARE",
        reads="text",
        group="Measuring while training",
    )
    evals: tuple[str, ...] = setting(
        (),
        "Analogy questions or word pairs, as for 'w2v-nce eval', on which the vectors are evaluated"
        " every `eval_every`; may be given several times.",
        flag="eval",
        metavar="FILE",
        reads="file",
        group="Measuring while training",
    )
    eval_every: str | None = setting(
        None,
        "Interval between the measurements of `heldout` and `evals`: epochs, such as 0.5epoch, or"
        " words, such as 50Mwords. Default: 1epoch.",
        metavar="INTERVAL",
        group="Measuring while training",
    )
    patience: int | None = setting(
        None,
        "Stop early when the held-out loss, or without `heldout` the score of the first `evals`,"
        " has not improved for this many measurements.",
        minimum=1,
        group="Measuring while training",
    )
    keep_best: bool = setting(
        False,
        "Keep the parameters with the lowest held-out loss, or without `heldout` those with the"
        " highest score of the first `evals`, instead of the last ones.",
        group="Measuring while training",
    )
    vectors: str | None = setting(
        None,
        "Vectors to write: the input vectors, the output vectors, their sum, or both side by side,"
        " each scaled to length 1. Default: input for skipgram, output for cbow.",
        choices=VECTORS,
        group="Output",
    )
    seed: int = setting(
        1,
        "Seed of the random numbers; with `threads=1` the same seed gives the same file.",
        minimum=0,
        maximum=2**63 - 1,
        group="Training",
    )
    threads: int | None = setting(
        None,
        "Threads; softmax uses one. Default: the processors that this process may use.",
        minimum=1,
        group="Performance",
        may_change=True,
    )

    def __post_init__(self) -> None:
        check_settings(self)
        object.__setattr__(self, "evals", tuple(self.evals))  # JSON knows lists only
        if self.loss != "nce" and self.normalizer != "one":
            raise ConfigError(
                f"is {self.normalizer}, but {self.loss} has none; use `loss=nce`", "normalizer"
            )
        for name in ("patience", "keep_best", "eval_every"):
            if getattr(self, name) and not self.is_measured:
                raise ConfigError(
                    "needs something to measure while training; give `heldout` or `evals`", name
                )
        _ = self.eval_interval  # raises an error if it cannot be parsed
        if self.heldout is not None and not 0 <= self.held_out_share < 1:
            raise ConfigError(
                f"is {self.heldout!r}; it takes a file, or a share above 0 and below 1", "heldout"
            )

    @property
    def resolved(self) -> TrainConfig:
        """These settings with a value for each that was left to its default.

        They are what a run trains with, and what its log, report and model folder hold.
        """
        return dataclasses.replace(
            self,
            noise=self.k,
            noise_power=self.power_of_noise,
            learning_rate=self.initial_rate,
            eval_every=self.eval_every or (EVAL_EVERY if self.is_measured else None),
            vectors=self.exported,
            threads=self.thread_count,
        )

    @property
    def changed(self) -> dict[str, Any]:
        """The settings that differ from their defaults, with their values."""
        unset: dict[str, Any] = dict.fromkeys(RESOLVED)
        usual = dataclasses.asdict(dataclasses.replace(self, **unset).resolved)
        defaults = {item.name: item.default for item in dataclasses.fields(self)}
        defaults |= {name: usual[name] for name in RESOLVED}
        values = {name: getattr(self.resolved, name) for name in defaults}
        return {name: value for name, value in values.items() if value != defaults[name]}

    @property
    def is_measured(self) -> bool:
        """Whether anything is measured in the course of the run."""
        return self.heldout is not None or bool(self.evals)

    @property
    def eval_interval(self) -> Interval:
        """The interval between measurements.

        Raises:
            ConfigError: if ``eval_every`` is no interval.
        """
        given = EVAL_EVERY if self.eval_every is None else self.eval_every
        return Interval.parse(given, "eval_every")

    @property
    def is_corrected(self) -> bool:
        """Whether scores are corrected for the noise, and each word has a bias."""
        return self.loss in ("nce", "sampled-softmax")

    @property
    def initial_rate(self) -> float:
        """The learning rate at the start, by default that of the objective."""
        if self.learning_rate is not None:
            return self.learning_rate
        hidden = self.combiner if self.architecture == "cbow" else self.architecture
        return DEFAULT_LEARNING_RATES[hidden, self.loss]

    @property
    def k(self) -> int:
        """The number of noise words for each example, by default that of the loss."""
        return DEFAULT_NOISE[self.loss] if self.noise is None else self.noise

    @property
    def power_of_noise(self) -> float:
        """The exponent of the noise weights.

        Probabilities are truest with 1, vectors best with 0.75. Users who do not subsample are
        assumed to want true probabilities, if the loss divides the power out.
        """
        if self.noise_power is not None:
            return self.noise_power
        wants_probabilities = self.is_corrected and self.sample == 0
        return 1.0 if self.noise_dist != "unigram" or wants_probabilities else 0.75

    @property
    def held_out_share(self) -> float:
        """The share of the corpus that is held out; 0 if a file is, or nothing."""
        try:
            share = float(self.heldout or "0")
        except ValueError:
            return 0.0  # the name of a file
        return share if share != 0 or self.heldout is None else math.inf

    @property
    def trains_batches(self) -> bool:
        """Whether examples are trained in batches that share their noise."""
        return self.loss != "softmax" and self.noise_sharing == "block"

    @property
    def root(self) -> bool:
        """Whether the sum of n vectors is divided by the root of n, else by n.

        A skip-gram model is trained on single words: the mean of several predicts their geometric
        average.
        """
        return self.architecture == "cbow" and self.combiner == "sqrtn"

    @property
    def k_of_offset(self) -> int:
        """The k in the log(k Q) that separates scores from logits."""
        return 1 if self.loss == "nce" and self.nce_offset == "q" else self.k

    @property
    def width(self) -> int:
        """The numbers learned for a word on each side: one more with a normaliser per word."""
        return self.dim + (self.normalizer == "per-word")

    @property
    def thread_count(self) -> int:
        """The number of threads, by default the processors that this process may use.

        The softmax has one, whose matrix products use all processors.
        """
        if self.loss == "softmax":
            return 1
        return self.threads if self.threads is not None else available_cpus()

    @property
    def cleaning(self) -> Cleaning:
        """The cleaning of the text, in training and later."""
        return Cleaning(self.lowercase, self.encoding_errors)

    @property
    def exported(self) -> str:
        """The vectors that are written, by default those of the side that is trained best.

        In skip-gram every example moves a whole input vector; in CBOW it moves a whole output
        vector and divides its gradient among the input vectors. Mnih & Kavukcuoglu (2013) make the
        same choice.
        """
        if self.vectors is not None:
            return self.vectors
        return "output" if self.architecture == "cbow" else "input"


def initial_loss(config: TrainConfig) -> float | None:
    """Return the loss per example before training, None if it depends on the text."""
    if config.loss in ("softmax", "sampled-softmax"):
        return None
    if config.loss == "nce" and config.nce_offset == "kq":
        return initial_nce_loss(config.k)
    return initial_ns_loss(config.k)  # every logit is zero
