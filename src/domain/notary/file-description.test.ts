// SPDX-License-Identifier: Apache-2.0

import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { SignatureRejected } from "#signatures";
import { assertDescribes, parseFileDescription } from "./file-description.ts";

const BYTES = Buffer.from("metadata");

function hash(algorithm: string, bytes: Uint8Array = BYTES): string {
  return createHash(algorithm).update(bytes).digest("base64");
}

const OTHER = Buffer.from("metadatb");

it.each([
  { name: "another length", length: 7, hashes: { sha256: hash("sha256") } },
  { name: "another SHA-256", length: 8, hashes: { sha256: hash("sha256", OTHER), sha512: hash("sha512") } },
  { name: "another SHA-512", length: 8, hashes: { sha256: hash("sha256"), sha512: hash("sha512", OTHER) } },
])("bytes with $name are another file", ({ length, hashes }) => {
  expect(() => assertDescribes(parseFileDescription({ length, hashes }, "file"), BYTES, "file")).toThrow(
    SignatureRejected,
  );
});

it.each([
  { name: "no hash", hashes: {} },
  { name: "only SHA-512, by which no file is named", hashes: { sha512: hash("sha512") } },
  { name: "a short hash", hashes: { sha256: "AAAA" } },
  { name: "a hash that every object inherits", hashes: JSON.parse('{"__proto__":{"sha256":"AAAA"}}') as object },
])("$name describes nothing", ({ hashes }) => {
  expect(() => parseFileDescription({ length: 8, hashes }, "file")).toThrow(SignatureRejected);
});

it("bytes with this length and these hashes are the file", () => {
  const description = parseFileDescription({ length: 8, hashes: { sha256: hash("sha256"), md5: "AAAA" } }, "file");
  expect(() => assertDescribes(description, BYTES, "file")).not.toThrow();
});
