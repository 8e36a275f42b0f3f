// Reads the statement vectors with `jose`, which shares no code with this project.
//
// `jose` checks what JWS asks for. Countersign asks for more (one spelling, exactly three header
// members, exactly the payload's members), so some vectors that Countersign refuses are good JWS. What
// must agree: every valid vector verifies, and every wrong signature does not.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from 'jose';

const read = (name) =>
  JSON.parse(readFileSync(new URL(`../../protocol/vectors/${name}.json`, import.meta.url), 'utf8'));
const files = ['envelope', 'request', 'decision', 'call'].map((name) => ({ name, ...read(name) }));
const pairing = read('pairing');
const keys = read('test-keys');

const verify = async (statement, jwk) =>
  compactVerify(statement, await importJWK(jwk, 'ES256'), { algorithms: ['ES256'] });
const payloadOf = ({ payload }) => JSON.parse(new TextDecoder().decode(payload));

async function accepts(statement, jwk, typ, payload) {
  const verified = await verify(statement, jwk);
  assert.deepEqual(payloadOf(verified), payload);
  assert.deepEqual(verified.protectedHeader, {
    alg: 'ES256',
    typ,
    kid: await calculateJwkThumbprint(jwk, 'sha256'),
  });
}

// Refused by any JWS implementation, whatever else it tolerates.
const everyone = new Set(['signature', 'signature_length', 'algorithm', 'not_three_parts']);

for (const file of files) {
  const valid = file.vectors.filter((vector) => 'payload' in vector);
  test(`${file.name}: valid vectors verify`, async (t) => {
    assert.ok(valid.length > 0);
    for (const { name, statement, key, payload } of valid) {
      await t.test(name, () => accepts(statement, key, file.typ, payload));
    }
  });

  test(`${file.name}: wrong signatures do not`, async (t) => {
    for (const { name, statement, key } of file.vectors.filter((vector) => everyone.has(vector.error))) {
      await t.test(name, () => assert.rejects(verify(statement, key), { code: /^ERR_J/ }));
    }
  });

  test(`${file.name}: an unknown key is one by its name or by its signature`, async (t) => {
    for (const { name, statement, key } of file.vectors.filter((vector) => vector.error === 'unknown_key')) {
      await t.test(name, async () => {
        assert.notEqual(decodeProtectedHeader(statement).kid, await calculateJwkThumbprint(key, 'sha256'));
      });
    }
  });

  // A refusal shows nothing if the statement were broken in some other way as well.
  test(`${file.name}: wrong payloads are well signed`, async (t) => {
    for (const { name, statement, key } of file.vectors.filter((vector) => vector.error === 'payload')) {
      await t.test(name, () => verify(statement, key));
    }
  });
}

test('pairing: valid claims verify with the keys they bring', async (t) => {
  for (const { name, device, approval, payload } of pairing.vectors.filter((vector) => 'payload' in vector)) {
    await t.test(name, async () => {
      await accepts(device, payload.device_key, pairing.typ, payload);
      await accepts(approval, payload.approval_key, pairing.typ, payload);
      assert.deepEqual(payload.device_key, publicPart(keys.device));
      assert.deepEqual(payload.approval_key, publicPart(keys.approval));
    });
  }
});

test('pairing: of a claim with a wrong signature, one does not verify', async (t) => {
  for (const { name, device, approval } of pairing.vectors.filter((vector) => vector.error === 'signature')) {
    await t.test(name, async () => {
      const claim = JSON.parse(Buffer.from(device.split('.')[1], 'base64url').toString());
      const verified = Promise.all([verify(device, claim.device_key), verify(approval, claim.approval_key)]);
      // A key that is no point of the curve already fails as a key.
      const expected = name === 'key_off_the_curve' ? Error : { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' };
      await assert.rejects(verified, expected);
    });
  }
});

const publicPart = ({ kty, crv, x, y }) => ({ kty, crv, x, y });
