"""The settings of a run by several processes."""

from __future__ import annotations

from dataclasses import dataclass

from w2v_nce.settings.setting import check_settings, setting

ENGINES = ("mpi",)

#: The words of a round, per word of the vocabulary and thread, by default and on short texts: with
#: fewer, synchronising would take most of the time.
MOST_WORDS, LEAST_WORDS = 10.0, 2.5
ROUNDS = 45  # of each process, at least; with fewer, quality suffers


@dataclass(frozen=True)
class ClusterConfig:
    """The settings that decide how the processes of a run work together.

    Raises:
        ConfigError: if a value is outside its domain.
    """

    cluster: str | None = setting(
        None,
        "Train as one of several processes, on one or more machines, that mpiexec or srun has"
        " started; see docs/scaling.md.",
        choices=ENGINES,
        group="Several machines",
    )
    sync_every: int | None = setting(
        None,
        "Words that each process trains before they exchange what they have learned about frequent"
        " words; every fourth time they exchange all words. Default: ten per word of the vocabulary"
        " and thread; down to a quarter of that if the text is short for so many processes.",
        minimum=1,
        metavar="WORDS",
        group="Several machines",
        may_change=True,
    )
    sync_hot: float = setting(
        0.1,
        "Share of the vocabulary that is exchanged every time, beginning with the most frequent"
        " word; 1 for all of it.",
        minimum=0.0,
        maximum=1.0,
        metavar="SHARE",
        group="Several machines",
        may_change=True,
    )
    cluster_timeout: float = setting(
        30.0,
        "Seconds without an answer from a process after which the run is given up.",
        minimum=1.0,
        metavar="SECONDS",
        group="Several machines",
        may_change=True,
    )

    def __post_init__(self) -> None:
        check_settings(self)

    def words_of_round(self, vocabulary: int, threads: int, ranks: int, words: int) -> int:
        """Return the words that a rank trains between synchronisations.

        The data exchanged grows with vocabulary and dimensions, the computation between exchanges
        with words and dimensions. The number of words per word of the vocabulary therefore decides
        which share of the time synchronising takes.

        Args:
            vocabulary: the number of words that have vectors.
            threads: the number of threads of each rank.
            ranks: the number of ranks.
            words: the words that all ranks train in the whole run.
        """
        if self.sync_every is not None:
            return self.sync_every
        few = words / (ranks * ranks * ROUNDS)
        per_thread = vocabulary * threads
        return round(min(max(few, LEAST_WORDS * per_thread), MOST_WORDS * per_thread))

    def words_exchanged(self, vocabulary: int) -> int:
        """Return the number of words, from the most frequent on, that are exchanged every time."""
        return round(self.sync_hot * vocabulary)
