// A phone: what it keeps while its app comes and goes.

package io.countersign.story

import io.countersign.mobile.Account
import io.countersign.mobile.Clock
import io.countersign.mobile.Countersign
import io.countersign.mobile.HttpClient
import io.countersign.mobile.KeyStore
import io.countersign.mobile.PhoneInfo
import io.countersign.mobile.Ports
import io.countersign.mobile.PushEndpoint
import io.countersign.mobile.SecureStorage
import java.time.Instant

class Phone(
    private val keys: KeyStore,
    private val storage: SecureStorage,
    private val http: HttpClient,
    private val language: String = "en",
    private val now: () -> Instant,
) {
    /** The app as it starts: it remembers nothing but what keys and storage hold. */
    fun start(): Countersign {
        val clock = object : Clock {
            override fun now(): Instant = this@Phone.now()
        }
        return Countersign(Ports(keys, storage, http, clock), PhoneInfo("android", "A test's phone", language, "com.example.app", "1.0"))
    }
}

/** Pairs with a world's user, to the end: the code is typed into the browser. */
suspend fun Countersign.pairWith(world: World): Account {
    val started = pair(world.link())
    check(world.confirm(started.code)) { "the code that the phone shows is right" }
    return refreshAccount(started.account.id)
}

fun Subscription.asEndpoint(): PushEndpoint = PushEndpoint.WebPush(endpoint, p256dh, auth)
