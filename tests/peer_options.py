"""What the options of other trainers mean here: the twin of docs/migrate.md.

For each option the parameters of our command line that it sets, as a function of its value; none,
where there is nothing of the kind. ``command`` stands for a command other than ``train``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Settings = dict[str, Any]
Meaning = Callable[[str], Settings]


def nothing(_: str) -> Settings:
    return {}


def corpus(value: str) -> Settings:
    return {"corpus": (value,)}


def quiet(value: str) -> Settings:
    return {"quiet": True} if value == "0" else {}


def is_skipgram(value: str) -> Settings:
    return {"architecture": "skipgram" if int(value) else "cbow"}


def sets(name: str, kind: Callable[[str], Any] = str, **others: Any) -> Meaning:
    return lambda value: {name: kind(value), **others}


WORD2VEC: dict[str, Meaning] = {
    "-train": corpus,
    "-output": sets("output"),
    "-size": sets("dim", int),
    "-window": sets("window", int),
    "-sample": sets("sample", float),
    "-hs": nothing,
    "-negative": sets("noise", int, loss="ns"),
    "-threads": sets("threads", int),
    "-iter": sets("epochs", int),
    "-min-count": sets("min_count", int),
    "-alpha": sets("learning_rate", float),
    "-classes": sets("count", int, command="cluster"),
    "-debug": quiet,
    "-binary": lambda value: {"output": "vectors.bin"} if value == "1" else {},
    "-save-vocab": sets("output", command="vocab", corpus=("CORPUS",)),
    "-read-vocab": lambda value: {"vocabularies": (value,)},
    "-cbow": lambda value: is_skipgram(str(1 - int(value))),
}
WORD2PHRASE: dict[str, Meaning] = {
    "-train": corpus,
    "-output": sets("output"),
    "-min-count": sets("min_count", int),
    "-threshold": sets("threshold", float),
    "-debug": quiet,
}
FASTTEXT: dict[str, Meaning] = {
    "skipgram": lambda _: is_skipgram("1"),
    "cbow": lambda _: is_skipgram("0"),
    "-input": corpus,
    "-output": lambda value: {"output": f"{value}.vec"},
    "-lr": sets("learning_rate", float),
    "-lrUpdateRate": nothing,
    "-dim": sets("dim", int),
    "-ws": sets("window", int),
    "-epoch": sets("epochs", int),
    "-neg": sets("noise", int, loss="ns"),
    "-loss": sets("loss"),
    "-minCount": sets("min_count", int),
    "-minCountLabel": nothing,
    "-wordNgrams": nothing,
    "-bucket": nothing,
    "-minn": nothing,
    "-maxn": nothing,
    "-t": sets("sample", float),
    "-label": nothing,
    "-thread": sets("threads", int),
    "-verbose": quiet,
    "-pretrainedVectors": sets("init"),
    "-saveOutput": lambda _: {"vectors": "output"},
    "-seed": sets("seed", int),
    **dict.fromkeys(
        (
            *("-autotune-validation", "-autotune-metric", "-autotune-predictions"),
            *("-autotune-duration", "-autotune-modelsize"),
            *("-cutoff", "-retrain", "-qnorm", "-qout", "-dsub"),
        ),
        nothing,
    ),
}
GENSIM: dict[str, Meaning] = {
    "corpus_file": corpus,
    "vector_size": sets("dim", int),
    "alpha": sets("learning_rate", float),
    "window": sets("window", int),
    "min_count": sets("min_count", int),
    "sample": sets("sample", float),
    "seed": sets("seed", int),
    "workers": sets("threads", int),
    "sg": is_skipgram,
    "negative": sets("noise", int, loss="ns"),
    "ns_exponent": sets("noise_power", float),
    "cbow_mean": lambda _: {"combiner": "mean"},
    "epochs": sets("epochs", int),
    **dict.fromkeys(
        (
            *("sentences", "max_vocab_size", "min_alpha", "hs", "hashfxn", "null_word"),
            *("trim_rule", "sorted_vocab", "batch_words", "compute_loss", "callbacks"),
            *("comment", "max_final_vocab", "shrink_windows"),
        ),
        nothing,
    ),
}
GENSIM_PHRASES: dict[str, Meaning] = {
    "min_count": sets("min_count", int),
    "threshold": sets("threshold", float),
    "delimiter": sets("delimiter"),
    "scoring": sets("score"),
    **dict.fromkeys(("sentences", "max_vocab_size", "progress_per", "connector_words"), nothing),
}
