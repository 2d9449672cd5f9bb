"""Connections and transactions, and what runs beside them."""
