"""What programs open: `LearningStore`, and the same calls for asyncio."""
