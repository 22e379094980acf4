"""Serial Numba functions over arrays that know nothing but numbers; all release the GIL."""
