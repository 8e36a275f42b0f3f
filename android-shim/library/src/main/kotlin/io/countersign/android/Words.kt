// The few words that the system shows for this library. All else that people read comes from the core.

package io.countersign.android

import java.util.Locale

/** In English or Japanese, as the core: by the app's language. */
class Words private constructor(val promptTitle: String, val cancel: String, val channel: String) {
    companion object {
        private val english = Words("Confirm that it’s you", "Cancel", "Sign-in requests")
        private val japanese = Words("ご本人の確認", "キャンセル", "サインインの確認")

        fun of(locale: Locale): Words = if (locale.language == "ja") japanese else english
    }
}
