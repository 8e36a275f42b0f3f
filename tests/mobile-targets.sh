#!/usr/bin/env bash
# Checks the core for Android and iOS on Debian, without their SDKs. Advisory, no part of ./test: nothing is linked, and
# no C is compiled (ring's C and assembler are put aside by a compiler that writes empty objects). What really links is
# for cargo-ndk and Xcode to say.
#
# Needs Debian's rustc-web, cargo-web and rust-web-src (`apt-get install --no-install-recommends ...`), whose compiler
# and sources of the standard library fit together.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("${@:-}")
if [ -z "${targets[0]}" ]; then
    targets=(aarch64-linux-android armv7-linux-androideabi x86_64-linux-android aarch64-apple-ios)
fi

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
cat >"$tools/cc" <<'CC'
#!/bin/sh
# Writes an empty object wherever one is asked for.
while [ "$#" -gt 0 ]; do
    if [ "$1" = -o ]; then : >"$2"; fi
    shift
done
CC
cat >"$tools/ar" <<'AR'
#!/bin/sh
for argument; do case "$argument" in *.a) printf '!<arch>\n' >"$argument" ;; esac; done
AR
chmod +x "$tools/cc" "$tools/ar"

for target in "${targets[@]}"; do
    printf '== %s\n' "$target"
    TARGET_CC="$tools/cc" TARGET_AR="$tools/ar" RUSTC_BOOTSTRAP=1 RUSTC=${RUSTC:-/usr/bin/rustc} \
        /usr/bin/cargo check --quiet --locked -Zbuild-std=std,panic_abort \
        --target "$target" --target-dir "${CARGO_TARGET_DIR:-target}/targets" -p countersign-mobile
done
