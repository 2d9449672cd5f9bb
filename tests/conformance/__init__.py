"""The tests that anybody's backend can run, tried on a good backend and on bad ones."""
