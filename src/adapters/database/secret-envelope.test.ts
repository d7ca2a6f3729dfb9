// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSealedWith, openSecret, sealSecret } from "./secret-envelope.ts";

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);
const REFUSED = /does not decrypt|secret key is not the one/;

describe("a sealed secret", () => {
  it("opens with its key and name", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 300 }), (name, value) => {
        expect(new Uint8Array(openSecret(KEY, name, sealSecret(KEY, name, value)))).toEqual(value);
      }),
    );
  });

  it("is never the same twice and does not show what is in it", () => {
    const value = Buffer.from("a well-known text");
    const sealed = sealSecret(KEY, "name", value);
    expect(sealSecret(KEY, "name", value).equals(sealed)).toBe(false);
    expect(sealed.includes(value)).toBe(false);
  });

  it("does not open with another key, and says so", () => {
    const sealed = sealSecret(KEY, "name", Uint8Array.of(1));
    expect(() => openSecret(OTHER_KEY, "name", sealed)).toThrow(expect.objectContaining({ code: "SECRET_KEY_WRONG" }));
    expect(isSealedWith(KEY, sealed)).toBe(true);
    expect(isSealedWith(OTHER_KEY, sealed)).toBe(false);
  });

  it("does not open under another name", () => {
    const sealed = sealSecret(KEY, "name", Uint8Array.of(1));
    expect(() => openSecret(KEY, "other", sealed)).toThrow(expect.objectContaining({ code: "SECRET_DAMAGED" }));
  });

  it("does not open when any bit of it was changed, or anything is missing or added", () => {
    const sealed = sealSecret(KEY, "name", Buffer.from("value"));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openSecret(KEY, "name", changed)).toThrow(REFUSED);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => openSecret(KEY, "name", sealed.subarray(0, length))).toThrow(REFUSED);
    }
    expect(() => openSecret(KEY, "name", Buffer.concat([sealed, Buffer.of(0)]))).toThrow(REFUSED);
  });
});
