"""Compare w2v-nce with its peers on one text; see README.md."""
