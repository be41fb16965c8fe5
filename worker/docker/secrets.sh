#!/bin/sh
# Makes the files of docker-compose.yml's secrets, where they are missing:  worker/docker/secrets.sh FOLDER
#
# What is ours to choose is made up here. What Meta and Mercado Pago give you is left as `fill-me-in`, or
# made up too with `--demo`, where the sandbox stands in for both. Running it again changes nothing.
set -eu
umask 077

folder="${1:?the folder of the secrets, such as ./secrets}"
provider=fill-me-in
[ "${2:-}" != --demo ] || provider=demo-only
mkdir -p "$folder"

word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# The content comes from standard input. Programs in containers are nobody in particular, so files are closed by
# their folder and open to whoever is given one.
keep() {
    [ -e "$folder/$1" ] || { printf '%s' "$(cat)" >"$folder/$1.new" && chmod 644 "$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"; }
}

word | keep POSTGRES_PASSWORD
word | keep TEMPORAL_DB_PASSWORD
word | keep POSADA_OPERATOR_TOKEN
word | keep POSADA_GUEST_TOKEN_SECRET
word | keep GRAFANA_PASSWORD
# Keys with names, separated by commas: the first closes, every one opens.
printf 'k1:%s' "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" | keep POSADA_PAYLOAD_KEYS
ours="$(cat "$folder/POSTGRES_PASSWORD")"
temporals="$(cat "$folder/TEMPORAL_DB_PASSWORD")"
printf 'postgres://posada:%s@postgres:5432/posada' "$ours" | keep DATABASE_URL
printf 'postgres://temporal:%s@postgres:5432/temporal' "$temporals" | keep TEMPORAL_DATABASE_URL
printf 'postgres://temporal:%s@postgres:5432/temporal_visibility' "$temporals" | keep TEMPORAL_VISIBILITY_DATABASE_URL
# What Meta repeats when the webhook's address is registered is ours to choose as well.
word | keep WHATSAPP_VERIFY_TOKEN
for name in WHATSAPP_ACCESS_TOKEN WHATSAPP_APP_SECRET MERCADOPAGO_ACCESS_TOKEN MERCADOPAGO_WEBHOOK_SECRET; do
    printf '%s' "$provider" | keep "$name"
done
chmod 700 "$folder"

missing="$(grep -l '^fill-me-in$' "$folder"/* || true)"
if [ -n "$missing" ]; then
    printf 'Put what your provider gave you into:\n%s\n' "$missing"
fi
