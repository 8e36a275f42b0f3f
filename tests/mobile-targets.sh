#!/usr/bin/env bash
# Checks the core for Android and iOS on any system, without their SDKs: what an app links is Rust alone, so the
# standard library of each target, which rustup fetches, is all that it takes. Advisory, no part of ./test: nothing is
# linked. What really links is for cargo-ndk and Xcode to say.
#
#   tests/mobile-targets.sh                 all of them
#   tests/mobile-targets.sh aarch64-apple-ios
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    targets=(aarch64-linux-android armv7-linux-androideabi x86_64-linux-android aarch64-apple-ios aarch64-apple-ios-sim)
fi
if ! command -v rustup >/dev/null; then
    echo 'rustup is missing, which fetches the standard library of other targets: https://rustup.rs' >&2
    exit 1
fi
rustup target add "${targets[@]}"
for target in "${targets[@]}"; do
    printf '== %s\n' "$target"
    cargo check --quiet --locked --target "$target" -p countersign-mobile
done
