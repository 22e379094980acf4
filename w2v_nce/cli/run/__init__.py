"""A run of w2v-nce train, from its options to its files."""
