#!/usr/bin/env bash
# Checks the core for Android and iOS on any system, without their SDKs: what an app links is Rust alone, so the
# standard library of each target, which rustup fetches, is all that it takes. Advisory, no part of ./test: nothing is
# linked. What really links is for cargo-ndk and Xcode to say.
#
# A target whose standard library cannot be had (a mirror without it, no network) is named at the end and fails
# nothing: only what was checked and does not compile does. Where nothing at all was checked, that is a failure too.
#
#   tests/mobile-targets.sh                 all of them
#   tests/mobile-targets.sh aarch64-apple-ios
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    targets=(
        aarch64-linux-android armv7-linux-androideabi x86_64-linux-android
        aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios
    )
fi
if ! command -v rustup >/dev/null; then
    echo 'rustup is missing, which fetches the standard library of other targets: https://rustup.rs' >&2
    exit 1
fi

checked=()
failed=()
missing=()
for target in "${targets[@]}"; do
    printf '== %s\n' "$target"
    began=$SECONDS
    if ! RUST_BACKTRACE=0 rustup target add "$target"; then
        missing+=("$target")
    elif cargo check --quiet --locked --target "$target" -p countersign-mobile; then
        checked+=("$target")
        printf 'compiles; %d s\n' "$((SECONDS - began))"
    else
        failed+=("$target")
    fi
done

printf '\nChecked: %s\n' "${checked[*]:-none}"
[ "${#missing[@]}" -eq 0 ] || printf 'Not checked, no standard library to be had: %s\n' "${missing[*]}"
if [ "${#failed[@]}" -gt 0 ]; then
    printf 'Does not compile: %s\n' "${failed[*]}" >&2
    exit 1
fi
[ "${#checked[@]}" -gt 0 ]
