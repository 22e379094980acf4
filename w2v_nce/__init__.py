"""Word embeddings by noise-contrastive estimation and negative sampling, fast on a CPU."""

from __future__ import annotations

__version__ = "0.1.0"
