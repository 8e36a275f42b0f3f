"""A phone in Python: what an app implements, with the faults that tests ask for."""

import asyncio
import http.client
import os
import socket
import ssl
import urllib.parse
from datetime import timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import countersign_mobile as cm


class Faults:
    """What goes wrong: the next call of a method by this name raises, or waits for ever, or gives nonsense."""

    def __init__(self):
        self.planned = {}
        self.hanging = asyncio.Event()
        self.cancelled = asyncio.Event()

    def plan(self, method, fault):
        self.planned[method] = fault

    async def meet(self, method):
        """What to give instead; None where nothing is planned."""
        fault = self.planned.pop(method, None)
        if isinstance(fault, str) and fault == "hang":
            self.hanging.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise
        if isinstance(fault, BaseException):
            raise fault
        return fault


class Keys(cm.KeyStore):
    """P-256 keys in files. A person who always looks at the phone."""

    def __init__(self, folder, faults):
        self.folder = folder
        self.faults = faults
        # What the person was asked for.
        self.reasons = []
        self.ask = lambda reason: self.reasons.append(reason)

    def _path(self, alias):
        return os.path.join(self.folder, "key." + alias)

    def _read(self, alias):
        """The key, and whether a person is asked for it."""
        try:
            with open(self._path(alias), "rb") as file:
                asks, pem = file.read().split(b"\n", 1)
            return serialization.load_pem_private_key(pem, None), asks == b"asks"
        except FileNotFoundError:
            raise cm.KeyStoreError.NotFound() from None
        except (ValueError, UnsupportedAlgorithm) as error:
            raise cm.KeyStoreError.Failed(str(error)) from None

    @staticmethod
    def _point(key):
        encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return key.public_key().public_bytes(encoding, form)

    async def create(self, alias, purpose, challenge):
        instead = await self.faults.meet("create")
        if instead is not None:
            return instead
        key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        with open(self._path(alias), "xb") as file:
            file.write((b"asks\n" if purpose == cm.KeyPurpose.APPROVAL else b"silent\n") + pem)
        return cm.MadeKey(
            public_key=self._point(key),
            unlock=cm.KeyUnlock.NOT_ASKED if purpose == cm.KeyPurpose.DEVICE else cm.KeyUnlock.BIOMETRIC,
        )

    async def public_key(self, alias):
        await self.faults.meet("public_key")
        key, _asks = self._read(alias)
        return self._point(key)

    async def sign(self, alias, message, reason):
        instead = await self.faults.meet("sign" if reason is None else "sign_with_face")
        if instead is not None:
            return instead
        key, asks = self._read(alias)
        if asks:
            self.ask(reason)
        return key.sign(message, ec.ECDSA(hashes.SHA256()))

    async def delete(self, alias):
        await self.faults.meet("delete_key")
        try:
            os.remove(self._path(alias))
        except FileNotFoundError:
            pass

    def protection(self):
        return cm.KeyProtection.SOFTWARE


class Storage(cm.SecureStorage):
    """A file for each value."""

    def __init__(self, folder, faults):
        self.folder = folder
        self.faults = faults

    def _path(self, name):
        return os.path.join(self.folder, "value." + name)

    async def get(self, name):
        await self.faults.meet("get")
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    async def put(self, name, value):
        await self.faults.meet("put")
        part = self._path(name) + ".part"
        with open(part, "wb") as file:
            file.write(value)
        os.replace(part, self._path(name))

    async def delete(self, name):
        try:
            os.remove(self._path(name))
        except FileNotFoundError:
            pass


LONGEST = 64 * 1024


class Http(cm.HttpClient):
    """http.client on threads of its own: it checks certificates and follows no redirects."""

    def __init__(self, faults):
        self.faults = faults
        self.open_streams = 0
        self.patience = 15
        self.alter = None

    def _send(self, request, timeout):
        url = urllib.parse.urlsplit(request.url)
        if url.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=timeout, context=context)
        else:
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)
        headers = {header.name: header.value for header in request.headers}
        try:
            connection.request(request.method, url.path, request.body or None, headers)
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def _whole(self, request):
        connection, response = self._send(request, self.patience)
        try:
            body = response.read(LONGEST + 1)
        finally:
            connection.close()
        if len(body) > LONGEST:
            raise cm.HttpError.TooLong()
        headers = [cm.HttpHeader(name=name.lower(), value=value) for name, value in response.getheaders()]
        return cm.HttpResponse(status=response.status, headers=headers, body=body)

    @staticmethod
    async def _on_a_thread(work, *arguments):
        try:
            return await asyncio.to_thread(work, *arguments)
        except ssl.SSLCertVerificationError as error:
            raise cm.HttpError.CertificateWrong(str(error)) from None
        except (OSError, http.client.HTTPException) as error:
            raise cm.HttpError.Unreachable(repr(error)) from None

    async def send(self, request):
        instead = await self.faults.meet("send")
        if instead is not None:
            return instead
        response = await self._on_a_thread(self._whole, request)
        if self.alter is not None:
            response.body = await self.alter(request, response.body)
        return response

    async def open(self, request):
        await self.faults.meet("open")
        connection, response = await self._on_a_thread(self._send, request, 40)
        return cm.HttpOpened(status=response.status, body=Stream(self, connection, response))


class Stream(cm.HttpStream):
    """An answer that is still coming."""

    def __init__(self, http_client, connection, response):
        self.http = http_client
        self.connection = connection
        self.response = response
        self.socket = connection.sock or response.fp.raw._sock
        http_client.open_streams += 1

    async def next(self):
        await self.http.faults.meet("next")
        piece = await self.http._on_a_thread(self.response.read1, 65536)
        return piece or None

    def close(self):
        self.http.open_streams -= 1
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()


class Clock(cm.Clock):
    """The world's clock, or one that is off."""

    def __init__(self, world):
        self.world = world
        self.off = timedelta()
        self.broken = False

    def now(self):
        if self.broken:
            raise ValueError("no clock")
        return self.world.now + self.off


class Phone:
    """A phone whose keys and storage lie in a folder: an app that is ended finds them again."""

    def __init__(self, folder, world, language="en"):
        self.folder = str(folder)
        self.language = language
        self.faults = Faults()
        self.clock = Clock(world)
        self.start()

    def start(self, app_attest=None):
        """The app is started: what is not stored is gone."""
        self.keys = Keys(self.folder, self.faults)
        self.http = Http(self.faults)
        ports = cm.Ports(
            keys=self.keys,
            storage=Storage(self.folder, self.faults),
            http=self.http,
            clock=self.clock,
            app_attest=app_attest,
        )
        info = cm.PhoneInfo(
            platform="desk",
            model="Ada’s Python",
            language=self.language,
            app_id="com.example.story",
            app_version="1.0.0",
        )
        self.app = cm.Countersign(ports, info)

    def files(self, kind):
        return sorted(name for name in os.listdir(self.folder) if name.startswith(kind))

    async def pair(self, world):
        """Pairs with a world's user, and confirms; the account."""
        started = await self.app.pair(await world.link())
        assert (await world.do("confirm", code=started.code))["active"]
        return await self.app.refresh_account(started.account.id)

    async def only_request(self):
        pending = await self.app.pending()
        assert not pending.unreached, pending.unreached
        assert len(pending.requests) == 1, pending.requests
        return pending.requests[0]
