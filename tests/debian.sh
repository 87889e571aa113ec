# A new Debian, for tests/fresh and tests/machine, which read this file.  No program of its own.

mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1
}

# How this machine reaches the registries (proxies, certificates, mirrors), and nothing else of it.
take_the_way_out() { # take_the_way_out ROOT
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    apt-config dump | grep -E '^Acquire::(https?|ftp)::' > "$1/etc/apt/apt.conf.d/00way-out" || true
    for file in /etc/pip.conf /etc/npmrc "$HOME/.npmrc"; do
        [ ! -e "$file" ] || { mkdir -p "$1$(dirname "$file")"; cp "$file" "$1$file"; }
    done
    [ ! -e "${SSL_CERT_FILE:-/nowhere}" ] || cp -L "$SSL_CERT_FILE" "$1/etc/way-out.pem"
}

# Made once; what debootstrap says is of interest only if it fails.
debian_make() { # debian_make RELEASE ROOT [PACKAGE,...]
    [ ! -e "$2/.made" ] || return 0
    echo "== Debian $1"
    rm -rf --one-file-system "$2"
    mkdir -p "$2"
    debootstrap --variant=minbase ${3:+"--include=$3"} "$1" "$2" "$(mirror)" > "$2.log" 2>&1 || { tail -20 "$2.log" >&2; return 1; }
    touch "$2/.made"
}

# pivot_root and not chroot: the kernel makes no user namespaces, and so no sandbox, for those who were put away by chroot.
# In a mount namespace of its own, and for good.
debian_enter() { # debian_enter ROOT
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount --rbind /sys "$1/sys"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
    cd "$1"
    pivot_root . .
    umount -l .
    cd /
}
