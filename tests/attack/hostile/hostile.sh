#!/bin/bash
# What a shell gets at.  Exit code 100: it got through, and says how.
here=$(dirname "$0")
through() { echo "$1"; exit 100; }
one() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p" "$here/targets.json" | head -1; }
case $1 in
secrets)
    for f in ~/.netrc ~/.git-credentials ~/.ssh/id_ed25519 ~/.aws/credentials ~/.claude/.credentials.json ~root/.ssh/id_ed25519; do
        [ -r "$f" ] && grep -q "secret of the worker" "$f" && through "$f"
    done
    echo "none is there" ;;
tcp) exec 3<>"/dev/tcp/127.0.0.1/$(one port)" && through connected ;;
devtcp) exec 3<>"/dev/udp/127.0.0.1/$(one port)" && echo x >&3 && read -r -t 1 <&3 && through answered ;;
parent) tr '\0' '\n' < "/proc/$PPID/environ" | grep -q "secret of the worker" && through environ; ls -l /proc/1/cwd/ 2>/dev/null | grep -q codecourier.db && through cwd; echo nothing ;;
su) printf '\n' | timeout 2 su -c 'id -u' 2>/dev/null | grep -qx 0 && through "su to root"; echo "not root" ;;
mount) mount -o remount,rw,bind / 2>/dev/null && through remounted; umount -l /proc 2>/dev/null && through unmounted; mount -t tmpfs x /mnt 2>/dev/null && through mounted; echo refused ;;
esac
exit 1
