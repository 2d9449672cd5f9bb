"""Tests of what is shipped: the wheel, the README, the layers."""
