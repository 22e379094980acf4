"""Numbers only: the compiled functions that train, and the tuples they take."""
