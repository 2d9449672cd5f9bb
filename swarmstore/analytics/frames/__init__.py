"""Views for other tools: Arrow tables and streams of them, Parquet and CSV files."""
