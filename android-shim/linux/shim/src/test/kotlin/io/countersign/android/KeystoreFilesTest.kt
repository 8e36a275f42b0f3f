// The real storage over the fake hardware and real files.

package io.countersign.android

import io.countersign.mobile.StorageException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue

class KeystoreFilesTest {
    private val phone = FakeProvider.insert()

    @TempDir
    lateinit var folder: File

    private val directory get() = File(folder, "countersign")
    private val storage by lazy { KeystoreFiles(directory) }
    private val value = "a small value that others must not read".toByteArray()

    @Test
    fun what_was_put_is_there_until_it_is_deleted_also_for_an_app_that_starts_again() = runBlocking {
        assertNull(storage.get("accounts"))
        storage.put("accounts", "older".toByteArray())
        storage.put("accounts", value)
        storage.put("", ByteArray(0))
        assertContentEquals(value, KeystoreFiles(directory).get("accounts"))
        assertContentEquals(ByteArray(0), storage.get(""))
        repeat(2) { storage.delete("accounts") }
        assertNull(storage.get("accounts"))
    }

    @Test
    fun no_file_shows_a_name_or_a_value_and_two_of_one_value_differ() = runBlocking {
        storage.put("countersign.accounts", value)
        val before = directory.listFiles()!!.single().readBytes()
        storage.put("countersign.accounts", value)
        val file = directory.listFiles()!!.single()
        assertTrue("accounts" !in file.name && "others" !in file.readBytes().decodeToString())
        assertTrue(!before.contentEquals(file.readBytes()))
    }

    @Test
    fun a_value_is_bound_to_its_name_and_a_damaged_one_is_handed_over_as_empty() = runBlocking {
        storage.put("a", value)
        val a = directory.listFiles()!!.single()
        storage.put("b", "another".toByteArray())
        val b = directory.listFiles()!!.single { it != a }
        a.copyTo(b, overwrite = true)
        assertContentEquals(ByteArray(0), storage.get("b"))
        for (damage in listOf(ByteArray(0), ByteArray(5), a.readBytes().also { it[20] = (it[20] + 1).toByte() })) {
            b.writeBytes(damage)
            assertContentEquals(ByteArray(0), storage.get("b"))
        }
        assertContentEquals(value, storage.get("a"))
    }

    @Test
    fun files_without_their_key_count_as_never_written_and_can_be_written_again() = runBlocking {
        storage.put("a", value)
        phone.loseKeys()
        assertNull(storage.get("a"))
        storage.put("b", value)
        assertNull(storage.get("a"), "nothing can open it, so it is not damaged but gone")
        storage.put("a", value)
        assertContentEquals(value, storage.get("a"))
        storage.delete("b")
        assertEquals(1, directory.listFiles()!!.size)
    }

    @Test
    fun a_folder_that_cannot_be_written_is_a_fault_of_the_storage() = runBlocking {
        directory.writeText("a file in its place")
        assertFailsWith<StorageException.Failed> { storage.put("a", value) }
        Unit
    }
}
