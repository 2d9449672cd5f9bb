"""A simulated fleet: hundreds of agents that load and save, and what goes on beside them."""
