"""Train fastText, no subwords, as a process of its own; peers.py starts it with a job as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import fasttext  # type: ignore
from fasttext.FastText import unsupervised_default  # type: ignore


def main() -> None:
    job = json.loads(sys.argv[1])
    given = job["settings"]
    unsupervised_default["seed"] = job["seed"]  # which train_unsupervised() does not take itself
    model = fasttext.train_unsupervised(
        job["corpus"],
        model=job["architecture"],
        loss="ns",
        dim=given["dim"],
        ws=given["window"],
        neg=given["noise"],
        t=given["sample"],
        minCount=given["min_count"],
        epoch=given["epochs"],
        thread=given["threads"],
        lr=job["rate"],
        minn=0,
        maxn=0,  # no subwords
        verbose=2,  # write progress
    )
    with Path(job["output"]).open("w", encoding="utf-8") as out:
        out.write(f"{len(model.words)} {given['dim']}\n")
        for word in model.words:
            numbers = " ".join(f"{value:.6f}" for value in model.get_word_vector(word))
            out.write(f"{word} {numbers}\n")


if __name__ == "__main__":
    main()
