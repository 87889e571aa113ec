#!/bin/sh
# Gather what sources declare one by one into the lists that the compiler needs, so that a plain resource is two new files and
# no line anywhere else:
#
#     resources/gathered.h     every CC_PLAIN(...); that stands in a file of resources/
#     resources/scopes.h       every CC_SCOPE_PAIR(...); there, in the order of their numbers
#     migrations/gathered.h    every step, NNNN_name.h, in the order of their numbers
#
#     core/gather.sh [--check]     --check: write nothing, fail if a list is not what it would write
#
# make and setup.py run it before they compile.  A list that is right already is left alone, so nothing is compiled anew.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"

head='/* Written by core/gather.sh.  Do not edit. */'

# The invocations of a macro in the files of a folder as rows of an X-macro; they may go on over several lines and end with ";".
rows() {
    cat "$2"/*.c | awk -v begin="^$1\\\\(" '
        $0 ~ begin { open = 1; text = "" }
        open { sub(/^ +/, " "); text = text $0 }
        open && /;$/ { sub(/^[A-Z_]+/, "X", text); sub(/;$/, "", text); print text; open = 0 }'
}

# The rows on standard input as the X-macro $1.
list() {
    printf '%s\n#define %s(X)' "$head" "$1"
    awk '{ printf " \\\n    %s", $0 } END { print "" }'
}

resources() {
    rows CC_PLAIN "$1" | list CC_PLAIN_RESOURCES
}

scopes() {
    rows CC_SCOPE_PAIR "$1" | sort -t '(' -k 2n | list CC_SCOPE_PAIRS
}

migrations() {
    printf '%s\n' "$head"
    (cd "$1" && ls [0-9][0-9][0-9][0-9]_*.h) | awk '
        { number = $0; sub(/_.*/, "", number); number += 0; what = $0; sub(/^[0-9]*_/, "", what); sub(/\.h$/, "", what); gsub(/_/, " ", what) }
        number != NR { print "core/gather.sh: " $0 " should be step " NR ": numbers go up by one" > "/dev/stderr"; bad = 1 }
        { print "#include \"" $0 "\""; rows = rows sprintf(" \\\n    X(%d, \"%s\", cc_migration_%d)", number, what, number) }
        END { print "\n#define CC_MIGRATIONS(X)" rows; exit bad }'
}

stale=0
write() { # what, into which file
    [ "$1" != "$(cat "$2" 2>/dev/null)" ] || return 0
    if [ "$check" ]; then
        echo "stale: core/${2#./}; run 'make' and commit" >&2
        stale=1
    else
        printf '%s\n' "$1" > "$2.$$"
        mv "$2.$$" "$2"
    fi
}

check=${1:-}
resources=$(find . -type d -name resources)
migrations=$(find . -type d -name migrations)
# Made first: a mistake that is found on the way ends the program here.
plain=$(resources "$resources")
pairs=$(scopes "$resources")
steps=$(migrations "$migrations")
write "$plain" "$resources/gathered.h"
write "$pairs" "$resources/scopes.h"
write "$steps" "$migrations/gathered.h"
exit $stale
