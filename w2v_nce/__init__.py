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

from w2v_nce.settings.version import VERSION

if TYPE_CHECKING:
    from w2v_nce.corpus.phrases.learning import PhraseTick, find_phrases, learn_phrases
    from w2v_nce.corpus.phrases.phrases import Phrases
    from w2v_nce.corpus.phrases.selection import Phrase
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.errors import W2vNceError
    from w2v_nce.evaluation.analogies import AnalogyReport, evaluate_analogies
    from w2v_nce.evaluation.similarity import PairReport, evaluate_pairs
    from w2v_nce.evaluation.tasks import AnalogyTask, PairTask, read_task
    from w2v_nce.model.model import Model
    from w2v_nce.settings.phrase_config import PhraseConfig
    from w2v_nce.settings.train_config import TrainConfig
    from w2v_nce.training.run import Training, train
    from w2v_nce.training.ticks import TrainingTick

__version__ = VERSION
__all__ = [
    "AnalogyReport",
    "AnalogyTask",
    "Corpus",
    "Embeddings",
    "Model",
    "PairReport",
    "PairTask",
    "Phrase",
    "PhraseConfig",
    "PhraseTick",
    "Phrases",
    "TrainConfig",
    "Training",
    "TrainingTick",
    "W2vNceError",
    "__version__",
    "evaluate_analogies",
    "evaluate_pairs",
    "find_phrases",
    "learn_phrases",
    "read_task",
    "train",
]

_HOMES = {
    "AnalogyReport": "w2v_nce.evaluation.analogies",
    "AnalogyTask": "w2v_nce.evaluation.tasks",
    "Corpus": "w2v_nce.corpus.sources",
    "Embeddings": "w2v_nce.embeddings.embeddings",
    "Model": "w2v_nce.model.model",
    "PairReport": "w2v_nce.evaluation.similarity",
    "PairTask": "w2v_nce.evaluation.tasks",
    "Phrase": "w2v_nce.corpus.phrases.selection",
    "PhraseConfig": "w2v_nce.settings.phrase_config",
    "PhraseTick": "w2v_nce.corpus.phrases.learning",
    "Phrases": "w2v_nce.corpus.phrases.phrases",
    "TrainConfig": "w2v_nce.settings.train_config",
    "Training": "w2v_nce.training.run",
    "TrainingTick": "w2v_nce.training.ticks",
    "W2vNceError": "w2v_nce.errors",
    "evaluate_analogies": "w2v_nce.evaluation.analogies",
    "evaluate_pairs": "w2v_nce.evaluation.similarity",
    "find_phrases": "w2v_nce.corpus.phrases.learning",
    "learn_phrases": "w2v_nce.corpus.phrases.learning",
    "read_task": "w2v_nce.evaluation.tasks",
    "train": "w2v_nce.training.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'w2v_nce' has no attribute {name!r}")
    return vars(importlib.import_module(_HOMES[name]))[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
