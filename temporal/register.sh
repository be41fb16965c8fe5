#!/bin/sh
# Makes Posada's namespace on a Temporal server and registers what workflows are searched by.
#
# Safe to run again. Needs the Temporal CLI, which reads where the server is:
#   TEMPORAL_ADDRESS              host:port, localhost:7233 unless told
#   TEMPORAL_NAMESPACE            posada unless told
#   POSADA_TEMPORAL_RETENTION     how long closed workflows stay, 30d unless told
set -eu

namespace="${TEMPORAL_NAMESPACE:-posada}"
retention="${POSADA_TEMPORAL_RETENTION:-30d}"
list="$(dirname "$0")/search-attributes.txt"

# Tries for a minute: a server that has just started answers late, and so does a namespace just made.
patiently() {
    tries=30
    until answer="$("$@" 2>&1)"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            printf '%s\n' "$answer" >&2
            return 1
        fi
        sleep 2
    done
}

patiently temporal operator cluster health
if temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
    temporal operator namespace update --retention "$retention" --namespace "$namespace"
else
    temporal operator namespace create --retention "$retention" --namespace "$namespace"
fi

while IFS='=' read -r name type; do
    patiently temporal operator search-attribute create \
        --namespace "$namespace" --name "$name" --type "$type"
    echo "$namespace is searched by $name ($type)"
done <"$list"
