// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { parseCoseEnvelope } from "./parse-cose.ts";

/** A tagged COSE_Sign1 whose unprotected header is these bytes. */
function envelopeWith(unprotected: Buffer): Buffer {
  const bytes = Buffer.from("4101", "hex");
  return Buffer.concat([Buffer.from("d28441a0", "hex"), unprotected, bytes, bytes]);
}

it.each([
  { name: "a list of empty lists", head: "a1019a000f4240", item: "80", count: 1_000_000 },
  { name: "a list of texts", head: "a10199ffff", item: "6161", count: 0xffff },
  { name: "the same in a list without an end", head: "a1019f", item: "80", count: 500_000 },
])("$name is refused before it is decoded", ({ head, item, count }) => {
  const bytes = envelopeWith(
    Buffer.concat([Buffer.from(head, "hex"), Buffer.alloc(count * (item.length / 2), item, "hex")]),
  );
  expect(() => parseCoseEnvelope(bytes)).toThrow(/more values than an envelope has/);
});
