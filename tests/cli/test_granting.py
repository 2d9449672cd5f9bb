"""What `swarmstore grant` prints, and how it ends."""

from __future__ import annotations

import json
import re

from tests.cli.running import answer, data, done, run
from tests.helpers.shipped import SHIPPED
from tests.postgres.roles import Roles


def test_grant_prints_what_each_role_may_do_now(roles: Roles) -> None:
    agent, analyst, other = roles.new("agent"), roles.new("analyst"), roles.new("analyst")
    command = ("grant", "--agent", agent, "--analyst", analyst, "--analyst", other)
    shown = answer(*command, url=roles.database)
    for_agent, for_analyst, for_other = re.split(r"\n\n+", shown.strip())
    assert for_agent.startswith(f"{agent} (agent)\n")
    assert re.search(r"^  adds rows to +scenarios, action_sequences, sessions,", for_agent, re.MULTILINE)
    assert re.search(
        r"^  changes .*sessions \((?:position, position_stamp|2 columns)\),.* rollups \(19 columns\)",
        for_agent,
        re.MULTILINE,
    )
    assert re.search(r"^  deletes from +sessions,", for_agent, re.MULTILINE)
    assert for_analyst.startswith(f"{analyst} (analyst)\n")
    assert for_analyst.replace(analyst, other) == for_other
    assert [line.split()[0] for line in for_analyst.splitlines()[1:]] == ["reads"]


def test_grant_prints_json(roles: Roles) -> None:
    agent, analyst = roles.new("agent"), roles.new("analyst")
    first, second = data("grant", "--agent", agent, "--analyst", analyst, url=roles.database)
    assert (first["role"], first["kind"]) == (agent, "agent")
    assert first["update"]["sessions"] == ["position", "position_stamp"]
    assert "swarmstore_version" in first["select"]
    assert "swarmstore_version" not in [*first["insert"], *first["update"], *first["delete"]]
    assert (second["role"], second["kind"]) == (analyst, "analyst")
    assert (second["insert"], second["update"], second["delete"]) == ([], {}, [])


def test_grant_says_what_to_do(roles: Roles, sqlite_url: str) -> None:
    for arguments, url, said in (
        (["--agent", "nobody\x1b[2J"], roles.database, r'first run CREATE ROLE "nobody\x1b[2J" LOGIN;'),
        (["--analyst", "bi"], sqlite_url, "has no roles"),
        ([], roles.database, "name one with --agent or --analyst"),
        (["--analyst", "bi", "--schema", "other"], roles.database, "run `swarmstore upgrade`"),
    ):
        ended = run("grant", *arguments, url=url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert said in ended.stderr
        assert ended.stderr.count("\n") == 1


def test_a_role_granted_so_runs_the_commands(roles: Roles) -> None:
    agent, analyst = roles.new("agent"), roles.new("analyst")
    done("grant", "--agent", agent, "--analyst", analyst, url=roles.database)
    done("import", str(SHIPPED), url=roles.url(agent))
    assert len(json.loads(done("scenarios", "--json", url=roles.url(analyst)))) == 3
    refused = run("prune", "simple_qa", "--keep-latest", "1", url=roles.url(analyst))
    assert refused.returncode == 1
    assert "this database role may not do that" in refused.stderr
