"""What analysts take home: tables as frames and files, and the report."""
