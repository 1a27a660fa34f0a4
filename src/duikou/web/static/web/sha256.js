// SHA-256 of a file as it is read, piece by piece: crypto.subtle wants the whole file in memory,
// and is not there at all over plain http from other machines. FIPS 180-4.

const K = new Uint32Array(64);
const START = new Uint32Array(8);
for (let found = 0, number = 2; found < 64; number++) {
  let prime = true;
  for (let part = 2; part * part <= number; part++) if (number % part === 0) prime = false;
  if (!prime) continue;
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) >>> 0;
  if (found < 8) START[found] = fraction(Math.sqrt(number));
  K[found++] = fraction(Math.cbrt(number));
}

export class Sha256 {
  state = START.slice();
  rest = new Uint8Array(64);
  waiting = 0;
  length = 0;
  words = new Uint32Array(64);

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.waiting) {
      at = Math.min(64 - this.waiting, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.waiting);
      this.waiting += at;
      if (this.waiting < 64) return this;
      this.block(this.rest, 0);
      this.waiting = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
    this.rest.set(bytes.subarray(at));
    this.waiting = bytes.length - at;
    return this;
  }

  block(bytes, at) {
    const w = this.words;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    const s = this.state;
    let a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
  }

  hex() {
    const length = this.length;
    const end = new Uint8Array((this.waiting < 56 ? 64 : 128) - this.waiting);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(end.length - 4, (length * 8) >>> 0);
    this.update(end);
    return [...this.state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

export async function digestOf(file, tell) {
  const sum = new Sha256();
  const PIECE = 4 * 1048576;
  for (let at = 0; at < file.size; at += PIECE) {
    sum.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    tell(Math.min(at + PIECE, file.size), file.size);
  }
  return sum.hex();
}
