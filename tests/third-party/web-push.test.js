// Sends wakes by the server's own sender to `web-push-testing`, which shares no code with this project:
// it checks the VAPID token with `jsonwebtoken` and decrypts with `http_ece`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const WebPushTestingServer = require('web-push-testing/src/server.js');
const { PushApiModel } = require('web-push-testing/src/PushApiModel.js');

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = ['run', '--quiet', '--locked', '-p', 'countersign-tests', '--example', 'send-wake'];

let sender;
let lines;
let service;
let origin;
let key;

const nextLine = async () => JSON.parse((await lines.next()).value);

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, data: answer.ok && text.startsWith('{') ? JSON.parse(text).data : undefined };
}

const subscribe = async (applicationServerKey) =>
  (await post('/subscribe', { userVisibleOnly: 'true', applicationServerKey })).data;

async function send({ endpoint, keys }) {
  sender.stdin.write(`${JSON.stringify({ endpoint, keys })}\n`);
  return nextLine();
}

before(async () => {
  const model = new PushApiModel();
  const testing = new WebPushTestingServer(model, 0);
  testing.setRequestHandlers();
  // Its own start would listen on every address.
  service = await new Promise((resolve) => {
    const listening = testing._app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  origin = `http://127.0.0.1:${service.address().port}`;
  model.notifyUrl = `${origin}/notify/`;

  sender = spawn('cargo', run, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  lines = createInterface({ input: sender.stdout })[Symbol.asyncIterator]();
  ({ key } = await nextLine());
});

after(() => {
  sender?.stdin.end();
  service?.closeAllConnections();
  service?.close();
});

test('a wake is accepted and decrypts to its id and nothing else', async () => {
  const subscription = await subscribe(key);
  const sent = await send(subscription);
  assert.equal(sent.outcome, 'Accepted', sent.said);
  const { data } = await post('/get-notifications', { clientHash: subscription.clientHash });
  assert.deepEqual(data.messages, [JSON.stringify({ wake: sent.wake })]);
});

test('a subscription that has ended is gone', async () => {
  const subscription = await subscribe(key);
  await post(`/expire-subscription/${subscription.clientHash}`, {});
  assert.deepEqual(await send(subscription).then(({ outcome, said }) => [outcome, said]), ['Gone', '410']);
});

test('a subscription of another sender is refused', async () => {
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const { publicKey } = await webcrypto.subtle.generateKey(curve, true, ['sign']);
  const raw = Buffer.from(await webcrypto.subtle.exportKey('raw', publicKey));
  const sent = await send(await subscribe(raw.toString('base64url')));
  assert.deepEqual([sent.outcome, sent.said], ['Refused', '400']);
});
