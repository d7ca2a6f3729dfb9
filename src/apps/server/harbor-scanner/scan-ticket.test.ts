// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { rounds } from "../../../../test/support/rounds.ts";
import { readTicket, type ScanTicket, writeTicket } from "./scan-ticket.ts";

const secrets = { getOrCreate: () => Promise.resolve(new Uint8Array(32).fill(3)) };
const others = { getOrCreate: () => Promise.resolve(new Uint8Array(32).fill(4)) };
const TICKET: ScanTicket = {
  account: "4",
  registry: "harbor.example",
  repository: "team/app",
  digest: digestOf("image"),
  tag: "1",
  mimeType: "application/vnd.oci.image.manifest.v1+json",
  who: "x",
  at: 5,
};

it("an id that we did not make is none, whatever it holds", async () => {
  const id = await writeTicket(secrets, TICKET);
  const [payload = "", mac = ""] = id.split(".");
  const forged = Buffer.from(JSON.stringify({ ...TICKET, account: "5" })).toString("base64url");
  for (const each of ["", ".", `${payload}.`, `.${mac}`, `${forged}.${mac}`, `${id}.x`, `${id}A`, "x".repeat(10_000)]) {
    expect(await readTicket(secrets, each)).toBeUndefined();
  }
  expect(await readTicket(others, id)).toBeUndefined();
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.nat(id.length), async (text, at) => {
      const changed = id.slice(0, at) + text + id.slice(at + text.length);
      const read = await readTicket(secrets, changed);
      expect(read === undefined || JSON.stringify(read) === JSON.stringify(TICKET)).toBe(true);
    }),
    { numRuns: rounds({ short: 200, long: 20_000 }) },
  );
});

it("an id says what was asked, to every replica", async () => {
  expect(await readTicket({ ...secrets }, await writeTicket(secrets, TICKET))).toEqual(TICKET);
});
