"""Upstream's folder of JSON files, as a backend and to import from."""

from swarmstore.files.file_storage import FileSystemStorage

__all__ = ["FileSystemStorage"]
