#!/bin/sh
# Finds what a build needs, and installs what is missing with apt-get.
# usage: deps.sh [test|lint|fuzz]    also what these need
set -u
cd "$(dirname "$0")/../.." || exit 1

missing=""
need_pc() { pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"; }
need_pkg() { dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed' || missing="$missing $1"; }
need_cmd() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

need_cmd cc gcc
need_cmd pkg-config pkg-config
need_pc lua5.4 liblua5.4-dev
need_pc libcurl libcurl4-openssl-dev
need_pc yaml-0.1 libyaml-dev
need_pc jansson libjansson-dev
need_pc libuv libuv1-dev
need_pc libmicrohttpd libmicrohttpd-dev
need_pc gnutls libgnutls28-dev
need_pc sqlite3 libsqlite3-dev
need_pc openssl libssl-dev
need_pc libsodium libsodium-dev
need_pkg lua-cjson-dev
need_pkg tzdata
need_pkg ca-certificates
case ${1:-} in
    test)
        need_pc cmocka libcmocka-dev
        need_pkg lua-busted
        need_cmd openssl openssl
        need_cmd curl curl
        ;;
    lint)
        need_pkg cppcheck
        need_pkg lua-check
        need_pkg clang-format
        ;;
    fuzz) need_cmd clang clang ;;
esac

missing=$(echo "$missing" | tr ' ' '\n' | sort -u | tr '\n' ' ' | sed 's/^ *//;s/ *$//')
[ -z "$missing" ] && exit 0
install="apt-get install -y --no-install-recommends $missing"
as_root="apt-get update && $install"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "ladle needs these packages, and there is no apt-get to install them: $missing" >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    sudo=""
elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null 2>&1; }; then
    sudo="sudo"
else
    echo "ladle needs some packages that are not installed. Run this, then try again:" >&2
    if command -v sudo >/dev/null 2>&1; then
        echo "    sudo sh -c '$as_root'" >&2
    else
        echo "    su - -c '$as_root'" >&2
    fi
    exit 1
fi
echo "installing: $missing" >&2
$sudo apt-get update -q >/dev/null || echo "apt-get update failed; trying with the lists that are here" >&2
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo ${sudo:+env DEBIAN_FRONTEND=noninteractive} $install >/dev/null || {
    echo "could not install them; apt-get says why above. Once that is mended, try again, or install them by hand:" >&2
    echo "    ${sudo:+sudo }$install" >&2
    exit 1
}
