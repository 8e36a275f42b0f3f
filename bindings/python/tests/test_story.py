"""The story: pair, wake, show, approve, deny, report."""

import asyncio
from datetime import timedelta

import countersign_mobile as cm
from case import Story
from story import World


class ByNumber(Story):
    number = "always"

    async def test_from_nothing_to_an_approved_login(self):
        world, app = self.world, self.phone.app
        self.assertTrue(await app.explains_biometrics())
        await app.biometrics_explained()
        push = await world.do("subscribe")
        await app.set_push(
            cm.PushEndpoint.WEB_PUSH(endpoint=push["endpoint"], p256dh=push["p256dh"], auth=push["auth"])
        )
        started = await app.pair(await world.link())
        self.assertRegex(started.code, r"^\d{6}$")
        self.assertEqual(started.account.state, cm.AccountState.UNCONFIRMED)
        self.assertFalse((await world.do("confirm", code="000000" if started.code != "000000" else "1"))["active"])
        self.assertTrue((await world.do("confirm", code=started.code))["active"])
        account = await app.refresh_account(started.account.id)
        self.assertEqual(
            (account.state, account.account, account.tenant_name, account.push, account.device_name),
            (cm.AccountState.ACTIVE, world.email, "ACME", cm.PushState.WORKING, "Ada’s Python"),
        )

        login = await world.do("begin")
        self.assertIn("wake", (await world.do("next_wake", subscription=push["subscription"]))["text"])
        changes = await app.popup_changes([])
        self.assertEqual([request.login for request in changes.show], [login["login"]])
        self.assertEqual((changes.title, changes.body), ("Sign-in request", "Tap to review"))
        request = await app.fetch(changes.show[0].account_id, login["login"])
        self.assertEqual(request.application, "ACME")
        self.assertEqual(request.number_digits, len(login["number"]))
        self.assertIn("Sign-in to ACME as ada@example.com", request.spoken)
        self.assertGreater(request.expires_at - world.now, timedelta(seconds=100))

        short = await self.refused(cm.CountersignError.AskAgain, "number_digits", app.approve(request, "1"))
        self.assertIn("2 digits", short.sentence)
        answered = await app.approve(request, login["number"])
        self.assertEqual(answered.outcome, cm.Outcome.APPROVED)
        self.assertIn("Approved", answered.sentence)
        self.assertIn("Sign in to ACME", self.phone.keys.reasons[-1])
        await world.do("await_state", login=login["login"], state="approved")
        self.assertTrue((await world.do("complete", login=login["login"]))["signed_in"])

        popup = cm.Popup(login=request.login, account_id=request.account_id, expires_at=request.expires_at)
        changes = await app.popup_changes([popup])
        self.assertEqual([(gone.popup, gone.why) for gone in changes.withdraw], [(popup, cm.Over.SETTLED)])

    async def test_a_wrong_number_ends_the_login(self):
        await self.phone.pair(self.world)
        login = await self.world.do("begin")
        wrong = "11" if login["number"] != "11" else "12"
        answered = await self.phone.app.approve(await self.phone.only_request(), wrong)
        self.assertEqual(answered.outcome, cm.Outcome.WRONG_NUMBER)
        self.assertFalse((await self.world.do("complete", login=login["login"]))["signed_in"])


