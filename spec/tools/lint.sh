#!/bin/sh
# Static checks: banned functions, layers, cppcheck over C, luacheck over Lua. Exit 1 if any of them finds something.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

banned='strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|gmtime|localtime|rand|alloca|setenv'
if grep -nE "(^|[^a-zA-Z0-9_])($banned) *\(" engine/*/*.c engine/*.c; then
    echo "lint: these functions are banned; see what the neighbours use"
    bad=1
fi
# As words of their own: a template of mkdtemp is none. This file names them.
if grep -rnwE 'TODO|FIXME|XXX|HACK' --exclude-dir=corpus --exclude=lint.sh Makefile engine scripts recipes spec; then
    echo "lint: unfinished business"
    bad=1
fi
sh spec/tools/layers.sh || bad=1

cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem --suppress=unknownMacro -Iengine -D_GNU_SOURCE '-DLADLE_VERSION="x"' \
    -j "$(nproc)" engine || bad=1

luacheck --quiet --std lua54 --max-line-length 120 scripts $(find spec -name '*.lua' ! -name '*_spec.lua' ! -path '*/corpus/*') || bad=1
luacheck --quiet --std lua54+busted --max-line-length 120 $(find spec -name '*_spec.lua') || bad=1

[ $bad = 0 ] && echo "lint: nothing found"
exit $bad
