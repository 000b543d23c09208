/** SHA-256 (FIPS 180-4) and HMAC over it (RFC 2104). */

const BLOCK: usize = 64;
// prettier-ignore
const constants: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);
// prettier-ignore
const initial: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], 16);
const state: usize = memory.data(32, 16);
const schedule: usize = memory.data(256, 16);
const block: usize = memory.data(64, 16);
const pad: usize = memory.data(64, 16);
const digest: usize = memory.data(32, 16);

/** Writes the 32 bytes of SHA-256 of `n` bytes at `src` to `dst`. */
export function sha256(src: usize, n: usize, dst: usize): void {
  memory.copy(state, initial, 32);
  finish(src, n, n, dst);
}

/** Writes the 32 bytes of HMAC-SHA-256 of `n` bytes at `src` under the key to `dst`. */
export function hmacSha256(key: usize, keyLen: usize, src: usize, n: usize, dst: usize): void {
  memory.fill(pad, 0, BLOCK);
  if (keyLen > BLOCK) sha256(key, keyLen, pad);
  else memory.copy(pad, key, keyLen);
  startWithPad(0x36);
  finish(src, n, n + BLOCK, digest);
  startWithPad(0x5c);
  finish(digest, 32, 32 + BLOCK, dst);
}

/** Begins a hash with the key block, each byte combined with `mark`. */
function startWithPad(mark: u8): void {
  for (let i: usize = 0; i < BLOCK; i++) store<u8>(block + i, load<u8>(pad + i) ^ mark);
  memory.copy(state, initial, 32);
  compress(block);
}

/** Hashes the remaining `n` bytes of a message of `total` bytes and writes the digest. */
function finish(src: usize, n: usize, total: usize, dst: usize): void {
  for (; n >= BLOCK; n -= BLOCK) {
    compress(src);
    src += BLOCK;
  }
  memory.fill(block, 0, BLOCK);
  memory.copy(block, src, n);
  store<u8>(block + n, 0x80);
  if (n >= 56) {
    compress(block);
    memory.fill(block, 0, BLOCK);
  }
  store<u64>(block, bswap<u64>((<u64>total) << 3), 56);
  compress(block);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(dst + i, bswap<u32>(load<u32>(state + i)));
}

// @ts-ignore: decorator
@inline
function word(base: usize, i: usize): u32 {
  return load<u32>(base + (i << 2));
}

function compress(src: usize): void {
  for (let i: usize = 0; i < 16; i++) store<u32>(schedule + (i << 2), bswap<u32>(word(src, i)));
  for (let i: usize = 16; i < 64; i++) {
    const early = word(schedule, i - 15);
    const late = word(schedule, i - 2);
    const small = rotr<u32>(early, 7) ^ rotr<u32>(early, 18) ^ (early >> 3);
    const large = rotr<u32>(late, 17) ^ rotr<u32>(late, 19) ^ (late >> 10);
    store<u32>(schedule + (i << 2), word(schedule, i - 16) + small + word(schedule, i - 7) + large);
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let i: usize = 0; i < 64; i++) {
    const mix = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const first = h + mix + ((e & f) ^ (~e & g)) + word(constants, i) + word(schedule, i);
    const second = (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  store<u32>(state, word(state, 0) + a);
  store<u32>(state, word(state, 1) + b, 4);
  store<u32>(state, word(state, 2) + c, 8);
  store<u32>(state, word(state, 3) + d, 12);
  store<u32>(state, word(state, 4) + e, 16);
  store<u32>(state, word(state, 5) + f, 20);
  store<u32>(state, word(state, 6) + g, 24);
  store<u32>(state, word(state, 7) + h, 28);
}
