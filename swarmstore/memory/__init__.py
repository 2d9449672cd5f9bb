"""The reference backend: the promises in their simplest form, in dictionaries."""

from swarmstore.memory.memory_storage import MemoryStorage

__all__ = ["MemoryStorage"]
