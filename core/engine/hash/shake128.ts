/**
 * SHAKE128 (FIPS 202): the sponge over Keccak-f[1600] with a rate of 168 bytes, domain bits 1111 and any output
 * length.
 */

const RATE: usize = 168;
const state: usize = memory.data(200, 16);
/** Column parities, then a row before its step. */
const five: usize = memory.data(40, 16);

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
function lane(at: usize, i: u32): u64 {
  return load<u64>(at + ((<usize>i) << 3));
}

/**
 * Keccak-f[1600] as FIPS 202, 3.2 defines it: rotations, places and round constants are computed, which takes little
 * code. Names are shortened and ids derived with it now and then, so it need not be fast.
 */
function permute(): void {
  let bits: u32 = 1;
  for (let round = 0; round < 24; round++) {
    for (let x: u32 = 0; x < 5; x++) {
      let parity: u64 = 0;
      for (let i = x; i < 25; i += 5) parity ^= lane(state, i);
      store<u64>(five + ((<usize>x) << 3), parity);
    }
    for (let i: u32 = 0; i < 25; i++)
      store<u64>(
        state + ((<usize>i) << 3),
        lane(state, i) ^ lane(five, (i + 4) % 5) ^ rotl<u64>(lane(five, (i + 1) % 5), 1),
      );
    // The lane at (x, y) turns and moves to (y, 2x + 3y).
    let moving = lane(state, 1);
    let x: u32 = 1;
    let y: u32 = 0;
    for (let t: u32 = 0; t < 24; t++) {
      const next = (2 * x + 3 * y) % 5;
      x = y;
      y = next;
      const at = x + 5 * y;
      const there = lane(state, at);
      store<u64>(state + ((<usize>at) << 3), rotl<u64>(moving, ((t + 1) * (t + 2)) >> 1));
      moving = there;
    }
    for (let row: usize = 0; row < 200; row += 40) {
      memory.copy(five, state + row, 40);
      for (let i: u32 = 0; i < 5; i++)
        store<u64>(
          state + row + ((<usize>i) << 3),
          lane(five, i) ^ (~lane(five, (i + 1) % 5) & lane(five, (i + 2) % 5)),
        );
    }
    // The register of 3.2.5 gives the bits 2^j - 1 of the round's constant.
    for (let j = 0; j < 7; j++) {
      if (bits & 1) store<u64>(state, load<u64>(state) ^ ((<u64>1) << ((1 << j) - 1)));
      bits = (bits << 1) ^ (bits & 0x80 ? 0x171 : 0);
    }
  }
}
