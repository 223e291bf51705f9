/** xorshift: the same on every machine. */
export class Chance {
  #state;
  constructor(seed) { this.#state = (seed * 2654435761 + 1) >>> 0 || 1; }
  next() {
    let x = this.#state;
    x ^= x << 13; x >>>= 0; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
    this.#state = x;
    return x / 2 ** 32;
  }
  between(low, high) { return low + this.next() * (high - low); }
  one(list) { return list[Math.floor(this.next() * list.length)]; }
}
