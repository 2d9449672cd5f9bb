"""The schema's revision: checked, and brought up to date."""