class ByTap(Story):
    async def test_a_denial_needs_no_face(self):
        await self.phone.pair(self.world)
        login = await self.world.do("begin")
        request = await self.phone.only_request()
        self.assertIsNone(request.number_digits)
        self.phone.faults.plan("sign_with_face", AssertionError("nobody is asked"))
        self.assertEqual((await self.phone.app.deny(request)).outcome, cm.Outcome.DENIED)
        await self.world.do("await_state", login=login["login"], state="denied")
        await self.refused(cm.CountersignError.TellUser, "already_decided", self.phone.app.deny(request))

    async def test_a_report_says_what_follows(self):
        await self.phone.pair(self.world)
        await self.world.do("begin")
        answered = await self.phone.app.report(await self.phone.only_request())
        self.assertEqual(answered.outcome, cm.Outcome.REPORTED)
        self.assertIn("signed out", answered.sentence)

    async def test_an_open_app_is_told_of_a_login_without_a_wake(self):
        account = await self.phone.pair(self.world)
        watch = await self.phone.app.watch(account.id)
        self.assertEqual(await watch.next(), cm.Happening.CHANGED)
        waiting = asyncio.ensure_future(watch.next())
        await self.world.do("begin")
        self.assertEqual(await asyncio.wait_for(waiting, 20), cm.Happening.CHANGED)
        waiting = asyncio.ensure_future(watch.next())
        await asyncio.sleep(0)
        watch.close()
        await self.refused(cm.CountersignError.RetryLater, "unreachable", asyncio.wait_for(waiting, 20))
        self.assertEqual(self.phone.http.open_streams, 0, "a closed watch closes its connection")
        watch.close()

    async def test_a_watch_that_is_let_go_closes_its_connection(self):
        account = await self.phone.pair(self.world)
        watch = await self.phone.app.watch(account.id)
        await watch.next()
        self.assertEqual(self.phone.http.open_streams, 1)
        del watch
        self.assertEqual(self.phone.http.open_streams, 0)

    async def test_two_accounts_of_one_name_are_kept_apart(self):
        other = await World.begin()
        # Worlds are alike to the ids: at another time, the ids are others.
        await other.do("pass", seconds=1)
        await self.world.do("pass", seconds=2)
        first, second = await self.phone.pair(self.world), await self.phone.pair(other)
        self.assertEqual((first.account, first.tenant_name), (second.account, second.tenant_name))
        self.assertNotEqual((first.id, first.origin), (second.id, second.origin))
        here, there = await self.world.do("begin"), await other.do("begin")
        pending = (await self.phone.app.pending()).requests
        by_origin = {request.origin: request for request in pending}
        self.assertEqual(by_origin[other.origin].login, there["login"])
        await self.phone.app.deny(by_origin[other.origin])
        self.assertEqual((await self.phone.only_request()).login, here["login"])
        wrong_account = self.phone.app.fetch(second.id, here["login"])
        await self.refused(cm.CountersignError.TellUser, "unknown_request", wrong_account)
        await self.phone.app.remove(second.id)
        answered = await self.phone.app.approve(await self.phone.only_request(), None)
        self.assertEqual(answered.outcome, cm.Outcome.APPROVED)

    async def test_a_phone_is_renamed_and_ended_from_the_phone(self):
        account = await self.phone.pair(self.world)
        login = await self.world.do("begin")
        await self.phone.app.approve(await self.phone.only_request(), None)
        await self.world.do("complete", login=login["login"])
        renamed = await self.phone.app.rename_device(account.id, "Work phone")
        self.assertEqual(renamed.device_name, "Work phone")
        phones = await self.world.do("phones", login=login["login"])
        self.assertEqual(phones["names"], ["Work phone"])
        await self.refused(cm.CountersignError.AskAgain, "empty_name", self.phone.app.rename_device(account.id, " "))
        await self.phone.app.unpair(account.id)
        self.assertEqual((await self.world.do("phones", login=login["login"]))["names"], [])
        self.assertEqual(await self.phone.app.accounts(), [])
        self.assertEqual(self.phone.files("key."), [])

    async def test_a_phone_that_was_removed_in_the_browser_is_to_be_paired_again(self):
        account = await self.phone.pair(self.world)
        login = await self.world.do("begin")
        await self.phone.app.approve(await self.phone.only_request(), None)
        await self.world.do("complete", login=login["login"])
        self.assertEqual((await self.world.do("remove_phones", login=login["login"]))["removed"], 1)
        refreshed = self.phone.app.refresh_account(account.id)
        await self.refused(cm.CountersignError.PairAgain, "unknown_device", refreshed)

    async def test_japanese_is_spoken_where_the_app_does(self):
        phone = self.another_phone(self.world, language="ja-JP")
        await phone.pair(self.world)
        await self.world.do("begin")
        request = await phone.only_request()
        self.assertIn("サインイン", request.spoken)
        self.assertEqual(phone.app.spoken_time_left(80), "残り1分20秒")
        phone.faults.plan("sign_with_face", cm.KeyStoreError.Cancelled())
        error = await self.refused(cm.CountersignError.AskAgain, "cancelled", phone.app.approve(request, None))
        self.assertTrue(error.sentence.endswith("。"))
