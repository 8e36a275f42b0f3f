// The core's memory: files that only a key of this phone's Keystore opens.

package io.countersign.android

import android.content.Context
import io.countersign.mobile.SecureStorage
import io.countersign.mobile.StorageException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File
import java.io.FileOutputStream
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.security.MessageDigest
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * One file a value, AES-256-GCM, bound to the value's name. `directory` must be one that no backup holds; even
 * so, a copy on another phone is unreadable there.
 *
 * A value whose key is gone (the files were restored, the Keystore was not) counts as never written: nothing
 * could open it, and the accounts' keys went the same way. A value that is damaged is handed over as an empty
 * one, which the core reports as damaged.
 */
class KeystoreFiles(
    private val directory: File,
    private val io: CoroutineDispatcher = Dispatchers.IO,
) : SecureStorage {
    constructor(context: Context) : this(File(context.noBackupFilesDir, "countersign"))

    private val changing = Mutex()

    override suspend fun get(name: String): ByteArray? = guarded {
        val file = fileOf(name)
        if (!file.exists()) return@guarded null
        val key = Keystore.secretKey(KEY) ?: return@guarded null
        try {
            open(key, name, file.readBytes())
        } catch (_: AEADBadTagException) {
            ByteArray(0)
        }
    }

    override suspend fun put(name: String, value: ByteArray) = guarded {
        val key = Keystore.secretKey(KEY) ?: makeKey()
        replace(fileOf(name), seal(key, name, value))
    }

    override suspend fun delete(name: String) = guarded {
        Files.deleteIfExists(fileOf(name).toPath())
        Unit
    }

    /** What another key sealed would be taken for damaged from now on, and nothing can open it. */
    private fun makeKey(): SecretKey {
        directory.listFiles().orEmpty().forEach { Files.deleteIfExists(it.toPath()) }
        return Keystore.makeSecretKey(storageKeySpec(KEY))
    }

    private suspend fun <T> guarded(block: () -> T): T = withContext(io) {
        changing.withLock {
            try {
                block()
            } catch (fault: Throwable) {
                throw StorageException.Failed("${fault.javaClass.simpleName}: ${fault.message}")
            }
        }
    }

    /** Names are no file names: they are hashed. */
    private fun fileOf(name: String): File {
        val digest = MessageDigest.getInstance("SHA-256").digest(name.toByteArray())
        return File(directory, digest.joinToString("") { "%02x".format(it) })
    }

    /** Entirely or not at all, also when the phone loses its power in the middle. */
    private fun replace(file: File, content: ByteArray) {
        Files.createDirectories(directory.toPath())
        val fresh = File(directory, file.name + ".new")
        FileOutputStream(fresh).use {
            it.write(content)
            it.fd.sync()
        }
        Files.move(fresh.toPath(), file.toPath(), ATOMIC_MOVE, REPLACE_EXISTING)
    }

    private companion object {
        const val KEY = "countersign-storage"
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128

        /** The nonce, which the Keystore chooses, then the sealed value. */
        fun seal(key: SecretKey, name: String, value: ByteArray): ByteArray {
            val cipher = Cipher.getInstance(TRANSFORMATION)
            cipher.init(Cipher.ENCRYPT_MODE, key)
            cipher.updateAAD(name.toByteArray())
            return cipher.iv + cipher.doFinal(value)
        }

        fun open(key: SecretKey, name: String, sealed: ByteArray): ByteArray {
            if (sealed.size < NONCE_BYTES + TAG_BITS / 8) throw AEADBadTagException("too short")
            val cipher = Cipher.getInstance(TRANSFORMATION)
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES))
            cipher.updateAAD(name.toByteArray())
            return cipher.doFinal(sealed, NONCE_BYTES, sealed.size - NONCE_BYTES)
        }
    }
}
