/**
 * SHAKE128 (FIPS 202): the sponge over Keccak-f[1600] with a rate of 168 bytes, domain bits 1111 and any output
 * length.
 */

const RATE: usize = 168;
const state: usize = memory.data(200, 16);

/** Writes `outLen` bytes of SHAKE128 over `n` bytes at `src` to `dst`. */
export function shake128(src: usize, n: usize, dst: usize, outLen: usize): void {
  memory.fill(state, 0, 200);
  for (; n >= RATE; n -= RATE) {
    absorb(src, RATE);
    permute();
    src += RATE;
  }
  absorb(src, n);
  store<u8>(state + n, load<u8>(state + n) ^ 0x1f);
  store<u8>(state, load<u8>(state, 167) ^ 0x80, 167);
  permute();
  for (; outLen > RATE; outLen -= RATE) {
    memory.copy(dst, state, RATE);
    permute();
    dst += RATE;
  }
  memory.copy(dst, state, outLen);
}

function absorb(src: usize, n: usize): void {
  let i: usize = 0;
  for (; i + 8 <= n; i += 8) store<u64>(state + i, load<u64>(state + i) ^ load<u64>(src + i));
  for (; i < n; i++) store<u8>(state + i, load<u8>(state + i) ^ load<u8>(src + i));
}

// @ts-ignore: decorator
@inline
function lane(i: usize): u64 {
  return load<u64>(state + (i << 3));
}

/** Round constants (3.2.5). */
const CONSTANTS: usize = memory.data<u64>([
  0x1, 0x8082, 0x800000000000808a, 0x8000000080008000, 0x808b, 0x80000001, 0x8000000080008081,
  0x8000000000008009, 0x8a, 0x88, 0x80008009, 0x8000000a, 0x8000808b, 0x800000000000008b, 0x8000000000008089,
  0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x800a, 0x800000008000000a, 0x8000000080008081,
  0x8000000000008080, 0x80000001, 0x8000000080008008,
]);

/**
 * Keccak-f[1600] as FIPS 202, 3.2 defines it, its lanes in locals: row ids are made of keys and records with it, one or more
 * permutations a row. The lane at (x, y) is number x + 5y.
 */
function permute(): void {
  let a0 = lane(0);
  let a1 = lane(1);
  let a2 = lane(2);
  let a3 = lane(3);
  let a4 = lane(4);
  let a5 = lane(5);
  let a6 = lane(6);
  let a7 = lane(7);
  let a8 = lane(8);
  let a9 = lane(9);
  let a10 = lane(10);
  let a11 = lane(11);
  let a12 = lane(12);
  let a13 = lane(13);
  let a14 = lane(14);
  let a15 = lane(15);
  let a16 = lane(16);
  let a17 = lane(17);
  let a18 = lane(18);
  let a19 = lane(19);
  let a20 = lane(20);
  let a21 = lane(21);
  let a22 = lane(22);
  let a23 = lane(23);
  let a24 = lane(24);
  for (let round: usize = 0; round < 192; round += 8) {
    const p0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
    const p1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
    const p2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
    const p3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
    const p4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
    const d0 = p4 ^ rotl<u64>(p1, 1);
    const d1 = p0 ^ rotl<u64>(p2, 1);
    const d2 = p1 ^ rotl<u64>(p3, 1);
    const d3 = p2 ^ rotl<u64>(p4, 1);
    const d4 = p3 ^ rotl<u64>(p0, 1);
    const b0 = a0 ^ d0;
    const b10 = rotl<u64>(a1 ^ d1, 1);
    const b20 = rotl<u64>(a2 ^ d2, 62);
    const b5 = rotl<u64>(a3 ^ d3, 28);
    const b15 = rotl<u64>(a4 ^ d4, 27);
    const b16 = rotl<u64>(a5 ^ d0, 36);
    const b1 = rotl<u64>(a6 ^ d1, 44);
    const b11 = rotl<u64>(a7 ^ d2, 6);
    const b21 = rotl<u64>(a8 ^ d3, 55);
    const b6 = rotl<u64>(a9 ^ d4, 20);
    const b7 = rotl<u64>(a10 ^ d0, 3);
    const b17 = rotl<u64>(a11 ^ d1, 10);
    const b2 = rotl<u64>(a12 ^ d2, 43);
    const b12 = rotl<u64>(a13 ^ d3, 25);
    const b22 = rotl<u64>(a14 ^ d4, 39);
    const b23 = rotl<u64>(a15 ^ d0, 41);
    const b8 = rotl<u64>(a16 ^ d1, 45);
    const b18 = rotl<u64>(a17 ^ d2, 15);
    const b3 = rotl<u64>(a18 ^ d3, 21);
    const b13 = rotl<u64>(a19 ^ d4, 8);
    const b14 = rotl<u64>(a20 ^ d0, 18);
    const b24 = rotl<u64>(a21 ^ d1, 2);
    const b9 = rotl<u64>(a22 ^ d2, 61);
    const b19 = rotl<u64>(a23 ^ d3, 56);
    const b4 = rotl<u64>(a24 ^ d4, 14);
    a0 = b0 ^ (~b1 & b2) ^ load<u64>(CONSTANTS + round);
    a1 = b1 ^ (~b2 & b3);
    a2 = b2 ^ (~b3 & b4);
    a3 = b3 ^ (~b4 & b0);
    a4 = b4 ^ (~b0 & b1);
    a5 = b5 ^ (~b6 & b7);
    a6 = b6 ^ (~b7 & b8);
    a7 = b7 ^ (~b8 & b9);
    a8 = b8 ^ (~b9 & b5);
    a9 = b9 ^ (~b5 & b6);
    a10 = b10 ^ (~b11 & b12);
    a11 = b11 ^ (~b12 & b13);
    a12 = b12 ^ (~b13 & b14);
    a13 = b13 ^ (~b14 & b10);
    a14 = b14 ^ (~b10 & b11);
    a15 = b15 ^ (~b16 & b17);
    a16 = b16 ^ (~b17 & b18);
    a17 = b17 ^ (~b18 & b19);
    a18 = b18 ^ (~b19 & b15);
    a19 = b19 ^ (~b15 & b16);
    a20 = b20 ^ (~b21 & b22);
    a21 = b21 ^ (~b22 & b23);
    a22 = b22 ^ (~b23 & b24);
    a23 = b23 ^ (~b24 & b20);
    a24 = b24 ^ (~b20 & b21);
  }
  store<u64>(state, a0);
  store<u64>(state, a1, 8);
  store<u64>(state, a2, 16);
  store<u64>(state, a3, 24);
  store<u64>(state, a4, 32);
  store<u64>(state, a5, 40);
  store<u64>(state, a6, 48);
  store<u64>(state, a7, 56);
  store<u64>(state, a8, 64);
  store<u64>(state, a9, 72);
  store<u64>(state, a10, 80);
  store<u64>(state, a11, 88);
  store<u64>(state, a12, 96);
  store<u64>(state, a13, 104);
  store<u64>(state, a14, 112);
  store<u64>(state, a15, 120);
  store<u64>(state, a16, 128);
  store<u64>(state, a17, 136);
  store<u64>(state, a18, 144);
  store<u64>(state, a19, 152);
  store<u64>(state, a20, 160);
  store<u64>(state, a21, 168);
  store<u64>(state, a22, 176);
  store<u64>(state, a23, 184);
  store<u64>(state, a24, 192);
}
