//! Generates Kotlin and Python. Called by `bindings/generate`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
