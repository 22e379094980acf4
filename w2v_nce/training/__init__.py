"""Training: from a corpus and settings to a model, as a stream of ticks."""

from w2v_nce.corpus.counting import CompilingTick, CountingTick, WarningTick
from w2v_nce.training.evaluations import EvalTick
from w2v_nce.training.heldout import HeldOutTick
from w2v_nce.training.monitor import TrainingTick
from w2v_nce.training.trainer import CheckpointTick, Tick, Training, train

__all__ = [
    "CheckpointTick",
    "CompilingTick",
    "CountingTick",
    "EvalTick",
    "HeldOutTick",
    "Tick",
    "Training",
    "TrainingTick",
    "WarningTick",
    "train",
]
