"""The data: pure Python, no database and no files but through `codec`."""
