// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { isAbout, parseStatement, renderStatement } from "./in-toto-statement.ts";

const SHA256 = digestOf("image");
const SHA512 = digestOf("image", "sha512");
const VALID = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "a", digest: { sha256: SHA256.slice(7) } }],
  predicateType: "https://example.test/p",
  predicate: {},
};

function bytesOf(value: unknown): Buffer {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

describe("parseStatement", () => {
  it.each([
    { name: "nothing", value: "" },
    { name: "no JSON", value: "{" },
    { name: "a list", value: [VALID] },
    { name: "null", value: null },
    { name: "invalid UTF-8", value: undefined, bytes: Buffer.from([0x22, 0xff, 0x22]) },
    { name: "another type", value: { ...VALID, _type: "https://in-toto.io/Statement/v2" } },
    { name: "a type in another case", value: { ...VALID, _type: "https://in-toto.io/statement/v1" } },
    { name: "no predicate type", value: { ...VALID, predicateType: undefined } },
    { name: "an empty predicate type", value: { ...VALID, predicateType: "" } },
    { name: "a long predicate type", value: { ...VALID, predicateType: "x".repeat(2000) } },
    { name: "no subject", value: { ...VALID, subject: undefined } },
    { name: "an empty list of subjects", value: { ...VALID, subject: [] } },
    { name: "too many subjects", value: { ...VALID, subject: Array.from({ length: 2001 }, () => VALID.subject[0]) } },
    { name: "one subject without a digest beside a good one", value: { ...VALID, subject: [...VALID.subject, {}] } },
    {
      name: "an upper-case digest",
      value: { ...VALID, subject: [{ digest: { sha256: SHA256.slice(7).toUpperCase() } }] },
    },
    { name: "a digest that is no text", value: { ...VALID, subject: [{ digest: { sha256: 1 } }] } },
    { name: "a name that is no text", value: { ...VALID, subject: [{ ...VALID.subject[0], name: 1 }] } },
    { name: "nested too deep", value: `{"a":${"[".repeat(100)}${"]".repeat(100)}}` },
    { name: "a key twice", value: JSON.stringify(VALID).replace("{", '{"predicateType":"https://other.test",') },
    { name: "a subject twice, spelled otherwise", value: JSON.stringify(VALID).replace("{", '{"subjec\\u0074":[],') },
  ])("$name is no statement", ({ value, bytes }) => {
    expect(() => parseStatement(bytes ?? bytesOf(value))).toThrow(
      expect.objectContaining({ code: "STATEMENT_INVALID" }),
    );
  });

  it.each(["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"])("reads %s", (_type) => {
    expect(parseStatement(bytesOf({ ...VALID, _type }))).toEqual({ ...VALID, _type });
  });

  it("a document that is cut or changed anywhere is refused or still a statement, and nothing else is thrown", () => {
    const bytes = bytesOf(VALID);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
        const changed = isCut ? bytes.subarray(0, at) : Buffer.from(bytes);
        if (!isCut) {
          changed[at] = value;
        }
        try {
          parseStatement(changed);
        } catch (error) {
          expect(error).toMatchObject({ code: "STATEMENT_INVALID" });
        }
      }),
    );
  });

  it("more bytes than allowed are refused", () => {
    const limits = { maxAttestationBytes: 10, maxDescriptors: 10, maxFieldLength: 10, maxJsonDepth: 10 };
    expect(() => parseStatement(bytesOf(VALID), limits)).toThrow(/10/);
  });
});

describe("isAbout", () => {
  it.each([
    { name: "another digest", digest: digestOf("other"), want: false },
    { name: "sha512 when only sha256 is named", digest: SHA512, want: false },
    { name: "the digest", digest: SHA256, want: true },
  ])("$name: $want", ({ digest, want }) => {
    expect(isAbout(parseStatement(bytesOf(VALID)), digest)).toBe(want);
  });

  it("any of the subjects will do, and names prove nothing", () => {
    const other = { name: SHA256, digest: { sha256: digestOf("other").slice(7), sha512: SHA512.slice(7) } };
    expect(isAbout(parseStatement(bytesOf({ ...VALID, subject: [other] })), SHA256)).toBe(false);
    expect(isAbout(parseStatement(bytesOf({ ...VALID, subject: [other] })), SHA512)).toBe(true);
    expect(isAbout(parseStatement(bytesOf({ ...VALID, subject: [other, ...VALID.subject] })), SHA256)).toBe(true);
  });

  it.each<Digest>([SHA256, SHA512])("what we render is about %s", (digest) => {
    const text = renderStatement({
      name: "r/app",
      digest,
      predicateType: "https://example.test/p",
      predicate: { a: 1 },
    });
    expect(isAbout(parseStatement(bytesOf(text)), digest)).toBe(true);
  });
});
