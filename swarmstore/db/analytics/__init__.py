"""The views that analysts query, and what reads them."""
