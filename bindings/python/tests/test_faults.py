"""What goes wrong in the app's own part: each error reaches the app as the right case, and nothing else breaks."""

import asyncio
import os
from datetime import timedelta

import countersign_mobile as cm
from case import Story
from story import server

E = cm.CountersignError
K = cm.KeyStoreError


class Keys(Story):
    async def test_each_refusal_of_the_key_store_has_its_own_next_step(self):
        await self.phone.pair(self.world)
        await self.world.do("begin")
        request = await self.phone.only_request()
        table = [
            (K.Cancelled(), E.AskAgain, "cancelled"),
            (K.LockedOut(), E.TellUser, "locked_out"),
            (K.BiometricsChanged(), E.PairAgain, "biometrics_changed"),
            (K.NoHardware(), E.TellUser, "no_hardware"),
            (K.NotAllowed(), E.TellUser, "not_allowed"),
            (K.NotFound(), E.PairAgain, "keys_lost"),
            (K.Failed("details for the log"), E.TellUser, "key_store_failed"),
        ]
        for fault, kind, reason in table:
            with self.subTest(reason):
                self.phone.faults.plan("sign_with_face", fault)
                error = await self.refused(kind, reason, self.phone.app.approve(request, None))
                self.assertNotIn("details for the log", error.sentence)
        answered = await self.phone.app.approve(request, None)
        self.assertEqual(answered.outcome, cm.Outcome.APPROVED, "nothing was used up by what failed")

    async def test_a_signature_that_does_not_verify_never_leaves_the_phone(self):
        await self.phone.pair(self.world)
        await self.world.do("begin")
        request = await self.phone.only_request()
        for nonsense in (b"", b"\x30\x06\x02\x01\x01\x02\x01\x01"):
            self.phone.faults.plan("sign_with_face", nonsense)
            await self.refused(E.TellUser, "key_store_unsound", self.phone.app.approve(request, None))
        self.assertEqual((await self.phone.app.approve(request, None)).outcome, cm.Outcome.APPROVED)

    async def test_a_pairing_that_fails_leaves_no_keys(self):
        for method in ("create", "sign", "sign_with_face", "send", "put"):
            with self.subTest(method):
                fault = {
                    "send": cm.HttpError.Unreachable("down"),
                    "put": cm.StorageError.Failed("full"),
                }.get(method, K.Failed("broken"))
                self.phone.faults.plan(method, fault)
                with self.assertRaises(E):
                    await self.phone.app.pair(await self.world.link())
                self.assertEqual(self.phone.files("key."), [])
                self.assertEqual(await self.phone.app.accounts(), [])
        await self.phone.pair(self.world)

    async def broken(self):
        """The rules that the key store breaks, and how."""
        findings = await cm.check_key_store(self.phone.keys, "python", Prompts(self.phone.keys))
        self.assertGreaterEqual(len(findings), 8)
        return [finding for finding in findings if finding.broken]

    async def test_the_key_store_keeps_its_contract(self):
        self.assertEqual(await self.broken(), [])
        self.assertEqual(self.phone.files("key."), [])

    async def test_a_key_store_that_breaks_its_contract_is_found_out(self):
        self.phone.faults.plan("create", cm.MadeKey(public_key=b"\x02" * 33, unlock=cm.KeyUnlock.NOT_ASKED))
        self.assertIn("SEC 1", (await self.broken())[0].broken)

    async def test_a_key_store_that_never_asks_is_found_out(self):
        self.phone.keys.ask = lambda reason: None
        (broken,) = await self.broken()
        self.assertIn("asks its owner once", broken.rule)
        self.assertEqual(self.phone.files("key."), [], "a broken rule leaves no keys behind")

    async def test_a_count_of_prompts_that_fails_is_a_broken_rule(self):
        self.phone.keys.reasons = None
        self.phone.keys.ask = lambda reason: None
        (broken,) = await self.broken()
        self.assertIn("could not be counted", broken.broken)


class Prompts(cm.PromptCounter):
    def __init__(self, keys):
        self.keys = keys

    def prompts(self):
        return len(self.keys.reasons)


class Attest(cm.AppAttest):
    def __init__(self, faults):
        self.faults = faults

    async def attest(self, client_data_hash):
        return await self.faults.meet("attest")


