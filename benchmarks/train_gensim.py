"""Train gensim's Word2Vec as a process of its own; peers.py starts it with a job as JSON."""

from __future__ import annotations

import json
import sys

from gensim.models import Word2Vec


def main() -> None:
    job = json.loads(sys.argv[1])
    given, corpus = job["settings"], job["corpus"]
    model = Word2Vec(
        sg=int(job["architecture"] == "skipgram"),
        hs=0,
        vector_size=given["dim"],
        window=given["window"],
        negative=given["noise"],
        sample=given["sample"],
        min_count=given["min_count"],
        epochs=given["epochs"],
        workers=given["threads"],
        seed=job["seed"],
        alpha=job["rate"],
    )
    model.build_vocab(corpus_file=corpus)
    print("Progress: 0.0%", flush=True)
    _, words = model.train(
        corpus_file=corpus,
        total_examples=model.corpus_count,
        total_words=model.corpus_total_words,
        epochs=model.epochs,
    )
    print(f"Progress: {100 * words / (model.epochs * model.corpus_total_words):.2f}%", flush=True)
    model.wv.save_word2vec_format(job["output"], binary=False)


if __name__ == "__main__":
    main()
