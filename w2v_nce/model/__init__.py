"""The parameters that training learned, and the probabilities they predict. Opens without Numba."""
