"""What spans repositories, each in transactions of its own."""
