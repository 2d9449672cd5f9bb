#!/bin/sh
# Builds an image of PostgreSQL from Debian's packages alone, where no image can be pulled.
# usage: build-image.sh [15|17] [TAG]     needs: Debian or a relative, root, a Docker engine
set -eu
pg=${1:-17} tag=${2:-swarmstore-postgres:${1:-17}}
case $pg in 15) suite=bookworm ;; 17) suite=trixie ;; *) echo "no Debian release has PostgreSQL $pg" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
ctx=$(mktemp -d); trap 'rm -rf "$ctx"' EXIT
command -v mmdebstrap >/dev/null || {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap
}

# setsid: mmdebstrap signals its whole process group when it fails
setsid -w mmdebstrap --quiet --variant=essential --include="postgresql-$pg" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/lib/*/libLLVM*' \
  --essential-hook='mkdir -p "$1/etc/postgresql-common"
    echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
  --customize-hook='for f in "$1"/usr/share/postgresql/*/postgresql.conf.sample; do
      printf "%s\n" "jit = off" "listen_addresses = '\''*'\''" >>"$f"; done' \
  "$suite" "$ctx/rootfs.tar"

cp "$here/Dockerfile" "$here/docker-entrypoint.sh" "$ctx/"
docker build --quiet --build-arg "PG=$pg" --tag "$tag" "$ctx"
docker image inspect --format '{{index .RepoTags 0}} {{.Size}} bytes' "$tag"
