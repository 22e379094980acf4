"""Word embeddings by noise-contrastive estimation and negative sampling, fast on a CPU.

>>> from w2v_nce import Embeddings, TrainConfig, train
>>> model = train("corpus.txt", TrainConfig(dim=50, epochs=3))
>>> model.embeddings.save("vectors.bin")
>>> vectors = Embeddings.load("vectors.bin")
>>> len(vectors.neighbours("king", 5))
5

Names are imported when they are first used, so that the package itself loads at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from w2v_nce.config import TrainConfig
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.embeddings import Embeddings
    from w2v_nce.errors import W2vNceError
    from w2v_nce.model import Model
    from w2v_nce.training import Training, TrainingTick, train

__version__ = "0.1.0"
__all__ = [
    "Corpus",
    "Embeddings",
    "Model",
    "TrainConfig",
    "Training",
    "TrainingTick",
    "W2vNceError",
    "__version__",
    "train",
]

_HOMES = {
    "Corpus": "w2v_nce.corpus.sources",
    "Embeddings": "w2v_nce.embeddings",
    "Model": "w2v_nce.model",
    "TrainConfig": "w2v_nce.config",
    "Training": "w2v_nce.training",
    "TrainingTick": "w2v_nce.training",
    "W2vNceError": "w2v_nce.errors",
    "train": "w2v_nce.training",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'w2v_nce' has no attribute {name!r}")
    return vars(importlib.import_module(_HOMES[name]))[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
