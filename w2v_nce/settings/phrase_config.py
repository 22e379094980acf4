"""The settings of a search for phrases."""

from __future__ import annotations

from dataclasses import dataclass

from w2v_nce.errors import ConfigError
from w2v_nce.settings.setting import check_settings, setting
from w2v_nce.text import BLANKS
from w2v_nce.threads import available_cpus

MAX_PASSES = 100
SCORES = ("count", "npmi")
DEFAULT_THRESHOLDS = {"count": 100.0, "npmi": 0.5}
LOWEST_THRESHOLDS = {"count": 0.0, "npmi": -1.0}


@dataclass(frozen=True)
class PhraseConfig:
    """The settings that decide which words are joined.

    Raises:
        ConfigError: if a value is outside its domain.
    """

    score: str = setting(
        "count",
        "Score of a pair of words. count: (count(ab) - min-count) / (count(a) count(b)), times the"
        " words of the text, as in word2phrase; npmi: normalised pointwise mutual information, from"
        " -1 (never together) to 1 (never apart).",
        choices=SCORES,
    )
    threshold: float | None = setting(
        None, "Join pairs that score above this. Default: 100 for count, 0.5 for npmi."
    )
    threshold_decay: float = setting(
        1.0,
        "Factor by which the threshold changes from pass to pass.",
        minimum=0.0,
        maximum=1.0,
    )
    min_count: int = setting(
        5,
        "Join only pairs that occur at least this often; the count score subtracts it, too.",
        minimum=1,
    )
    passes: int = setting(
        1,
        "Passes over the text; each joins words or phrases in pairs, so that two passes make"
        " phrases of up to four words.",
        minimum=1,
        maximum=MAX_PASSES,
    )
    connectors: str = setting(
        "none",
        "Words that may stand inside a phrase but not at its ends, as in bank_of_america. none;"
        " english: articles, prepositions and conjunctions; or a file of words.",
        metavar="none|english|FILE",
        reads="file",
    )
    delimiter: str = setting("_", "Text put between joined words.", metavar="TEXT")
    threads: int | None = setting(
        None, "Threads. Default: the processors that this process may use.", minimum=1
    )

    def __post_init__(self) -> None:
        check_settings(self)
        lowest = LOWEST_THRESHOLDS[self.score]
        highest = 1.0 if self.score == "npmi" else float("inf")
        if not lowest <= self.threshold_of(0) <= highest:
            domain = "-1 to 1" if self.score == "npmi" else "0 or more"
            raise ConfigError(
                f"is {self.threshold}; with `score={self.score}` it takes {domain}", "threshold"
            )
        if set(self.delimiter) & set(BLANKS + "\n\0"):
            raise ConfigError(
                f"is {self.delimiter!r}; it takes text without white space, at which joined words"
                " would be split again",
                "delimiter",
            )

    def threshold_of(self, number: int) -> float:
        """Return the threshold of a pass, numbered from 0."""
        first = DEFAULT_THRESHOLDS[self.score] if self.threshold is None else self.threshold
        return first * self.threshold_decay**number

    @property
    def thread_count(self) -> int:
        """The number of threads, by default the processors that this process may use."""
        return self.threads if self.threads is not None else available_cpus()
