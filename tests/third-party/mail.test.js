// A sign-in by a code that goes through `smtp-server`, which shares no code with this project: it takes the mail
// over TLS alone, and `postal-mime` reads the code out of the message.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = ['run', '--quiet', '--locked', '-p', 'countersign-tests', '--example', 'sign-in-by-mail'];
const user = 'countersign';
const password = 'mail server password';

let signIn;
let lines;
let server;
let arrived;

const hear = async () => JSON.parse((await lines.next()).value);
const say = (line) => signIn.stdin.write(`${JSON.stringify(line)}\n`);

before(async () => {
  signIn = spawn('cargo', run, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  lines = createInterface({ input: signIn.stdout })[Symbol.asyncIterator]();
  const { certificate, key } = await hear();
  let arrive;
  arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  server = new SMTPServer({
    cert: certificate,
    key,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth({ username, password: typed }, session, done) {
      const right = session.secure && username === user && typed === password;
      done(right ? null : new Error('no'), right ? { user: username } : undefined);
    },
    onData(stream, { envelope, secure }, done) {
      new Response(Readable.toWeb(stream)).arrayBuffer().then(PostalMime.parse).then((mail) => {
        arrive({ envelope, secure, mail });
        done();
      }, done);
    },
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

after(async () => {
  signIn?.stdin.end();
  signIn?.kill();
  await new Promise((resolve) => {
    server ? server.close(resolve) : resolve();
  });
});

test('the code in the mail signs in', async () => {
  say({ port: server.server.address().port, user, password });
  const { address } = await hear();
  const { envelope, secure, mail } = await arrived;
  assert.equal(secure, true, 'over TLS');
  assert.equal(envelope.mailFrom.address, 'no-reply@example.com');
  assert.deepEqual(envelope.rcptTo.map((to) => to.address), [address]);
  assert.deepEqual(mail.from, { address: 'no-reply@example.com', name: '東京支社' });
  assert.equal(mail.headers.find(({ key: name }) => name === 'auto-submitted').value, 'auto-generated');
  const codes = new Set(mail.text.match(/\b\d{6}\b/g));
  assert.equal(codes.size, 1, mail.text);
  const [code] = codes;
  assert.ok(mail.html.includes(code) && !mail.subject.includes(code));
  say({ code });
  assert.deepEqual(await hear(), { status: 303, location: '/' });
});
