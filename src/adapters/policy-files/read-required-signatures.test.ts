// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { evaluate } from "#policy";
import { PolicyFileError, readRequiredSignatures } from "#policy-files";

const folder = mkdtempSync(join(tmpdir(), "haechi-required-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const KEY = publicKey.export({ type: "spki", format: "pem" }).toString();
const ARMOURED = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----\n";

let files = 0;
function file(text: string): string {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, text);
  return path;
}

type Pair = readonly [prefix: string, file: string];

const read = (...pairs: readonly Pair[]) =>
  readRequiredSignatures(
    pairs.map(([name, value]) => ({ name, value })),
    "registry.example",
  );

async function problemsOf(...pairs: readonly Pair[]): Promise<readonly string[]> {
  try {
    await read(...pairs);
  } catch (error) {
    if (error instanceof PolicyFileError && error.code === "REQUIRED_SIGNATURES_INVALID") {
      return error.details["problems"] as readonly string[];
    }
    throw error;
  }
  return [];
}

it("asks for nothing where nothing is configured", async () => {
  expect(await read()).toEqual([]);
});

describe("a file with", () => {
  it.each([
    { name: "a public key", text: KEY, want: { cosign: { keys: [KEY] } } },
    { name: "two public keys", text: `${KEY}${KEY}`, want: { cosign: { keys: [KEY, KEY] } } },
    { name: "an armoured key", text: ARMOURED, want: { gpg: { keys: [ARMOURED] } } },
    {
      name: "YAML that holds a key",
      text: `signatures:\n  - cosign:\n      transparencyLog: required\n      key: |\n${KEY.replaceAll(/^(?=.)/gm, "        ")}`,
      want: { cosign: { key: KEY, transparencyLog: "required" } },
    },
    {
      name: "YAML",
      text: "signatures: [{keyless: {issuer: 'https://i.example', subject: ci@example.com}}]",
      want: { keyless: { issuer: "https://i.example", subject: "ci@example.com" } },
    },
  ])("$name asks for that", async ({ text, want }) => {
    const [document] = await read(["team/", file(text)]);
    expect(document).toMatchObject({
      kind: "ClusterImagePolicy",
      mandatory: true,
      repositories: [{ name: "registry.example/team/*", policy: { signatures: [want] } }],
    });
  });

  it.each([
    { name: "nothing", text: "" },
    { name: "some text", text: "hello" },
    { name: "a private key", text: privateKey.export({ type: "pkcs8", format: "pem" }).toString() },
    { name: "a broken public key", text: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n" },
    { name: "a broken certificate", text: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    { name: "an empty list", text: "signatures: []" },
    { name: "null", text: "signatures:" },
    { name: "a misspelt field", text: "signature: [{cosign: {key: x}}]" },
    { name: "a check that is not about signatures", text: "signatures: [{cosign: {key: x}}]\nmode: audit\n" },
    { name: "bytes that are no text", text: "\uD800" },
  ])("$name is refused", async ({ text }) => {
    expect(await problemsOf(["team/", file(text)])).toHaveLength(1);
  });
});

it("says what is wrong with all files at once, and repeats no key", async () => {
  const secret = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const problems = await problemsOf(["a/", join(folder, "absent")], ["b/", file(KEY)], ["c/", file(secret)]);
  expect(problems).toEqual([
    expect.stringMatching(/a\/=.*ENOENT/) as unknown,
    expect.stringMatching(/c\/=.*private key/) as unknown,
  ]);
  expect(problems.join()).not.toContain(secret.split("\n")[1]);
});

it("refuses a condition that cannot be read", async () => {
  const attestation = `attestations: [{predicateType: "https://example.com/t", by: [{cosign: {key: ${JSON.stringify(KEY)}}}], conditions: ["predicate ("]}]`;
  expect(await problemsOf(["a/", file(attestation)])).toHaveLength(1);
  expect(await problemsOf(["a/", file(attestation.replace("predicate (", "predicate.x == 1"))])).toEqual([]);
});

describe("of several prefixes", () => {
  it.each([
    { reference: "registry.example/team/app:1", want: "registry.example/team/*" },
    { reference: "127.0.0.1:5000/team/app:1", want: "registry.example/team/*" },
    { reference: `registry.example/team/app@${digestOf("x")}`, want: "registry.example/team/*" },
    { reference: "registry.example/other/app:1", want: "registry.example/*" },
    { reference: "registry.example/team", want: "registry.example/*" },
    { reference: "registry.example.evil/team/app:1", want: undefined },
  ])("the longest counts for $reference, under any name of the registry", async ({ reference, want }) => {
    const required = await read(["*", file(KEY)], ["team/", file(KEY)]);
    const open = { kind: "ClusterImagePolicy", name: "open", repositories: [{ name: "*" }] } as const;
    const verdict = evaluate({
      reference,
      policies: [open, ...required],
      hostAliases: ["registry.example", "127.0.0.1:5000"],
      facts: { kind: "unknown" },
      now: new Date("2026-11-22T00:00:00Z"),
    });
    expect(verdict.mandatory?.map(({ repository }) => repository)[0]).toBe(want);
    expect(verdict.outcome).toBe(want === undefined ? "allow" : "undecided");
  });
});
