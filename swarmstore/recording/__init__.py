"""Sessions counted from what agents do, as they run or from an engine's traces."""
