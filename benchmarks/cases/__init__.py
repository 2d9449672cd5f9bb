"""What is measured: each module one question, each function one result."""
