"""Sessions in and out: upstream's folders, and the traces of its engine."""
