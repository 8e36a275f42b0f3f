// Writes PNG files as small as deflate can make them; a browser writes them in a hurry.

import { deflateSync } from "node:zlib";

const CHANNELS = 3;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** An opaque picture, given as RGBA. */
export function encodePng({ width, height, rgba }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // eight bits a channel, RGB
  const rows = deflateSync(filtered(width, height, rgba), { level: 9, memLevel: 9 });
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

/** Each row as differences from its neighbours, by whichever filter leaves the least. */
function filtered(width, height, rgba) {
  const length = width * CHANNELS;
  const out = Buffer.alloc((length + 1) * height);
  let above = new Uint8Array(length);
  for (let y = 0; y < height; y += 1) {
    const row = new Uint8Array(length);
    for (let x = 0; x < width; x += 1) row.set(rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + CHANNELS), x * CHANNELS);
    const best = FILTERS.map((filter, kind) => differences(row, above, filter, kind)).sort((a, b) => a.weight - b.weight)[0];
    out[y * (length + 1)] = best.kind;
    out.set(best.bytes, y * (length + 1) + 1);
    above = row;
  }
  return out;
}

const FILTERS = [() => 0, (left) => left, (_, up) => up, (left, up) => (left + up) >> 1, paeth];

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function differences(row, above, filter, kind) {
  const bytes = new Uint8Array(row.length);
  let weight = 0;
  for (let at = 0; at < row.length; at += 1) {
    const before = at - CHANNELS;
    const [left, corner] = before < 0 ? [0, 0] : [row[before], above[before]];
    const difference = (row[at] - filter(left, above[at], corner)) & 0xff;
    bytes[at] = difference;
    weight += difference < 128 ? difference : 256 - difference;
  }
  return { kind, bytes, weight };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
