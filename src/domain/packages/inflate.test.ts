// SPDX-License-Identifier: Apache-2.0
import { deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inflate } from "./inflate.ts";

describe("inflate", () => {
  it.each([
    { name: "nothing", data: Buffer.alloc(0) },
    { name: "cut off", data: deflateRawSync(Buffer.alloc(100_000, "abc")).subarray(0, 20) },
    { name: "something else", data: Buffer.from("\xff\xff\xff\xff", "latin1") },
  ])("$name is malformed", ({ data }) => {
    expect(inflate(data, "deflate", 1_000_000)).toEqual({ failure: "malformed" });
  });

  it("a bomb is not unpacked", () => {
    expect(inflate(deflateRawSync(Buffer.alloc(300_000_000)), "deflate", 1_000_000)).toEqual({ failure: "tooLarge" });
  });

  it("gives back what was deflated, up to the limit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50_000 }), fc.boolean(), (content, isZlib) => {
        const data = isZlib ? deflateSync(content) : deflateRawSync(content);
        const format = isZlib ? "zlib" : "deflate";
        const inflated = inflate(data, format, content.length);
        expect("bytes" in inflated && Buffer.from(inflated.bytes).equals(content)).toBe(true);
        if (content.length > 0) {
          expect(inflate(data, format, content.length - 1)).toEqual({ failure: "tooLarge" });
        }
      }),
    );
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(inflate(bytes, "deflate", 1_000)).toBeDefined();
        expect(inflate(bytes, "zlib", 1_000)).toBeDefined();
      }),
    );
  });
});
