/** SHA-256 (FIPS 180-4) and HMAC over it (RFC 2104). */

const BLOCK: usize = 64;
const constants: usize = memory.data(256, 16);
const initial: usize = memory.data(32, 16);
const state: usize = memory.data(32, 16);
const schedule: usize = memory.data(256, 16);
const block: usize = memory.data(64, 16);
const pad: usize = memory.data(64, 16);
const digest: usize = memory.data(32, 16);

/** Fills the constants (FIPS 180-4, 4.2.2 and 5.3.3): 32 bits of the fractions of the cube roots of the first 64 primes,
 *  and of the square roots of the first eight. */
function initConstants(): void {
  let count: usize = 0;
  for (let n: u32 = 2; count < 64; n++) {
    let divisor: u32 = 2;
    while (n % divisor) divisor++;
    if (divisor != n) continue;
    const prime = <f64>n;
    let root = 2.0;
    for (let i = 0; i < 20; i++) root -= (root * root * root - prime) / (3 * root * root);
    store<u32>(constants + (count << 2), fraction(root));
    if (count < 8) store<u32>(initial + (count << 2), fraction(sqrt(prime)));
    count++;
  }
}

function fraction(root: f64): u32 {
  return <u32>((root - floor(root)) * 4294967296.0);
}

/** Writes the 32 bytes of SHA-256 of `n` bytes at `src` to `dst`. */
export function sha256(src: usize, n: usize, dst: usize): void {
  start();
  finish(src, n, n, dst);
}

function start(): void {
  if (!load<u32>(initial)) initConstants();
  memory.copy(state, initial, 32);
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
  start();
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
