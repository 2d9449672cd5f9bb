"""`grant`: whole or not at all, again and again, and only what it should."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import sql

from swarmstore import (
    ConfigurationError,
    DatabaseRefusedError,
    InvalidTextError,
    LearningStore,
    RoleMissingError,
    SchemaAheadError,
    SchemaMissingError,
    SchemaOutdatedError,
    Settings,
)
from swarmstore.db.access.grants import grant
from swarmstore.db.migrations.runner import upgrade
from swarmstore.revisions import REVISION
from tests.postgres.roles import Roles, connected, roles_of
from tests.snapshots import simple

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def privileges(roles: Roles) -> set[tuple[object, ...]]:
    """All that anybody but an owner has in the schema: on what, which column, who, what."""
    with connected(roles.database) as connection:
        return set(
            connection.execute(
                "SELECT relname, attname, grantee::regrole::text, privilege_type, is_grantable FROM ("
                " SELECT relname, NULL AS attname, relowner AS owner, relacl AS acl FROM pg_class"
                " WHERE relnamespace = 'swarmstore'::regnamespace"
                " UNION ALL SELECT relname, attname, relowner, attacl FROM pg_class"
                " JOIN pg_attribute ON attrelid = pg_class.oid"
                " WHERE relnamespace = 'swarmstore'::regnamespace"
                " UNION ALL SELECT nspname, NULL, nspowner, nspacl FROM pg_namespace"
                " WHERE nspname = 'swarmstore') AS things, aclexplode(acl) WHERE grantee <> owner"
            )
        )


def of(role: str, found: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    return {(thing, column, verb) for thing, column, grantee, verb, _ in found if grantee == role}


def test_granting_again_changes_nothing(roles: Roles) -> None:
    agent, analyst = roles.new("agent"), roles.new("analyst")
    first = grant(roles.database, agents=[agent, agent], analysts=[analyst])
    found = privileges(roles)
    assert [(one.role, one.kind) for one in first] == [(agent, "agent"), (analyst, "analyst")]
    assert grant(roles.database, agents=[agent], analysts=[analyst]) == first
    assert privileges(roles) == found
    assert {grantee for _, _, grantee, _, _ in found} == {agent, analyst}
    assert not any(grantable for *_, grantable in found)


def test_what_is_told_is_what_is_granted(roles: Roles) -> None:
    roles.execute("CREATE VIEW swarmstore.names AS SELECT name FROM swarmstore.scenarios")
    for one in grant(roles.database, agents=[roles.new()], analysts=[roles.new()]):
        told: set[tuple[object, ...]] = {("swarmstore", None, "USAGE")}
        told |= {(thing, None, "SELECT") for thing in one.select}
        told |= {(thing, None, "INSERT") for thing in one.insert}
        told |= {(thing, column, "UPDATE") for thing, columns in one.update.items() for column in columns}
        told |= {(thing, None, "DELETE") for thing in one.delete}
        assert of(one.role, privileges(roles)) == told
        assert "names" in one.select


def test_a_role_of_another_kind_keeps_nothing_of_the_one_before(roles: Roles) -> None:
    role, always = roles.new(), roles.new()
    grant(roles.database, agents=[role], analysts=[always])
    agent = of(role, privileges(roles))
    grant(roles.database, analysts=[role])
    assert of(role, privileges(roles)) == of(always, privileges(roles)) < agent
    with LearningStore.open(roles.url(role)) as store, pytest.raises(DatabaseRefusedError):
        store.save_session("s", simple())
    grant(roles.database, agents=[role])
    assert of(role, privileges(roles)) == agent


def test_what_a_role_had_from_elsewhere_is_taken_away(roles: Roles) -> None:
    """Also by columns, on sequences, and what it passed on; other roles keep theirs."""
    role, friend, other = roles.new(), roles.new(), roles.new()
    for statement in (
        "GRANT ALL ON SCHEMA swarmstore TO {role}",
        "GRANT ALL ON ALL TABLES IN SCHEMA swarmstore TO {role} WITH GRANT OPTION",
        "GRANT UPDATE (name) ON swarmstore.scenarios TO {role}",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA swarmstore TO {role}",
        "GRANT SELECT ON swarmstore.rollups TO {other}",
    ):
        roles.execute(statement.format(role=role, other=other))
    roles.execute(f"GRANT SELECT ON swarmstore.sessions TO {friend}", role)
    grant(roles.database, analysts=[role])
    found = privileges(roles)
    assert {verb for _, _, verb in of(role, found)} == {"SELECT", "USAGE"}
    assert {thing for thing, _, verb in of(role, found) if verb == "USAGE"} == {"swarmstore"}
    assert of(friend, found) == set()
    assert of(other, found) == {("rollups", None, "SELECT")}


def test_public_has_nothing_afterwards(roles: Roles) -> None:
    other = roles.new()
    for what in (
        "SCHEMA swarmstore",
        "ALL TABLES IN SCHEMA swarmstore",
        "ALL SEQUENCES IN SCHEMA swarmstore",
    ):
        roles.execute(f"GRANT ALL ON {what} TO PUBLIC")
    with LearningStore.open(roles.url(other)) as store:
        store.save_session("s", simple())
    grant(roles.database, analysts=[roles.new()])
    assert of("-", privileges(roles)) == set()
    with pytest.raises(DatabaseRefusedError):
        LearningStore.open(roles.url(other))


def test_a_role_that_is_not_there_must_be_made_first(roles: Roles) -> None:
    role = roles.new()
    roles.execute("GRANT USAGE ON SCHEMA swarmstore TO PUBLIC")
    before = privileges(roles)
    for missing, shown in (("gone", '"gone"'), ('100%"', '"100%"""'), ("public", '"public"')):
        with pytest.raises(RoleMissingError) as refused:
            grant(roles.database, agents=[role, missing])
        assert f"CREATE ROLE {shown} LOGIN;" in str(refused.value)
    assert privileges(roles) == before


