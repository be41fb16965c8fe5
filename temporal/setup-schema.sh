#!/bin/sh
# Makes or upgrades the tables of the Temporal server in its two databases.
#
# Safe to run again, and to be run before every start of a newer server. Runs in the image
# temporalio/admin-tools, which has the tool and the tables of its version.
#   SQL_HOST, SQL_USER, SQL_PASSWORD   the PostgreSQL server and the role of the Temporal server
set -eu

tool() {
    temporal-sql-tool --plugin postgres12 --ep "$SQL_HOST" --port 5432 --user "$SQL_USER" "$@"
}

for database in temporal:temporal temporal_visibility:visibility; do
    name="${database%:*}"
    tables="/etc/temporal/schema/postgresql/v12/${database#*:}/versioned"
    # Refused where it was done already, which the next step then shows to be well.
    tool --db "$name" setup-schema -v 0.0 || true
    tool --db "$name" update-schema -d "$tables"
done
