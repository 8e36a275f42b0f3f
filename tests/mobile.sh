#!/usr/bin/env bash
# What Swift, Kotlin and Python get of the core: the generated code is current, the story holds in Python, and what an
# app links stays small. Called by ./test; `tests/mobile.sh size` measures alone.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

# What a stripped library of the core may weigh: 1 MiB, in bytes. How it got there: docs/decisions/0008-a-small-core.md.
budget=1048576

size() {
    local linker=
    if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; then linker=lld; fi
    # One kind of library at a time: with a Rust library beside it, Cargo leaves link-time optimisation out.
    RUSTFLAGS=$(bindings/small-flags $linker) \
        cargo rustc --quiet --locked --profile mobile -p countersign-mobile --lib --crate-type cdylib
    local library bytes
    library=$(find "${CARGO_TARGET_DIR:-target}/mobile" -maxdepth 1 -name 'libcountersign_mobile.so' -o \
        -maxdepth 1 -name 'libcountersign_mobile.dylib' | head -n 1)
    bytes=$(wc -c <"$library")
    printf 'The library of the core: %d bytes, of at most %d.\n' "$bytes" "$budget"
    if [ "$bytes" -gt "$budget" ]; then
        echo 'It is too big: see what grew with "cargo bloat", or leave it out.' >&2
        return 1
    fi
}

if [ "${1:-}" = size ]; then
    size
else
    bindings/generate --check
    bindings/python/test
    size
fi
