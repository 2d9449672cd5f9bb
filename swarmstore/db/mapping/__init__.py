"""Between the model and its rows; nothing here talks to a database."""
