// What people scan, tap and paste.

package io.countersign.android

import org.junit.jupiter.api.Test
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertNull

class EntryTest {
    @Test
    fun a_link_is_taken_without_what_is_around_it() {
        val link = "https://login.example.com/pair#a.b.c"
        for (text in listOf(link, " $link\n", "<$link>", "\"$link\"", "\uFEFF$link")) assertEquals(link, pairingLink(text))
        for (text in listOf("", "  ", "two words", "$link $link")) assertNull(pairingLink(text))
    }

    @Test
    fun the_library_speaks_japanese_to_the_japanese_and_english_to_all_others() {
        assertEquals("サインインの確認", Words.of(Locale.JAPAN).channel)
        assertEquals("Sign-in requests", Words.of(Locale.FRANCE).channel)
    }
}
