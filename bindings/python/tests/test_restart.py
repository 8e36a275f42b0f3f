"""The app is ended between any two steps, the server too: nothing is lost, and nothing happens twice."""

import countersign_mobile as cm
from case import Story


class Restarts(Story):
    number = "always"

    async def test_an_app_that_is_ended_between_any_two_steps_goes_on(self):
        phone, world = self.phone, self.world
        link = await world.link()
        started = await phone.app.pair(link)
        phone.start()
        again = await phone.app.pair(link)
        self.assertEqual((again.code, again.account.id), (started.code, started.account.id), "no second claim")
        account = (await phone.app.accounts())[0]
        self.assertEqual((account.id, account.state), (started.account.id, cm.AccountState.UNCONFIRMED))
        await world.do("confirm", code=started.code)
        phone.start()
        account = await phone.app.refresh_account(account.id)
        self.assertEqual(account.state, cm.AccountState.ACTIVE)
        login = await world.do("begin")
        phone.start()
        request = await phone.only_request()
        phone.start()
        request = await phone.app.fetch(request.account_id, request.login)
        phone.start()
        answered = await phone.app.approve(request, login["number"])
        self.assertEqual(answered.outcome, cm.Outcome.APPROVED)
        phone.start()
        self.assertEqual((await phone.app.pending()).requests, [])
        again = phone.app.approve(request, login["number"])
        await self.refused(cm.CountersignError.TellUser, "already_decided", again)
        self.assertTrue((await world.do("complete", login=login["login"]))["signed_in"])

    async def test_an_app_that_is_ended_before_its_pairing_was_answered_says_to_begin_again(self):
        link = await self.world.link()

        async def lose(_request, _body):
            raise cm.HttpError.Unreachable("the answer was lost")

        self.phone.http.alter = lose
        await self.refused(cm.CountersignError.RetryLater, "unreachable", self.phone.app.pair(link))
        self.phone.start()
        over = await self.refused(cm.CountersignError.PairAgain, "pairing_over", self.phone.app.pair(link))
        self.assertIn("in the browser again and scan the new one", over.sentence)
        self.assertEqual(self.phone.files("key."), [])
        await self.phone.pair(self.world)

    async def test_an_app_that_is_ended_before_the_answer_came_finds_out(self):
        await self.phone.pair(self.world)
        login = await self.world.do("begin")
        request = await self.phone.only_request()

        async def lose(_request, _body):
            raise cm.HttpError.Unreachable("the answer was lost")

        self.phone.http.alter = lose
        lost = self.phone.app.approve(request, login["number"])
        await self.refused(cm.CountersignError.RetryLater, "unreachable", lost)
        self.phone.start()
        self.assertEqual((await self.phone.app.pending()).requests, [], "the server had it")
        self.assertTrue((await self.world.do("complete", login=login["login"]))["signed_in"])

    async def test_a_server_that_is_down_hides_nothing_that_is_stored(self):
        account = await self.phone.pair(self.world)
        login = await self.world.do("begin")
        await self.world.do("stop")
        # Connections to a server that is down wait for it here, so that none of them may change anything.
        self.phone.http.patience = 1
        pending = await self.phone.app.pending()
        self.assertEqual(pending.unreached[0].account_id, account.id)
        self.assert_error(pending.unreached[0].error, cm.CountersignError.RetryLater, "unreachable")
        self.assertEqual([each.id for each in await self.phone.app.accounts()], [account.id])
        await self.world.do("start")
        self.phone.http.patience = 15
        self.phone.faults.plan("send", cm.HttpError.Unreachable("down"))
        await self.refused(cm.CountersignError.RetryLater, "unreachable", self.phone.app.unpair(account.id))
        answered = await self.phone.app.approve(await self.phone.only_request(), login["number"])
        self.assertEqual(answered.outcome, cm.Outcome.APPROVED)
