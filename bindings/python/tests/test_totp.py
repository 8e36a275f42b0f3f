"""Authenticator-app accounts in the same app."""

import countersign_mobile as cm
from case import Story


class Totp(Story):
    async def test_a_scanned_account_signs_in_by_its_codes(self):
        world, phone = self.world, self.phone
        offered = await world.do("offer_authenticator")
        account = await phone.app.add_totp(offered["uri"])
        self.assertEqual((account.issuer, account.name, account.digits), ("ACME", world.email, 6))
        first = await phone.app.totp_code(account.id)
        self.assertTrue(1 <= first.seconds_left <= 30)
        self.assertEqual(first.spoken.replace(" ", "").replace(",", ""), first.code)
        self.assertTrue((await world.do("confirm_authenticator", code=first.code))["active"])
        login = await world.do("begin")
        self.assertFalse((await world.do("type_code", login=login["login"], code=first.code))["signed_in"])
        await world.do("pass", seconds=first.seconds_left)
        phone.start()
        second = await phone.app.totp_code(account.id)
        self.assertEqual(second.code, first.next_code)
        self.assertTrue((await world.do("type_code", login=login["login"], code=second.code))["signed_in"])

    async def test_an_account_is_renamed_exported_and_forgotten(self):
        link = "otpauth://totp/ACME:ada?secret=GEZDGNBVGY3TQOJQ&issuer=ACME&algorithm=SHA512&digits=8"
        account = await self.phone.app.add_totp(link)
        renamed = await self.phone.app.rename_totp(account.id, "Work", "Ada")
        self.assertEqual((renamed.issuer, renamed.name, renamed.digits), ("Work", "Ada", 8))
        exported = await self.phone.app.export_totp(account.id)
        copy = await self.another_phone(self.world).app.add_totp(exported)
        self.assertEqual((copy.issuer, copy.name, copy.digits), ("Work", "Ada", 8))
        await self.phone.app.remove_totp(account.id)
        self.assertEqual(await self.phone.app.totp_accounts(), [])
        gone = self.phone.app.totp_code(account.id)
        await self.refused(cm.CountersignError.TellUser, "unknown_account", gone)
        refused = self.phone.app.add_totp("otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1")
        await self.refused(cm.CountersignError.AskAgain, "not_an_authenticator_link", refused)
