#!/bin/sh
# Gather what sources declare one by one into the lists that the compiler needs, so that a plain resource is two new files and
# no line anywhere else:
#
#     resources/gathered.h     every CC_PLAIN(...); that stands in a file of resources/
#     migrations/gathered.h    every step, NNNN_name.h, in the order of their numbers
#
#     core/gather.sh [--check]     --check: write nothing, fail if a list is not what it would write
#
# make and setup.py run it before they compile.  A list that is right already is left alone, so nothing is compiled anew.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"

head='/* Written by core/gather.sh.  Do not edit. */'

# The invocations as rows of an X-macro; they may go on over several lines and end with ";".
resources() {
    printf '%s\n#define CC_PLAIN_RESOURCES(X)' "$head"
    cat "$1"/*.c | awk '
        /^CC_PLAIN\(/ { open = 1; text = "" }
        open { sub(/^ +/, " "); text = text $0 }
        open && /;$/ { sub(/^CC_PLAIN/, "X", text); sub(/;$/, "", text); printf " \\\n    %s", text; open = 0 }
        END { print "" }'
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
for kind in resources migrations; do
    folder=$(find . -type d -name "$kind")
    made=$("$kind" "$folder")
    [ "$made" != "$(cat "$folder/gathered.h" 2>/dev/null)" ] || continue
    if [ "${1:-}" = --check ]; then
        echo "stale: core/${folder#./}/gathered.h; run 'make' and commit" >&2
        stale=1
    else
        printf '%s\n' "$made" > "$folder/gathered.h.$$"
        mv "$folder/gathered.h.$$" "$folder/gathered.h"
    fi
done
exit $stale
