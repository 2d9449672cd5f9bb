"""`swarmstore upgrade`: the tables."""

from __future__ import annotations

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import print_json, say


def upgrade(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Bring the database's tables to this version; safe when many start it at once.

    Example: swarmstore upgrade --url postgresql://admin@db.example/swarm
    """
    from swarmstore.db.dialects.urls import parse_url, shown_url
    from swarmstore.db.migrations.runner import upgrade as upgrade_database
    from swarmstore.locations import url_to_open
    from swarmstore.settings import Settings

    chosen = url_to_open(url)
    before, after = upgrade_database(chosen, Settings(schema=schema))
    shown = shown_url(parse_url(chosen))
    if json:
        print_json({"url": shown, "before": before, "after": after})
    elif before == after:
        say(f"{shown} is up to date (revision {after})")
    else:
        say(f"{shown} upgraded from {before or 'nothing'} to revision {after}")
