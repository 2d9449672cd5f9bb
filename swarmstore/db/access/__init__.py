"""Who may do what on PostgreSQL."""
