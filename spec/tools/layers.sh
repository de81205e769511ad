#!/bin/sh
# Checks the layers of engine/: a file includes headers of its own folder and of earlier ones only, and each
# third-party header stands in the files named here and no others. Prints every breach; exit 1 if there is one.
set -u
cd "$(dirname "$0")/../.." || exit 1
layers="base format crypto net store script connector limit connection webhook token call service project recipe run trigger http daemon host cli"
bad=0

allowed=""
for layer in $layers; do
    allowed="$allowed $layer"
    for file in engine/$layer/*.[ch]; do
        [ -e "$file" ] || continue
        for used in $(sed -n 's/^#include "\([a-z_]*\)\/.*/\1/p' "$file" | sort -u); do
            case " $allowed " in
                *" $used "*) ;;
                *) echo "$file: includes $used/, a later layer than $layer/"; bad=1 ;;
            esac
        done
        if grep -n '^#include "[a-z_]*\.h"' "$file"; then
            echo "$file: names a header without its folder"
            bad=1
        fi
    done
done

# only HEADER FILE…: the header may be included by these files (shell patterns) only.
only() {
    header=$1
    shift
    for file in $(grep -rl "^#include <$header>" engine); do
        ok=0
        for pattern in "$@"; do
            # shellcheck disable=SC2254
            case "$file" in $pattern) ok=1 ;; esac
        done
        [ $ok = 1 ] || { echo "$file: includes <$header>, which belongs to $*"; bad=1; }
    done
}
only jansson.h engine/format/json.h
only yaml.h engine/format/yaml.c
only curl/curl.h 'engine/net/http_client*'
only microhttpd.h 'engine/net/http_server*'
for h in gnutls abstract x509; do only gnutls/$h.h engine/net/tls.c; done
only uv.h 'engine/net/*'
only sqlite3.h 'engine/store/*'
only libpq-fe.h 'engine/store/*'
only sodium.h 'engine/crypto/*'
for h in evp pem err rand hmac sha x509; do only openssl/$h.h 'engine/crypto/*'; done
only lua.h 'engine/script/*' 'engine/*/lua_*' 'engine/host/*'
only lauxlib.h 'engine/script/*' 'engine/*/lua_*' 'engine/host/*'
only lualib.h 'engine/script/*' 'engine/host/*'
exit $bad
