"""A report as one HTML file that needs no network and runs no script; `page.render` makes it."""
