"""What a URL's password and options are never seen in, and the errors that they do not spoil."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import make_url

from swarmstore import (
    AsyncLearningStore,
    DatabaseMissingError,
    FileSystemStorage,
    InvalidUrlError,
    LearningStore,
    LoginRefusedError,
    SchemaMissingError,
    SqlStorage,
    StoreUnavailableError,
    SwarmstoreError,
)
from swarmstore.db.dialects.postgresql.refusals import passing, refused
from swarmstore.db.dialects.urls import holds_secret, parse_url, shown_url
from tests.helpers.ways_in import WAYS_IN, rendered

SECRET = "S3cretXYZ"


@pytest.mark.parametrize(
    "behind",
    [
        f"u:p@{SECRET}/x@127.0.0.1:1/d",
        f"u:p@{SECRET}?y@127.0.0.1:1/d",
        f"u:p@x/{SECRET}@127.0.0.1:1,127.0.0.1:1/d",
        f"u:p@x?{SECRET}@127.0.0.1:1,127.0.0.1:1/d",
        f"u:p@{SECRET}#y@127.0.0.1:1/d",
        f"u:p@{SECRET}@127.0.0.1:1/d",
        f"u:p@127.0.0.1:1/{SECRET}@h/d",
        f"u:p@x?y={SECRET}@127.0.0.1:1/d",
        f"u:p@x?sslmode={SECRET}@127.0.0.1:1/d",
        f"u:p@x?user={SECRET}@127.0.0.1:1/d",
        f"u:p?sslmode={SECRET}@127.0.0.1:1/d",
        f"u:p/x?host={SECRET}@127.0.0.1:1/d",
        f"h:5432/d?password=x@{SECRET}",
        f"h?password=x@{SECRET}",
        f"user/{SECRET}@127.0.0.1:1/d",
        f"u@h/d?host=u:{SECRET}@h",
    ],
)
def test_a_password_whose_end_is_not_clear_is_refused_before_any_of_it_is_a_host(behind: str) -> None:
    for scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        for way in WAYS_IN:
            with pytest.raises(InvalidUrlError, match=r"%40.*%2F.*%3F") as told:
                way(f"{scheme}://{behind}")
            assert SECRET not in "".join(traceback.format_exception(told.value)).replace(behind, "")


@pytest.mark.parametrize(
    ("text", "user", "password", "host", "database", "query"),
    [
        ("postgresql://u:p%40x%2Fy%3Fz@h/d%40e", "u", "p@x/y?z", "h", "d@e", {}),
        ("postgresql://u:p@h/d?application_name=a%40b", "u", "p", "h", "d", {"application_name": "a@b"}),
        ("postgresql://u:p@h/d?application_name=a@b", "u", "p", "h", "d", {"application_name": "a@b"}),
        ("postgresql://u@h?application_name=a@b", "u", None, "h", None, {"application_name": "a@b"}),
        ("postgresql://h/d?user=me@corp", None, None, "h", "d", {"user": "me@corp"}),
        ("postgresql:///d?user=me@corp", None, None, None, "d", {"user": "me@corp"}),
        ("postgresql://u%40corp:p@h:5/d", "u@corp", "p", "h", "d", {}),
        ("postgresql://h", None, None, "h", None, {}),
        ("postgresql://u:a/b?c@h/d", "u", "a/b?c", "h", "d", {}),
    ],
)
def test_urls_with_a_clear_end_mean_what_they_say(
    text: str,
    user: str | None,
    password: str | None,
    host: str | None,
    database: str | None,
    query: dict[str, str],
) -> None:
    url = parse_url(text)
    found = (url.username, url.password, url.host, url.database, dict(url.query))
    assert found == (user, password, host, database, query)
    assert parse_url(rendered(url)) == url


def test_a_sqlite_path_may_hold_any_of_it() -> None:
    for path in ("/a@b/c@d,e.db", "/a:b@c/x.db", "/x@h,h2/y.db"):
        assert parse_url(f"sqlite:///{path}").database == path


@pytest.mark.parametrize(
    "options",
    [
        f"-c work_mem={SECRET}",
        f"-c app.token={SECRET} -c work_mem={SECRET}2",
        f"-c {SECRET}=1",
        f"--{SECRET}",
        f"-c role={SECRET}",
        "-c work_mem=abc",
    ],
)
def test_nothing_of_a_hidden_option_is_in_what_the_server_answers(
    migrated_postgres_url: str, options: str
) -> None:
    url = make_url(migrated_postgres_url).update_query_dict({"options": options})
    for way in WAYS_IN:
        with pytest.raises(SwarmstoreError) as told:
            way(rendered(url))
        said = "".join(traceback.format_exception(told.value, chain=True))
        assert SECRET not in str(told.value)
        assert '"abc"' not in str(told.value)
        assert said.count(SECRET) == 0
        assert "options=***" in str(told.value)


def test_a_value_that_is_another_url_is_hidden() -> None:
    for value in (f"postgresql://x:{SECRET}@h/d", f"password={SECRET} dbname=d"):
        url = parse_url("postgresql://u@h/d").update_query_dict({"dbname": value})
        assert SECRET not in shown_url(url)
        assert holds_secret(url, f'FATAL:  database "{SECRET}" does not exist')


def test_a_password_that_is_a_word_of_a_message_spoils_neither_the_message_nor_its_class(
    migrated_postgres_url: str,
) -> None:
    url = make_url(migrated_postgres_url)
    for name, password in (("norole", "role"), ("norole", "exist"), ("norole", "e"), ("norole", "user")):
        with pytest.raises(LoginRefusedError, match="check the role") as told:
            LearningStore.open(rendered(url.set(username=name, password=password)))
        assert '"no***"' not in str(told.value)
        assert "norole" in str(told.value)
    for options in ({"krbsrvname": "database"}, {"sslpassword": "database"}, {"sslsni": "1"}):
        with pytest.raises(DatabaseMissingError, match="CREATE DATABASE"):
            LearningStore.open(rendered(url.set(database="nodb").update_query_dict(options)))
    nowhere = url.set(host="127.0.0.1", port=1).update_query_dict({"sslsni": "1", "krbsrvname": "server"})
    with pytest.raises(StoreUnavailableError, match=r'server at "127.0.0.1", port 1 failed.*refused'):
        LearningStore.open(rendered(nowhere), timeout_seconds=2)
    with pytest.raises(SchemaMissingError):
        LearningStore.open(rendered(url.update_query_dict({"krbsrvname": "server"})), schema="nothing")


def test_what_may_pass_is_said_without_the_drivers_text_where_that_has_a_secret() -> None:
    url = parse_url(f"postgresql://u:{SECRET}@h/d")
    for text, said in {
        f"failed to resolve host '{SECRET}': [Errno -2] Name or service not known": "name is not known",
        f"connection to {SECRET} failed: Connection refused": "connection refused",
        f"what nobody foresaw: {SECRET.lower()}": "the connection failed",
    }.items():
        error = psycopg.OperationalError(text)
        assert refused(error, url) is None
        told = str(passing(error, url))
        assert said in told
        assert SECRET.lower() not in told.lower()
    assert SECRET not in str(refused(ValueError(SECRET), url))


def test_the_end_of_a_password_with_an_ampersand_is_not_shown() -> None:
    with pytest.raises(InvalidUrlError, match="another option") as told:
        LearningStore.open(f"postgresql://u@127.0.0.1:1/d?password=ab&{SECRET}=1")
    assert SECRET not in str(told.value)


def test_an_error_keeps_nothing_of_the_drivers_which_has_the_password(migrated_postgres_url: str) -> None:
    url = make_url(migrated_postgres_url).set(password=SECRET, database="nowhere")
    with pytest.raises((DatabaseMissingError, LoginRefusedError)) as told:
        LearningStore.open(url.render_as_string(hide_password=False))
    error: BaseException | None = told.value
    while error is not None:
        assert SECRET not in repr(vars(error))
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "way",
    [
        lambda: LearningStore.open("postgresql://h/db?sslmode"),
        lambda: LearningStore.open("sqlite:////nowhere/at/all.db"),
        lambda: SqlStorage("what is this"),
        lambda: FileSystemStorage("a\0b"),
        lambda: LearningStore("no backend"),  # type: ignore[arg-type]
        lambda: AsyncLearningStore("no store"),  # type: ignore[arg-type]
    ],
)
def test_what_could_not_be_made_is_shown_by_programs_that_show_all_locals(way: Callable[[], object]) -> None:
    with pytest.raises(SwarmstoreError) as told:
        way()
    shown = traceback.TracebackException.from_exception(told.value, capture_locals=True)
    assert str(told.value) in "".join(shown.format())
