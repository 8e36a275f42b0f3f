// The program that stands in for the whole rest of the world: servers, browsers, push services.

package io.countersign.story

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.time.Instant
import java.util.Base64
import java.util.concurrent.atomic.AtomicReference

/** Started once for all tests of a run; it ends with them, since its standard input does. */
object StoryServer {
    private val client: HttpClient = HttpClient.newHttpClient()
    private val control: String by lazy(::start)

    private fun start(): String {
        val program = File(System.getProperty("countersign.debug"), "countersign-story-server")
        val process = ProcessBuilder(program.path).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val line = process.inputStream.bufferedReader().readLine() ?: error("the story server did not start")
        return Json.parseToJsonElement(line).let { it as JsonObject }.text("control")
    }

    fun post(path: String, wish: Map<String, Any> = emptyMap()): JsonObject {
        val body = JsonObject(wish.mapValues { (_, value) -> primitive(value) })
        val request = HttpRequest.newBuilder(URI(control + path)).POST(BodyPublishers.ofString("$body")).build()
        val answer = client.send(request, BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "$path: ${answer.body()}" }
        return Json.parseToJsonElement(answer.body()) as JsonObject
    }

    private fun primitive(value: Any) = when (value) {
        is Number -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        else -> JsonPrimitive("$value")
    }

    fun tool(command: String, vararg wish: Pair<String, Any>): JsonObject = post("/tools/$command", wish.toMap())
}

fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

/** A server with one user, its browsers, and what time it is there. */
class World(number: String = "never", attestation: String? = null) {
    private val begun = StoryServer.post("/worlds", mapOf("number" to number) + listOfNotNull(attestation?.let { "attestation" to it }))
    private val id = begun.text("world")
    private val now = AtomicReference(begun.now())
    val origin = begun.text("origin")
    val email = begun.text("email")

    /** The phone's clock goes by this: the server's, as of its last answer. */
    fun now(): Instant = now.get()

    private fun tell(command: String, vararg wish: Pair<String, Any?>): JsonObject {
        val given = wish.mapNotNull { (name, value) -> value?.let { name to it } }.toMap()
        return StoryServer.post("/worlds/$id/$command", given).also { now.set(it.now()) }
    }

    private fun JsonObject.now(): Instant {
        val micros = getValue("now").jsonPrimitive.long
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000)
    }

    fun link(): String = tell("link").text("link")

    fun confirm(code: String): Boolean = tell("confirm", "code" to code).getValue("active").jsonPrimitive.boolean

    fun begin(): Login = tell("begin").let { Login(it.text("login"), it["number"]?.jsonPrimitive?.contentOrNull) }

    fun awaitState(login: Login, state: String) {
        tell("await_state", "login" to login.id, "state" to state)
    }

    fun complete(login: Login): Boolean = tell("complete", "login" to login.id).getValue("signed_in").jsonPrimitive.boolean

    fun typeCode(login: Login, code: String): Boolean =
        tell("type_code", "login" to login.id, "code" to code).getValue("signed_in").jsonPrimitive.boolean

    fun removePhones(login: Login): Int = tell("remove_phones", "login" to login.id).getValue("removed").jsonPrimitive.int

    fun offerAuthenticator(): String = tell("offer_authenticator").text("uri")

    fun confirmAuthenticator(code: String): Boolean =
        tell("confirm_authenticator", "code" to code).getValue("active").jsonPrimitive.boolean

    fun allowPasscode(allowed: Boolean) {
        tell("allow_passcode", "allowed" to allowed)
    }

    /** What a maker of phones whom this world's server believes says of a key: its certificates, the key's own first. */
    fun attestKey(point: ByteArray, challenge: ByteArray, approval: Boolean): List<ByteArray> {
        val spelt = Base64.getUrlEncoder().withoutPadding()
        val told = tell(
            "attest_keys",
            "public_key" to spelt.encodeToString(point),
            "challenge" to spelt.encodeToString(challenge),
            "approval" to approval,
        )
        return told.getValue("chain").jsonArray.map { Base64.getUrlDecoder().decode(it.jsonPrimitive.content) }
    }

    fun subscribe(): Subscription = tell("subscribe").let {
        Subscription(it.getValue("subscription").jsonPrimitive.int, it.text("endpoint"), it.text("p256dh"), it.text("auth"))
    }

    /** Waits for a wake; the text that it carries. */
    fun nextWake(to: Subscription): String = tell("next_wake", "subscription" to to.number).text("text")

    fun pass(seconds: Long) {
        tell("pass", "seconds" to seconds)
    }

    fun stop() {
        tell("stop")
    }

    fun start() {
        tell("start")
    }
}

/** A sign-in that waits in a browser, and the number that is shown there. */
data class Login(val id: String, val number: String?)

/** Where wakes go. */
data class Subscription(val number: Int, val endpoint: String, val p256dh: String, val auth: String)