class Callbacks(Story):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        await self.phone.pair(self.world)
        await self.world.do("begin")

    async def approves_in_the_end(self):
        answered = await self.phone.app.approve(await self.phone.only_request(), None)
        self.assertEqual(answered.outcome, cm.Outcome.APPROVED)

    async def test_what_is_raised_unexpectedly_becomes_an_error_of_that_call_alone(self):
        app, request = self.phone.app, await self.phone.only_request()
        table = [
            ("sign_with_face", lambda: app.approve(request, None), E.TellUser, "key_store_failed"),
            ("sign", lambda: app.deny(request), E.TellUser, "key_store_failed"),
            ("get", app.accounts, E.TellUser, "storage_failed"),
            ("send", lambda: app.deny(request), E.RetryLater, "unreachable"),
            ("open", lambda: app.watch(request.account_id), E.RetryLater, "unreachable"),
        ]
        for method, call, kind, reason in table:
            with self.subTest(method):
                self.phone.faults.plan(method, ZeroDivisionError("a mistake in the app"))
                error = await self.refused(kind, reason, call())
                self.assertIn("a mistake in the app", error.details)
        await self.approves_in_the_end()

    async def test_what_gives_nonsense_becomes_an_error_of_that_call_alone(self):
        request = await self.phone.only_request()
        for method in ("sign_with_face", "send"):
            with self.subTest(method):
                self.phone.faults.plan(method, "not what was asked for")
                with self.assertRaises(E):
                    await self.phone.app.approve(request, None)
        await self.approves_in_the_end()

    async def test_a_callback_that_never_answers_can_be_given_up(self):
        request = await self.phone.only_request()
        for method in ("sign_with_face", "send", "get"):
            with self.subTest(method):
                self.phone.faults.hanging.clear()
                self.phone.faults.cancelled.clear()
                self.phone.faults.plan(method, "hang")
                call = asyncio.ensure_future(self.phone.app.approve(request, None))
                await asyncio.wait_for(self.phone.faults.hanging.wait(), 20)
                call.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await call
                await asyncio.wait_for(self.phone.faults.cancelled.wait(), 20)
        await self.approves_in_the_end()

    async def test_a_stream_that_raises_or_never_goes_on_ends_its_watch_alone(self):
        account = (await self.phone.app.accounts())[0].id
        watch = await self.phone.app.watch(account)
        self.phone.faults.plan("next", ZeroDivisionError("a mistake in the app"))
        error = await self.refused(E.RetryLater, "unreachable", watch.next())
        self.assertIn("a mistake in the app", error.details)
        watch = await self.phone.app.watch(account)
        self.phone.faults.plan("next", "hang")
        waiting = asyncio.ensure_future(watch.next())
        await asyncio.wait_for(self.phone.faults.hanging.wait(), 20)
        waiting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(self.phone.faults.cancelled.wait(), 20)
        await self.approves_in_the_end()

    async def test_an_attestation_that_raises_or_never_comes_pairs_without_or_can_be_given_up(self):
        faults = self.phone.faults
        self.phone.start(app_attest=Attest(faults))
        faults.plan("attest", ZeroDivisionError("a mistake in the app"))
        await self.phone.app.pair(await self.world.link())
        faults.plan("attest", "hang")
        pairing = asyncio.ensure_future(self.phone.app.pair(await self.world.link()))
        await asyncio.wait_for(faults.hanging.wait(), 20)
        pairing.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await pairing
        await asyncio.wait_for(faults.cancelled.wait(), 20)
        self.assertEqual(len(await self.phone.app.accounts()), 2)
        self.assertEqual(len(self.phone.files("key.")), 4, "what was given up left no keys behind")

    async def test_a_clock_that_raises_is_passed_over(self):
        self.phone.clock.broken = True
        self.assertEqual(len(await self.phone.app.accounts()), 1)
        pending = await self.phone.app.pending()
        self.assertEqual(pending.unreached, [], "the clock of this computer is far off, and was corrected")

    async def test_http_errors_say_what_to_do(self):
        app, request = self.phone.app, await self.phone.only_request()
        table = [
            (cm.HttpError.Unreachable("down"), E.RetryLater, "unreachable"),
            (cm.HttpError.CertificateWrong("expired"), E.TellUser, "certificate_wrong"),
            (cm.HttpError.TooLong(), E.UpdateApp, "unknown_answer"),
        ]
        for fault, kind, reason in table:
            with self.subTest(reason):
                self.phone.faults.plan("send", fault)
                await self.refused(kind, reason, app.deny(request))


