// What a wake leads to: through the Rust core, against running servers, with a network that is slow or not there.

package io.countersign.android

import io.countersign.mobile.Countersign
import io.countersign.mobile.HttpClient
import io.countersign.mobile.HttpException
import io.countersign.mobile.HttpOpened
import io.countersign.mobile.HttpRequest
import io.countersign.mobile.HttpResponse
import io.countersign.mobile.PendingRequest
import io.countersign.mobile.Popup
import io.countersign.mobile.SecureStorage
import io.countersign.mobile.StorageException
import io.countersign.mobile.Withdrawn
import io.countersign.story.Phone
import io.countersign.story.World
import io.countersign.story.pairWith
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.time.Instant
import java.util.Collections
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

/** The list of notifications, acted. */
internal class Board : PopupBoard {
    val popups: MutableList<Popup> = Collections.synchronizedList(mutableListOf())
    val words = mutableListOf<String>()
    var unknown = 0

    override fun shown() = popups.toList()

    override fun show(request: PendingRequest, title: String, body: String) {
        popups += Popup(request.login, request.accountId, request.expiresAt)
        words += "$title: $body"
    }

    override fun withdraw(withdrawn: Withdrawn) {
        popups -= withdrawn.popup
    }

    override fun showUnknown(title: String, body: String) {
        unknown += 1
        words += "$title: $body"
    }

    override fun withdrawUnknown() {
        unknown = 0
    }
}

/** A network on which some hosts are silent, or are not there at first. */
private class Network : HttpClient {
    private val real = UrlHttp()
    val silent: MutableSet<String> = Collections.synchronizedSet(mutableSetOf())
    val failsOnce: MutableSet<String> = Collections.synchronizedSet(mutableSetOf())

    override suspend fun send(request: HttpRequest): HttpResponse {
        if (silent.any { request.url.startsWith(it) }) awaitCancellation()
        if (failsOnce.removeIf { request.url.startsWith(it) }) throw HttpException.Unreachable("not yet")
        return real.send(request)
    }

    override suspend fun open(request: HttpRequest): HttpOpened = real.open(request)
}

class WakesTest {
    private val world = World()
    private val network = Network()
    private val board = Board()

    @TempDir
    lateinit var folder: File

    @BeforeEach
    fun phone() {
        FakeProvider.insert()
    }

    private fun start(storage: SecureStorage = KeystoreFiles(folder)): Countersign =
        Phone(KeystoreKeys(PromptUnlock(FakePrompt(), Dispatchers.Default)), storage, network, now = world::now).start()

    @Test
    fun a_wake_without_a_network_still_tells_that_something_waits() = runBlocking {
        start().pairWith(world)
        world.stop()
        Wakes(start(), board, pauses = listOf(1, 1)).onWake()
        assertEquals(listOf("Sign-in request: Tap to review"), board.words)
        world.start()
    }

    @Test
    fun a_wake_on_a_network_that_swallows_everything_tells_so_before_its_time_is_over() = runBlocking {
        start().pairWith(world)
        network.silent += world.origin
        Wakes(start(), board).onWake(limit = 300)
        assertEquals(listOf("Sign-in request: Tap to review"), board.words)
    }

    @Test
    fun a_wake_to_an_app_that_cannot_read_its_storage_tells_so_too() = runBlocking {
        val broken = object : SecureStorage {
            override suspend fun get(name: String): ByteArray? = throw StorageException.Failed("acted")

            override suspend fun put(name: String, value: ByteArray): Unit = throw StorageException.Failed("acted")

            override suspend fun delete(name: String): Unit = throw StorageException.Failed("acted")
        }
        Wakes(start(broken), board, pauses = listOf(1)).onWake()
        assertEquals(1, board.unknown)
    }

    @Test
    fun one_account_with_a_request_does_not_hide_that_another_was_not_reached() = runBlocking {
        val other = World()
        val (here, there) = start().pairWith(world) to start().pairWith(other)
        world.begin()
        other.begin()
        network.failsOnce += other.origin
        Wakes(start(), board, pauses = listOf(1)).onWake()
        assertEquals(setOf(here.id, there.id), board.popups.map { it.accountId }.toSet(), "both were woken for")
        assertEquals(0, board.unknown)
        network.silent += other.origin
        Wakes(start(), board).onWake(limit = 300)
        assertEquals(1, board.unknown, "nothing new was shown")
    }

    @Test
    fun popups_go_when_their_request_is_answered_in_the_app() = runBlocking {
        val app = start()
        app.pairWith(world)
        world.begin()
        val wakes = Wakes(app, board)
        wakes.onWake()
        board.showUnknown("", "")
        app.deny(app.pending().requests.single())
        wakes.tidy()
        assertTrue(board.popups.isEmpty())
        assertEquals(0, board.unknown, "nothing waits that could have been meant")
    }

    @Test
    fun looking_for_what_to_put_away_shows_nothing() = runBlocking {
        val app = start()
        app.pairWith(world)
        world.begin()
        Wakes(app, board).tidy()
        assertTrue(board.popups.isEmpty())
    }

    @Test
    fun two_accounts_may_have_one_logins_id_and_each_keeps_its_popup() {
        val popup = Popup("login", "here", Instant.EPOCH)
        assertNotEquals(popup.tag(), popup.copy(accountId = "there").tag())
        assertEquals(popup.tag(), popup.copy(expiresAt = Instant.now()).tag())
    }
}
