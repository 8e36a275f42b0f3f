"""The story server: real servers, and browsers before them. See bindings/story-server."""

import asyncio
import atexit
import json
import os
import subprocess
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class StoryServer:
    """One process for all tests; it ends with this one."""

    def __init__(self):
        environment = {**os.environ, "RUST_BACKTRACE": "0"}
        self.process = subprocess.Popen(
            [os.environ["STORY_SERVER"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.control = json.loads(self.process.stdout.readline())["control"]
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        atexit.register(self.end)

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)

    def _post(self, path, wish):
        request = urllib.request.Request(self.control + path, json.dumps(wish).encode(), method="POST")
        try:
            with self.opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as failed:
            with failed:
                raise AssertionError(f"{path}: {failed.read().decode()}") from None

    async def post(self, path, **wish):
        return await asyncio.to_thread(self._post, path, wish)

    async def tool(self, command, **wish):
        return await self.post(f"/tools/{command}", **wish)


_server = None


def server():
    global _server
    if _server is None:
        _server = StoryServer()
    return _server


class World:
    """A server with one user, and its clock."""

    def __init__(self, told):
        self.number = told["world"]
        self.origin = told["origin"]
        self.email = told["email"]
        self.now = EPOCH
        self._note(told)

    @classmethod
    async def begin(cls, **wish):
        return cls(await server().post("/worlds", **wish))

    def _note(self, told):
        self.now = EPOCH + timedelta(microseconds=told["now"])

    async def do(self, command, **wish):
        told = await server().post(f"/worlds/{self.number}/{command}", **wish)
        self._note(told)
        return told

    async def link(self, **wish):
        return (await self.do("link", **wish))["link"]
