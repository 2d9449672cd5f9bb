"""The site: pages generated from the code, what its build needs, and that every page can be reached."""
