"""Where the databases differ: the only place that knows their names."""