@pytest.mark.parametrize(
    "name", ['x"; DROP SCHEMA swarmstore CASCADE; --', "100% :all %s %(x)s", "Größe '1'"]
)
def test_any_name_is_only_a_name(roles: Roles, name: str) -> None:
    role, schema = roles.new(name), 'in "quotes"; --'
    upgrade(roles.database, Settings(schema=schema))
    for settings in (Settings(), Settings(schema=schema)):
        grant(roles.database, agents=[role], settings=settings)
        with LearningStore.open(roles.url(role), schema=settings.schema) as store:
            store.save_session("s", simple())


@pytest.mark.parametrize(
    ("agents", "analysts", "said"),
    [
        ([], [], "no role is named"),
        ([""], [], "no role is named"),
        (["a", "b"], ["c", "b"], "'b' is named as agent and as analyst"),
    ],
)
def test_a_wrong_call_is_refused_before_any_connection(
    agents: list[str], analysts: list[str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        grant(NOWHERE, agents=agents, analysts=analysts)


@pytest.mark.parametrize("name", ["\0", "a\ud800"])
def test_names_that_no_database_holds_are_refused_before_any_connection(name: str) -> None:
    with pytest.raises(InvalidTextError, match="role"):
        grant(NOWHERE, agents=[name])


def test_sqlite_has_no_roles(sqlite_url: str) -> None:
    with pytest.raises(ConfigurationError, match="has no roles"):
        grant(sqlite_url, agents=["swarm"])


def test_only_the_owner_grants(roles: Roles) -> None:
    """PostgreSQL itself would only warn a caller who has some privilege, and do nothing."""
    agent, nobody, analyst = roles.new("agent"), roles.new(), roles.new("analyst")
    grant(roles.database, agents=[agent])
    before = privileges(roles)
    with pytest.raises(DatabaseRefusedError, match=f"'{agent}' may not grant on .* which belongs to"):
        grant(roles.url(agent), analysts=[analyst])
    with pytest.raises(DatabaseRefusedError, match="may not do that"):
        grant(roles.url(nobody), analysts=[analyst])
    assert privileges(roles) == before


def test_an_owner_need_not_be_a_superuser(postgres_url: str) -> None:
    with roles_of(postgres_url) as roles:
        owner, agent = roles.new("owner"), roles.new("agent")
        with connected(postgres_url) as connection:
            create = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
            name = sql.Identifier(connection.info.dbname)
            connection.execute(create.format(name, sql.Identifier(owner)))
        upgrade(roles.url(owner))
        grant(roles.url(owner), agents=[agent])
        with LearningStore.open(roles.url(agent), fold_at=1) as store:
            store.save_session("s", simple())
            assert store.prune("s", keep_latest=0) == 1  # its facts go by a cascade, as the owner


@pytest.mark.parametrize("membership", ["{owner}", "pg_write_all_data", "superuser"])
def test_a_role_that_could_do_more_all_the_same_is_refused(roles: Roles, membership: str) -> None:
    role, owner = roles.new(), roles.new("owner")
    roles.execute(f"ALTER TABLE swarmstore.rollups OWNER TO {owner}")
    given = membership.format(owner=owner)
    roles.execute(f"ALTER ROLE {role} SUPERUSER" if given == "superuser" else f"GRANT {given} TO {role}")
    before = privileges(roles)
    with pytest.raises(ConfigurationError, match="nothing was granted"):
        grant(roles.database, agents=[role])
    with pytest.raises(ConfigurationError, match="nothing was granted"):
        grant(roles.database, analysts=[owner] if given == owner else [role])
    assert privileges(roles) == before


def test_a_schema_that_does_not_fit_is_refused(roles: Roles, postgres_url: str) -> None:
    role = roles.new()
    with pytest.raises(SchemaMissingError, match="swarmstore upgrade"):
        grant(postgres_url, agents=[role])
    with pytest.raises(SchemaMissingError, match="swarmstore upgrade"):
        grant(roles.database, agents=[role], settings=Settings(schema="other"))
    roles.execute("UPDATE swarmstore.swarmstore_version SET version_num = '0006'")
    with pytest.raises(SchemaOutdatedError, match="first release"):
        grant(roles.database, agents=[role])
    roles.execute("UPDATE swarmstore.swarmstore_version SET version_num = '9999'")
    for oldest in (REVISION, "9999"):  # a store may be used all the same; its new tables are not known here
        roles.execute(f"UPDATE swarmstore.schema_compatibility SET oldest_revision = '{oldest}'")
        with pytest.raises(SchemaAheadError, match="newer swarmstore"):
            grant(roles.database, agents=[role])
    assert privileges(roles) == set()


def test_many_grant_at_once(roles: Roles) -> None:
    """Without taking turns PostgreSQL says "tuple concurrently updated"."""
    agents = [roles.new("agent") for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(grant, roles.database, agents=[agent]) for agent in agents * 4]:
            done.result()
    found = privileges(roles)
    assert all(of(agent, found) == of(agents[0], found) for agent in agents)
