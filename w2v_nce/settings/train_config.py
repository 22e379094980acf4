"""The settings of a training run: every one documented and checked here, once."""

from __future__ import annotations

import math
from dataclasses import dataclass

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

#: Groups of settings and of the options of ``w2v-nce train``, as help and files have them.
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


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides what a training run computes.

    Raises:
        ConfigError: if a value is outside its domain.
    """

    architecture: str = setting(
        "cbow",
        "cbow: the context as a whole predicts the word; skipgram: the word predicts each"
        " neighbour.",
        flag="arch",
        choices=ARCHITECTURES,
        group="Model",
    )
    loss: str = setting(
        "nce",
        "nce: noise-contrastive estimation, scores are log-probabilities; ns: negative"
        " sampling as in word2vec; softmax: exact, without noise, for small vocabularies;"
        " sampled-softmax: the true word against all noise words at once.",
        choices=LOSSES,
        group="Model",
    )
    dim: int = setting(100, "Size of the vectors.", minimum=1, maximum=100_000, group="Model")
    window: int = setting(
        5,
        "Neighbours on each side, at most; the actual number is drawn anew for every word.",
        minimum=1,
        maximum=10_000,
        group="Model",
    )
    combiner: str = setting(
        "sqrtn",
        "What cbow makes of the vectors of n neighbours. mean: their sum over n, as in word2vec;"
        " sqrtn: over the root of n, so that few neighbours do not make strong predictions.",
        choices=COMBINERS,
        group="Model",
    )
    noise: int | None = setting(
        None,
        "Noise words (k) for each training example. Default: 15 for nce and sampled-softmax,"
        " else 5.",
        minimum=1,
        maximum=10_000,
        group="Noise",
    )
    noise_dist: str = setting(
        "unigram",
        "Where noise words come from. unigram: in proportion to the words' counts; uniform: all"
        " alike; log-uniform: by rank, log(1 + 1/rank); or a file with a word and its weight on"
        " each line.",
        metavar="unigram|uniform|log-uniform|FILE",
        group="Noise",
    )
    noise_power: float | None = setting(
        None,
        "The power to which the weights of the noise words are raised. Default: 0.75 for unigram,"
        " 1 for the others, and for nce and sampled-softmax with --sample 0.",
        minimum=0.0,
        maximum=8.0,
        group="Noise",
    )
    nce_offset: str = setting(
        "kq",
        "What nce takes from the score. kq: log(kQ), so that scores are log-probabilities; q: log Q"
        " alone, which shifts them all by log k.",
        choices=NCE_OFFSETS,
        group="Noise",
    )
    normalizer: str = setting(
        "one",
        "What nce takes for the sum Z that probabilities are divided by. one: 1, so that scores are"
        " log-probabilities; constant: one learned number; per-word: one for each word, combined in"
        " a context like vectors.",
        choices=NORMALIZERS,
        group="Model",
    )
    noise_sharing: str = setting(
        "block",
        "Who has noise words in common. block: some dozens of words of the text, which is fastest;"
        " window: the pairs of a word and its neighbours (skipgram); none: nobody.",
        choices=NOISE_SHARING,
        group="Noise",
    )
    sample: float = setting(
        1e-3,
        "Words more frequent than this share of the text are thinned out; 0 keeps all.",
        minimum=0.0,
        maximum=1.0,
        group="Training",
    )
    min_count: int = setting(5, "Drop words that occur less often.", minimum=1, group="Vocabulary")
    max_vocab: int | None = setting(
        None, "Keep only the N most frequent words.", minimum=2, group="Vocabulary"
    )
    max_vocab_memory: int | None = setting(
        None,
        "Memory for counting words, such as 500M or 4G; where it does not suffice, the rarest words"
        " are dropped on the way, and counts become approximate. Default: as much as it takes.",
        minimum=1,
        metavar="SIZE",
        group="Vocabulary",
    )
    lowercase: bool = setting(False, "Make all letters small.", group="Corpus")
    encoding_errors: str = setting(
        "keep",
        "Bytes that are not UTF-8. keep: they are parts of words like others; replace: by U+FFFD;"
        " ignore: leave them out; strict: refuse the text.",
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
        "Text that is not trained on: a file, pattern, folder or the like, as CORPUS, or a share of"
        " the sentences of the corpus, such as 0.01. Loss and log Z are measured on it every"
        " --eval-every.",
        metavar="TEXT|SHARE",
        group="Measuring while training",
    )
    evals: tuple[str, ...] = setting(
        (),
        "Analogy questions or word pairs, as for 'w2v-nce eval', on which the vectors are measured"
        " every --eval-every; may be given several times.",
        flag="eval",
        metavar="FILE",
        group="Measuring while training",
    )
    eval_every: str | None = setting(
        None,
        "How much is trained between the measurements of --heldout and --eval: epochs, such as"
        " 0.5epoch, or words, such as 50Mwords. Default: 1epoch.",
        metavar="INTERVAL",
        group="Measuring while training",
    )
    patience: int | None = setting(
        None,
        "Stop early when the held-out loss, or without --heldout the score of the first --eval, has"
        " not become better for so many measurements.",
        minimum=1,
        group="Measuring while training",
    )
    keep_best: bool = setting(
        False,
        "Keep what had the lowest held-out loss, or without --heldout the highest score of the"
        " first --eval, not the last.",
        group="Measuring while training",
    )
    vectors: str | None = setting(
        None,
        "Which vectors are written: those of words as input, as output, their sum, or both side by"
        " side, each scaled to length 1. Default: input for skipgram, output for cbow.",
        choices=VECTORS,
        group="Output",
    )
    seed: int = setting(
        1,
        "Seed of all random choices; with --threads 1 the same seed gives the same file.",
        minimum=0,
        maximum=2**63 - 1,
        group="Training",
    )
    threads: int | None = setting(
        None,
        "Threads; softmax has one. Default: the processors that this process may use.",
        minimum=1,
        group="Performance",
    )

    def __post_init__(self) -> None:
        check_settings(self)
        object.__setattr__(self, "evals", tuple(self.evals))  # JSON knows lists only
        if self.loss != "nce" and self.normalizer != "one":
            raise ConfigError(
                f"--normalizer is {self.normalizer}, but {self.loss} has none; use --loss nce"
            )
        about_measurements = {
            "--patience": self.patience,
            "--keep-best": self.keep_best,
            "--eval-every": self.eval_every,
        }
        for name, asked in about_measurements.items():
            if asked and not self.is_measured:
                raise ConfigError(
                    f"{name} is about what is measured while training; say what, with --heldout or"
                    " --eval"
                )
        _ = self.eval_interval  # refuses what is none
        if self.heldout is not None and not 0 <= self.held_out_share < 1:
            raise ConfigError(
                f"--heldout is {self.heldout!r}; it takes a file, or a share above 0 and below 1"
            )

    @property
    def is_measured(self) -> bool:
        """Whether there is something to measure in the course of the run."""
        return self.heldout is not None or bool(self.evals)

    @property
    def eval_interval(self) -> Interval:
        """How much is trained between measurements.

        Raises:
            ConfigError: if ``eval_every`` is not to be read so.
        """
        asked = EVAL_EVERY if self.eval_every is None else self.eval_every
        return Interval.parse(asked, "--eval-every")

    @property
    def is_corrected(self) -> bool:
        """Whether the noise is taken from the scores and each word has a bias."""
        return self.loss in ("nce", "sampled-softmax")

    @property
    def initial_rate(self) -> float:
        """The learning rate at the start: the one asked for, or the default of the objective."""
        if self.learning_rate is not None:
            return self.learning_rate
        hidden = self.combiner if self.architecture == "cbow" else self.architecture
        return DEFAULT_LEARNING_RATES[hidden, self.loss]

    @property
    def k(self) -> int:
        """The noise words for each example: as many as asked for, or the default of the loss."""
        return DEFAULT_NOISE[self.loss] if self.noise is None else self.noise

    @property
    def power_of_noise(self) -> float:
        """The power of the noise weights: the one asked for, or the default.

        Probabilities are truest with 1, vectors best with 0.75. Who does not subsample is taken to
        want the former, where the loss has the power divided out and learns the same with any.
        """
        if self.noise_power is not None:
            return self.noise_power
        wants_probabilities = self.is_corrected and self.sample == 0
        return 1.0 if self.noise_dist != "unigram" or wants_probabilities else 0.75

    @property
    def held_out_share(self) -> float:
        """The share of the corpus that is held out; 0 if that is a file, or nothing."""
        try:
            share = float(self.heldout or "0")
        except ValueError:
            return 0.0  # the name of a file
        return share if share != 0 or self.heldout is None else math.inf

    @property
    def trains_batches(self) -> bool:
        """Whether examples are to be trained in batches that share their noise, if they may be."""
        return self.loss != "softmax" and self.noise_sharing == "block"

    @property
    def root(self) -> bool:
        """Whether the sum of n vectors is divided by the root of n, else by n.

        A skip-gram model is trained with single words: for a context of several the mean is what
        they predict on (geometric) average.
        """
        return self.architecture == "cbow" and self.combiner == "sqrtn"

    @property
    def k_of_offset(self) -> int:
        """The k in the log(k Q) that separates scores from logits."""
        return 1 if self.loss == "nce" and self.nce_offset == "q" else self.k

    @property
    def width(self) -> int:
        """The numbers that are learned for a word on each side: one more for a normaliser."""
        return self.dim + (self.normalizer == "per-word")

    @property
    def thread_count(self) -> int:
        """The number of threads: the one asked for, or as many as this process may use.

        The softmax has one, whose matrix products use all processors.
        """
        if self.loss == "softmax":
            return 1
        return self.threads if self.threads is not None else available_cpus()

    @property
    def cleaning(self) -> Cleaning:
        """What is done to the text, in training and later."""
        return Cleaning(self.lowercase, self.encoding_errors)

    @property
    def exported(self) -> str:
        """Which vectors are written: those asked for, or those of the side that is trained best.

        In skip-gram every example moves the input vector as a whole; in CBOW it moves the
        output vector as a whole, and shares its gradient out among the input vectors. Mnih &
        Kavukcuoglu (2013) choose likewise.
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
