#!/usr/bin/env bash
# Licences, sources and known vulnerabilities of every dependency, for `make check`.
#
# The list of vulnerabilities is fetched from the RustSec project. Where it can't be reached that part
# is left out, and said so: everything else is decided by what is in the checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

# Temporal's crates ship the text of their licence and name it in no field: that is fine, so not told.
cargo-deny --config .deny.toml check --allow no-license-field --allow license-not-encountered \
    bans licenses sources

if ! answer="$(cargo-deny --config .deny.toml check advisories 2>&1)"; then
    printf '%s\n' "$answer"
    case "$answer" in
    *"failed to fetch advisory database"*)
        echo "advisories NOT CHECKED: the list of vulnerabilities can't be fetched from here" ;;
    *) exit 1 ;;
    esac
fi
