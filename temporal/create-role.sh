#!/bin/sh
# Makes the role and the databases of the Temporal server in a new PostgreSQL.
#
# PostgreSQL's image runs it once, when its data folder is new.
set -eu

psql --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/TEMPORAL_DB_PASSWORD)" \
    --set reservations="$POSTGRES_DB" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE temporal LOGIN PASSWORD :'password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
-- Reservations are none of its business.
REVOKE CONNECT ON DATABASE :"reservations" FROM PUBLIC;
SQL
