#!/usr/bin/env bash
# Swift on Linux: Debian trixie's, in a folder of its own, since Debian 12 has none. About 550 MB to
# download and 2.6 GB on disk, once; afterwards nothing is asked of the network.
#
#   tests/swift-toolchain.sh setup
#   tests/swift-toolchain.sh run [--bind OUTSIDE:INSIDE]... [--in FOLDER] COMMAND [ARGUMENT]...
#
# `run` runs a command in there, in FOLDER, with the folders bound that it is to see. It shares the network
# (loopback too) and nothing else. COUNTERSIGN_SWIFT_ROOT says where it is kept.
#
# What is mounted and what is started belongs to namespaces of this process, and is gone when it is, however it
# ends (by SIGKILL: others do not reach the first process of a namespace). That, and chroot, is why this needs root.
set -euo pipefail
exec </dev/null

root=${COUNTERSIGN_SWIFT_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/countersign/swift-trixie}
# Raised when the recipe changes, so that an older folder is made anew.
recipe=1
packages=(swiftlang swiftlang-dev libc6-dev libstdc++-14-dev libssl-dev)

fail() {
    printf 'swift-toolchain: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

need_root() {
    [ "$(id -u)" -ne 0 ] || return 0
    if have sudo && sudo -n true 2>/dev/null; then
        exec sudo -n env COUNTERSIGN_SWIFT_ROOT="$root" "$self" "$@"
    fi
    fail 'this needs root (for chroot), and sudo is not to be had without a password.'
}

# Everything below happens in namespaces of its own, of mounts and of processes.
need_namespace() {
    [ -z "${COUNTERSIGN_SWIFT_NAMESPACE:-}" ] || return 0
    have unshare || fail 'please install util-linux: unshare is missing.'
    unshare --mount --propagation private --pid --fork true ||
        fail 'mounting is not allowed here. In a container, give it the capability SYS_ADMIN.'
    exec env COUNTERSIGN_SWIFT_NAMESPACE=1 COUNTERSIGN_SWIFT_ROOT="$root" \
        unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$self" "$@"
}

# Where this machine's apt finds Debian, so that a mirror nearby is used here too.
mirror() {
    local found
    found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' \
        2>/dev/null | grep -m1 . || true)
    printf '%s\n' "${found:-http://deb.debian.org/debian/}"
}

# apt's network settings of this machine: a proxy, a clock that is known to be off.
apt_settings() {
    apt-config dump 2>/dev/null | grep -E '^Acquire::((http|https)::Proxy|Check-)' || true
}

install_debootstrap() {
    if have debootstrap && [ -e /usr/share/debootstrap/scripts/trixie ]; then
        return 0
    fi
    have apt-get || fail 'please install debootstrap, with its script for trixie.'
    local lock=(-o DPkg::Lock::Timeout=300)
    apt-get "${lock[@]}" update -qq
    DEBIAN_FRONTEND=noninteractive apt-get "${lock[@]}" install -y -qq --no-install-recommends \
        debootstrap debian-archive-keyring >/dev/null
}

ready() { [ "$(cat "$root/.countersign-recipe" 2>/dev/null)" = "$recipe" ]; }

make() {
    local from part=$root.part log=$root.log
    from=$(mirror)
    printf 'swift-toolchain: setting up Debian trixie and Swift in %s, from %s (some minutes)\n' "$root" "$from"
    rm -rf --one-file-system "$part" "$root"
    if ! make_in "$part" "$from" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -rf --one-file-system "$part"
        fail "the set-up failed; all of it is in $log"
    fi
    mv "$part" "$root"
}

# A chain of `&&`: `set -e` does not hold inside an `if`.
make_in() {
    local part=$1 from=$2
    debootstrap --variant=minbase --include=ca-certificates trixie "$part" "$from" &&
        apt_settings >"$part/etc/apt/apt.conf.d/90outside" &&
        mount -t proc proc "$part/proc" &&
        chroot "$part" apt-get update -qq &&
        chroot "$part" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${packages[@]}" &&
        chroot "$part" apt-get clean &&
        chroot "$part" swift --version &&
        umount "$part/proc" &&
        printf '%s\n' "$recipe" >"$part/.countersign-recipe"
}

setup() {
    mkdir -p "$(dirname "$root")"
    # One at a time: the second waits, and then finds it made.
    exec 9>"$root.lock"
    flock 9
    ready || { install_debootstrap && make; }
    exec 9>&-
}

bind() {
    local outside=${1%%:*} inside=${1#*:}
    [ -e "$outside" ] || fail "there is no $outside to be seen inside."
    mkdir -p "$root$inside"
    mount --bind "$outside" "$root$inside"
}

run() {
    local folder=/
    ready || fail "there is no Swift in $root yet: first run \`$self setup\`."
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    while :; do
        case ${1:-} in
            --bind) bind "$2" && shift 2 ;;
            --in) folder=$2 && shift 2 ;;
            *) break ;;
        esac
    done
    [ $# -gt 0 ] || fail 'run what?'
    exec env -u LD_LIBRARY_PATH HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin:/usr/sbin:/sbin TMPDIR=/tmp \
        chroot "$root" sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
}

self=$(readlink -f "$0")
case ${1:-} in
    setup | run)
        need_root "$@"
        need_namespace "$@"
        "$@"
        ;;
    *) fail 'say `setup`, or `run [--bind OUTSIDE:INSIDE]... [--in FOLDER] COMMAND...`' ;;
esac
