"""What the stories share."""

import tempfile
import unittest

import countersign_mobile as cm
from phone import Phone
from story import World


class Story(unittest.IsolatedAsyncioTestCase):
    """Each story has a world and a phone of its own."""

    number = "never"

    async def asyncSetUp(self):
        self.world = await World.begin(number=self.number)
        self.phone = self.another_phone(self.world)

    def another_phone(self, world, **how):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Phone(folder.name, world, **how)

    async def refused(self, kind, reason, awaitable):
        """That a call ends in this error, with a sentence for people and details for the log."""
        with self.assertRaises(cm.CountersignError) as caught:
            await awaitable
        self.assert_error(caught.exception, kind, reason)
        return caught.exception

    def assert_error(self, error, kind, reason):
        self.assertIsInstance(error, kind, repr(error))
        self.assertEqual(error.reason, reason)
        self.assertRegex(error.sentence, r"[.。]$")
        self.assertTrue(error.details)
