"""The memory that a run needs, and that is available."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from w2v_nce.arrays import padded
from w2v_nce.errors import ConfigError
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.hot_rows import MOST

REAL = 4  # bytes of a float32
FEWER_WORDS = "take fewer words (`max_vocab`, `min_count`) or a smaller `dim`"
WORD = 250  # bytes of a word in lists, dictionaries, hash table and noise table, roughly
MEMINFO = Path("/proc/meminfo")
CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")
OWN_PAGES = Path("/proc/self/statm")


def needed_memory(config: TrainConfig, words: int, copies: int = 0) -> int:
    """Estimate the bytes that training takes for this many words, once they are counted.

    ``copies`` of the parameters are kept besides those that are trained.
    """
    matrices = 2 * words * padded(config.width) * REAL
    written = {"sum": 1, "concat": 2}.get(config.exported, 0) * words * config.dim * REAL
    kept = matrices if config.keep_best else 0
    # Evaluations combine vectors while the best parameters are kept.
    further = kept + written if config.evals else max(kept, written)
    columns = 3 * words * REAL  # biases, offsets, chances of surviving the subsampling
    threads = config.thread_count
    # Several threads have replicas of hot words' rows, and remember them as they were.
    hot = 4 * threads * MOST * padded(config.width) * REAL if threads > 1 else 0
    return (1 + copies) * matrices + further + columns + WORD * words + hot


def refuse_too_much(
    config: TrainConfig,
    words: int,
    remedy: str = FEWER_WORDS,
    copies: int = 0,
    processes: int = 1,
) -> None:
    """Make sure that there is enough memory, as far as the system tells.

    Args:
        config: of the run.
        words: in the vocabulary.
        remedy: what to do where there is too little.
        copies: of the parameters, besides those that are trained.
        processes: on this machine, each of which needs as much.

    Raises:
        ConfigError: with the numbers, if there is too little.
    """
    needed, there = processes * needed_memory(config, words, copies), available_memory()
    if there is not None and needed > there:
        shared = f" in {processes} processes" if processes > 1 else ""
        raise ConfigError(
            f"training {words:,} words x {config.dim}{shared} takes {shown(needed)} of memory, and"
            f" {shown(there)} are available; {remedy}; `force` tries it all the same"
        )


def shown(size: int) -> str:
    """Write a size with a unit."""
    unit, name = (2**30, "GiB") if size >= 2**30 else (2**20, "MiB")
    return f"{size / unit:,.1f} {name}"


def available_memory() -> int | None:
    """Return the bytes that this process may still take; None if the system does not tell.

    That is the least of what the machine, the process's control groups and its limit on address
    space leave.
    """
    return min([*_of_machine(), *_of_cgroups(), *_of_limit()], default=None)


def _of_machine() -> Iterator[int]:
    with suppress(OSError):
        match = re.search(r"^MemAvailable: *(\d+) kB", MEMINFO.read_text(), re.MULTILINE)
        if match:
            yield int(match[1]) * 1024


def _of_cgroups() -> Iterator[int]:
    """Yield the bytes left in each control group of the process, of either version."""
    with suppress(OSError):
        for line in OWN_CGROUPS.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            place = Path(path.lstrip("/"))
            for group in (place, *place.parents):
                if not controllers:
                    yield from _left(CGROUPS / group, "memory.max", "memory.current")
                elif "memory" in controllers.split(","):
                    folder = CGROUPS / "memory" / group
                    yield from _left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes")


def _left(group: Path, limit: str, used: str) -> Iterator[int]:
    with suppress(OSError, ValueError):  # "max" is no number
        bound, taken = int((group / limit).read_text()), int((group / used).read_text())
        yield max(bound - taken + _reclaimable(group), 0)


def _reclaimable(group: Path) -> int:
    """Return the bytes of cached files, which are dropped when memory is needed."""
    stat = (group / "memory.stat").read_text()
    found = re.search(r"^(?:total_)?inactive_file (\d+)", stat, re.MULTILINE)
    return int(found[1]) if found else 0


def _of_limit() -> Iterator[int]:
    with suppress(ImportError, OSError):  # no such module on Windows
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            pages = int(OWN_PAGES.read_text().split()[0])
            yield max(limit - pages * os.sysconf("SC_PAGE_SIZE"), 0)
