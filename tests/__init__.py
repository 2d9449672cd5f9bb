"""The tests of swarmstore."""
