"""The SQL backend: the only package that imports SQLAlchemy."""
