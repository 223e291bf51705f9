// Ids made in the browser: record ids (41 bits of ms since 2020, 22 random bits counting up inside one ms, Crockford base32) and
// UUIDv7 (RFC 9562) for mutations. The same layout as core/base/ids.hpp.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const EPOCH_2020 = Date.UTC(2020, 0, 1);

let lastRecord = 0n;

export function newRecordId(now = Date.now()): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  // The top random bit stays clear, so counting up inside one ms has room.
  let value = (BigInt(Math.max(0, now - EPOCH_2020)) << 22n) | BigInt(random & 0x1fffff);
  if (value <= lastRecord) value = lastRecord + 1n;
  lastRecord = value;
  return base32(value);
}

export function base32(value: bigint): string {
  let text = '';
  for (let i = 0; i < 13; i += 1) {
    text = (ALPHABET[Number(value & 31n)] ?? '0') + text;
    value >>= 5n;
  }
  return text;
}

export function newMutationId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = now;
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
