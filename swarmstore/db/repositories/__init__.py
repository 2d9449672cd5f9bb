"""What is kept, one repository for each kind, within a transaction."""