class Storage(Story):
    async def test_storage_that_is_lost_is_an_empty_phone(self):
        await self.phone.pair(self.world)
        for name in self.phone.files("value."):
            os.remove(os.path.join(self.phone.folder, name))
        self.phone.start()
        self.assertEqual(await self.phone.app.accounts(), [])
        await self.phone.pair(self.world)

    async def test_storage_on_another_phone_is_told_at_once_for_its_accounts_alone(self):
        await self.phone.pair(self.world)
        for name in self.phone.files("key."):
            os.remove(os.path.join(self.phone.folder, name))
        self.phone.start()
        await self.phone.pair(self.world)
        old, new = await self.phone.app.accounts()
        self.assert_error(old.fault, E.PairAgain, "keys_lost")
        self.assertIsNone(new.fault)

    async def test_storage_that_cannot_be_read_is_not_overwritten(self):
        await self.phone.pair(self.world)
        path = os.path.join(self.phone.folder, "value.countersign.accounts")
        with open(path, "wb") as file:
            file.write(b"{")
        await self.refused(E.TellUser, "storage_damaged", self.phone.app.accounts())
        await self.refused(E.TellUser, "storage_damaged", self.phone.app.pair(await self.world.link()))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"{")


class Surroundings(Story):
    async def test_a_wrong_clock_approves_and_is_told(self):
        for hours in (-3, 5):
            with self.subTest(hours):
                phone = self.another_phone(self.world)
                phone.clock.off = timedelta(hours=hours)
                await phone.pair(self.world)
                login = await self.world.do("begin")
                request = await phone.app.fetch((await phone.app.accounts())[0].id, login["login"])
                left = request.expires_at - phone.clock.now()
                self.assertTrue(timedelta(seconds=100) < left <= timedelta(seconds=121), left)
                self.assertEqual((await phone.app.approve(request, None)).outcome, cm.Outcome.APPROVED)
                skew = phone.app.clock_skew()
                self.assertAlmostEqual(skew.ahead_seconds, hours * 3600, delta=5)
                self.assertIn(f"{abs(hours)} hours {'ahead' if hours > 0 else 'behind'}", skew.sentence)

    async def test_a_login_whose_time_is_over_is_told(self):
        await self.phone.pair(self.world)
        await self.world.do("begin")
        request = await self.phone.only_request()
        await self.world.do("pass", seconds=121)
        await self.refused(E.TellUser, "expired", self.phone.app.approve(request, None))

    async def test_a_request_signed_by_another_key_is_not_shown(self):
        account = await self.phone.pair(self.world)
        login = await self.world.do("begin")
        genuine = await self.phone.only_request()

        async def forge(_request, body):
            forged = await server().tool("sign_by_another_key", statement=genuine.signed)
            return body.replace(genuine.signed.encode(), forged["statement"].encode())

        self.phone.http.alter = forge
        pending = await self.phone.app.pending()
        self.assertEqual(pending.requests, [])
        self.assert_error(pending.unreached[0].error, E.TellUser, "not_trusted")
        await self.refused(E.TellUser, "not_trusted", self.phone.app.fetch(account.id, login["login"]))
        forged = (await server().tool("sign_by_another_key", statement=genuine.signed))["statement"]
        genuine.signed = forged
        await self.refused(E.TellUser, "not_trusted", self.phone.app.approve(genuine, None))

    async def test_a_server_with_a_wrong_certificate_gets_nothing(self):
        impostor = (await server().tool("certificate_from_nobody", name="localhost"))["origin"]
        link = (await self.world.link()).replace(self.world.origin, impostor)
        await self.refused(E.TellUser, "certificate_wrong", self.phone.app.pair(link))
        self.assertEqual(self.phone.files("key."), [])

    async def test_a_link_that_is_none_and_one_that_is_over(self):
        await self.refused(E.AskAgain, "not_a_pairing_link", self.phone.app.pair("https://example.com/pair"))
        link = await self.world.link()
        plain = link.replace("127.0.0.1", "192.0.2.1")
        await self.refused(E.TellUser, "insecure_server", self.phone.app.pair(plain))
        await self.world.link()
        await self.refused(E.PairAgain, "pairing_over", self.phone.app.pair(link))

    async def test_a_push_endpoint_that_is_none_is_refused(self):
        endpoint = cm.PushEndpoint.WEB_PUSH(endpoint="https://push.example", p256dh="AAAA", auth="AAAA")
        await self.refused(E.UpdateApp, "not_a_push_endpoint", self.phone.app.set_push(endpoint))
