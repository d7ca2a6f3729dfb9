// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { SimpleSigningError } from "./errors.ts";
import { parseSimpleSigningPayload, renderSimpleSigningPayload } from "./payload.ts";

const DIGEST = digestOf("manifest");

function document(
  changes: { critical?: object; image?: object; identity?: object; optional?: unknown; top?: object } = {},
): string {
  return JSON.stringify({
    critical: {
      type: "atomic container signature",
      image: { "docker-manifest-digest": DIGEST, ...changes.image },
      identity: { "docker-reference": "busybox:latest", ...changes.identity },
      ...changes.critical,
    },
    optional: "optional" in changes ? changes.optional : {},
    ...changes.top,
  });
}

describe("parseSimpleSigningPayload", () => {
  it.each([
    { name: "no JSON", text: "nothing" },
    { name: "invalid UTF-8", text: Buffer.from([0x22, 0xff, 0x22]) },
    { name: "a byte order mark", text: `\ufeff${document()}` },
    { name: "a list", text: "[]" },
    { name: "something behind the document", text: `${document()}{}` },
    { name: "an unknown member beside critical", text: document({ top: { other: 1 } }) },
    { name: "an unknown critical member", text: document({ critical: { other: 1 } }) },
    { name: "an unknown member of the image", text: document({ image: { other: 1 } }) },
    { name: "an unknown member of the identity", text: document({ identity: { other: 1 } }) },
    { name: "another type", text: document({ critical: { type: "cosign container image signature" } }) },
    { name: "a type in other letters", text: document({ critical: { type: "Atomic container signature" } }) },
    { name: "a type that is a list", text: document({ critical: { type: ["atomic container signature"] } }) },
    { name: "no digest", text: document({ image: { "docker-manifest-digest": undefined } }) },
    { name: "a digest that is none", text: document({ image: { "docker-manifest-digest": "sha256:12" } }) },
    { name: "a digest in capitals", text: document({ image: { "docker-manifest-digest": DIGEST.toUpperCase() } }) },
    { name: "a reference that is a number", text: document({ identity: { "docker-reference": 1 } }) },
    { name: "no optional part", text: document({ optional: undefined }) },
    { name: "an optional part that is null", text: document({ optional: null }) },
    { name: "a creator that is a number", text: document({ optional: { creator: 1 } }) },
    { name: "a timestamp with a fraction", text: document({ optional: { timestamp: 1.5 } }) },
    { name: "a timestamp that is a text", text: document({ optional: { timestamp: "1" } }) },
    { name: "critical twice", text: document().replace(/}$/, ',"critical":{}}') },
    { name: "a digest twice", text: document().replace('"image":{', `"image":{"docker-manifest-digest":"${DIGEST}",`) },
    {
      name: "a digest twice, once in escapes",
      text: document().replace('"image":{', `"image":{"docker-manifest\\u002ddigest":"${DIGEST}",`),
    },
    {
      name: "an optional member twice",
      text: document({ optional: { creator: "a" } }).replace('{"creator"', '{"creator":"b","creator"'),
    },
    { name: "deep nesting", text: document({ optional: { deep: JSON.parse(`${"[".repeat(99)}${"]".repeat(99)}`) } }) },
    { name: "a prototype as member", text: document().replace('"critical":', '"__proto__":') },
  ])("$name is malformed", ({ text }) => {
    expect(() => parseSimpleSigningPayload(Buffer.from(text))).toThrow(expect.objectContaining({ code: "MALFORMED" }));
  });

  it("reads what is critical and what it knows of the rest", () => {
    const text = document({ optional: { creator: "x 1", timestamp: 1483228800, foreign: [1, { a: null }] } });
    expect(parseSimpleSigningPayload(Buffer.from(text))).toEqual({
      digest: DIGEST,
      reference: "busybox:latest",
      creator: "x 1",
      timestamp: 1483228800,
    });
  });

  it("reads back what it renders", () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (reference, creator) => {
        const payload = { digest: DIGEST, reference, creator, timestamp: 5 };
        expect(parseSimpleSigningPayload(renderSimpleSigningPayload(payload))).toEqual(payload);
      }),
    );
  });

  it("every truncation is malformed", () => {
    const bytes = Buffer.from(document());
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => parseSimpleSigningPayload(bytes.subarray(0, length))).toThrow(SimpleSigningError);
    }
  });
});
