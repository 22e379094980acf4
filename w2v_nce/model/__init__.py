"""What training has learned, and the probabilities it predicts. Opens without Numba."""
