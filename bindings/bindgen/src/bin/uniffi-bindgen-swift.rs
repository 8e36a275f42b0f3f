//! Generates Swift. Called by `bindings/generate`.

fn main() {
    uniffi::uniffi_bindgen_swift();
}
