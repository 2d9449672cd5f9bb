#!/bin/sh
# What the official image does, as far as the tests need it: the same variables, and a first
# server on a socket alone, so that nobody connects before the database is there.
set -eu
: "${POSTGRES_USER:=postgres}" "${POSTGRES_DB:=$POSTGRES_USER}" "${PGDATA:=/var/lib/postgresql/data}"
export PGDATA
[ "${1#-}" = "$1" ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown postgres: "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"; chmod 3777 /run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ]; then auth=trust; pw=
  elif [ -n "${POSTGRES_PASSWORD:-}" ]; then auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}; pw=$POSTGRES_PASSWORD
  else echo "POSTGRES_PASSWORD is not set (or POSTGRES_HOST_AUTH_METHOD=trust)" >&2; exit 1; fi
  pwfile=$(mktemp); printf '%s\n' "$pw" >"$pwfile"
  # shellcheck disable=SC2086
  initdb --username="$POSTGRES_USER" --auth-local=trust --encoding=UTF8 ${pw:+--pwfile="$pwfile"} ${POSTGRES_INITDB_ARGS:-}
  rm -f "$pwfile"
  printf 'host all all all %s\n' "$auth" >>"$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses='' -c unix_socket_directories=/run/postgresql" start
  [ "$POSTGRES_DB" = postgres ] || psql -v ON_ERROR_STOP=1 -qX -h /run/postgresql -U "$POSTGRES_USER" -d postgres \
    -v db="$POSTGRES_DB" <<'SQL'
CREATE DATABASE :"db";
SQL
  pg_ctl -w -m fast stop
fi
exec "$@"
