"""Training: from a corpus and settings to a model, as a stream of ticks."""

from w2v_nce.training.trainer import (
    CheckpointTick,
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
    "CheckpointTick",
    "CompilingTick",
    "CountingTick",
    "HeldOutTick",
    "Tick",
    "Training",
    "TrainingTick",
    "WarningTick",
    "train",
]
