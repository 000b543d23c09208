/** A seeded generator (xorshift32) with the draws a fuzzer needs. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 2654435761) >>> 0 || 1;
    for (let i = 0; i < 16; i++) this.unit();
  }

  unit(): number {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s >>> 0;
    return this.state / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  chance(p: number): boolean {
    return this.unit() < p;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
