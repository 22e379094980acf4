"""Training runs: threads, schedule, validation, checkpoints."""
