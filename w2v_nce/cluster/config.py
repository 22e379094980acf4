"""The settings of a run on several machines."""

from __future__ import annotations

from dataclasses import dataclass

from w2v_nce.config import check_settings, setting

ENGINES = ("mpi",)


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
    )
    sync_every: int = setting(
        100_000,
        "With --cluster: words that each process trains before they exchange what they have"
        " learned of frequent words; all words are exchanged every tenth time.",
        minimum=1,
        metavar="WORDS",
    )
    sync_hot: float = setting(
        0.1,
        "With --cluster: the share of the vocabulary that is exchanged every time, from the most"
        " frequent word on; 1 for all of it.",
        minimum=0.0,
        maximum=1.0,
        metavar="SHARE",
    )
    cluster_timeout: float = setting(
        30.0,
        "With --cluster: seconds after which a process that does not answer is given up, and the"
        " run with it.",
        minimum=1.0,
        metavar="SECONDS",
    )

    def __post_init__(self) -> None:
        check_settings(self)
