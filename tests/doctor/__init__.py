"""Every finding of the doctor, provoked for real."""
