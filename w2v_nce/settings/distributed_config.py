"""The settings of a run on several machines."""

from __future__ import annotations

from dataclasses import dataclass

from w2v_nce.settings.setting import check_settings, setting

ENGINES = ("mpi",)

#: Words of a round for each word of the vocabulary and each thread, by default: with fewer,
#: synchronising would take most of the time.
MOST_WORDS, LEAST_WORDS = 10.0, 2.5

ROUNDS = 45  # in a run, for each process, where the text is short: or quality suffers


@dataclass(frozen=True)
class ClusterConfig:
    """How the ranks of a run work together.

    Raises:
        ConfigError: if a value is outside its domain.
    """

    cluster: str | None = setting(
        None,
        "Train as one of several processes, on one machine or many, that mpiexec or srun has"
        " started; see docs/scaling.md.",
        choices=ENGINES,
        group="Several machines",
    )
    sync_every: int | None = setting(
        None,
        "Words that each process trains before they exchange what they have"
        " learned of frequent words; all words are exchanged every fourth time. Default: ten for"
        " each word of the vocabulary and each thread, or fewer, down to a quarter, where the text"
        " is short for so many processes.",
        minimum=1,
        metavar="WORDS",
        group="Several machines",
    )
    sync_hot: float = setting(
        0.1,
        "The share of the vocabulary that is exchanged every time, from the most"
        " frequent word on; 1 for all of it.",
        minimum=0.0,
        maximum=1.0,
        metavar="SHARE",
        group="Several machines",
    )
    cluster_timeout: float = setting(
        30.0,
        "Seconds after which a process that does not answer is given up, and the run with it.",
        minimum=1.0,
        metavar="SECONDS",
        group="Several machines",
    )

    def __post_init__(self) -> None:
        check_settings(self)

    def words_of_round(self, vocabulary: int, threads: int, ranks: int, words: int) -> int:
        """Return the words of a rank between synchronisations: those asked for, or the default.

        What is exchanged grows with vocabulary and dimensions, what is computed meanwhile with
        words and dimensions: so the share of time that synchronising takes is about the same for
        the same number of words for each word of the vocabulary.

        Args:
            vocabulary: how many words have vectors.
            threads: of each rank.
            ranks: how many there are.
            words: that all of them train in the whole run.
        """
        if self.sync_every is not None:
            return self.sync_every
        few = words / (ranks * ranks * ROUNDS)
        per_thread = vocabulary * threads
        return round(min(max(few, LEAST_WORDS * per_thread), MOST_WORDS * per_thread))

    def words_exchanged(self, vocabulary: int) -> int:
        """Return how many words, the most frequent ones, are exchanged every time."""
        return round(self.sync_hot * vocabulary)
