"""What an import makes of folders of JSON files: what is counted, what is reported, and what comes again."""
