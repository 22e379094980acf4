"""Training: from a corpus and settings to a model, as a stream of ticks."""

from w2v_nce.training.trainer import (
    CompilingTick,
    CountingTick,
    HeldOutTick,
    Tick,
    Training,
    TrainingTick,
    WarningTick,
    train,
)

__all__ = [
    "CompilingTick",
    "CountingTick",
    "HeldOutTick",
    "Tick",
    "Training",
    "TrainingTick",
    "WarningTick",
    "train",
]
