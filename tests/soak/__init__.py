"""Many processes save into one store while some of them are killed: `python -m tests.soak`."""
