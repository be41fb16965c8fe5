#!/bin/sh
# Runs a program with its secrets: each file in /run/secrets becomes the environment variable of its name.
#
# So no secret is in the configuration of a container, where everybody who may list containers reads it.
set -eu

folder="${POSADA_SECRETS_FOLDER:-/run/secrets}"
for file in "$folder"/*; do
    [ -f "$file" ] || continue
    value="$(cat "$file")"
    export "$(basename "$file")=$value"
done
exec "$@"
