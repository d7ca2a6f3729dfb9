// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { createPrivateSigstore, type PrivateSigstore } from "../../../test/support/sigstore/private-sigstore.ts";
import { CosignError } from "./errors.ts";
import { parseTrustedRoot } from "./trust-root.ts";

let sigstore: PrivateSigstore;
let other: PrivateSigstore;
let leaf: string;

beforeAll(async () => {
  sigstore = await createPrivateSigstore();
  other = await createPrivateSigstore();
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = publicKey.export({ type: "spki", format: "der" });
  const order = { publicKey: der, subject: "me@example.test", issuer: "https://issuer.test" };
  leaf = (await sigstore.authority.issue(order)).toString("base64");
});

// biome-ignore lint/suspicious/noExplicitAny: trust roots are broken in every way
type Root = any;

describe("parseTrustedRoot", () => {
  it.each<{ name: string; change: (root: Root) => void }>([
    { name: "another media type", change: (root) => (root.mediaType = "application/json") },
    { name: "no media type", change: (root) => delete root.mediaType },
    {
      name: "a certificate that is none",
      change: (root) => (root.certificateAuthorities[0].certChain.certificates[0].rawBytes = "MAA="),
    },
    { name: "an empty chain", change: (root) => (root.certificateAuthorities[0].certChain.certificates = []) },
    { name: "no chain", change: (root) => delete root.certificateAuthorities[0].certChain },
    {
      name: "a chain in the wrong order",
      change: (root) => root.certificateAuthorities[0].certChain.certificates.reverse(),
    },
    {
      name: "a chain without its root",
      change: (root) => root.certificateAuthorities[0].certChain.certificates.pop(),
    },
    {
      name: "another root",
      change: (root) => {
        const foreign = JSON.parse(other.trustedRoot());
        const { certificates } = root.certificateAuthorities[0].certChain;
        certificates[1] = foreign.certificateAuthorities[0].certChain.certificates[1];
      },
    },
    {
      name: "a chain that starts with a signer's certificate",
      change: (root) => root.certificateAuthorities[0].certChain.certificates.unshift({ rawBytes: leaf }),
    },
    {
      name: "a timestamp authority as certificate authority",
      change: (root) => (root.certificateAuthorities[0].certChain = root.timestampAuthorities[0].certChain),
    },
    {
      name: "a certificate authority as timestamp authority",
      change: (root) => (root.timestampAuthorities[0].certChain = root.certificateAuthorities[0].certChain),
    },
    {
      name: "a validity that ends before it begins",
      change: (root) => {
        root.certificateAuthorities[0].validFor = { start: "2026-02-01T00:00:00Z", end: "2026-01-01T00:00:00Z" };
      },
    },
    {
      name: "a date that is none",
      change: (root) => (root.tlogs[0].publicKey.validFor.start = "yesterday"),
    },
    { name: "a log without a key", change: (root) => delete root.tlogs[0].publicKey },
    { name: "a log without an id", change: (root) => delete root.tlogs[0].logId },
    { name: "a log without a URL", change: (root) => (root.tlogs[0].baseUrl = "") },
    { name: "a log with an empty id", change: (root) => (root.tlogs[0].logId.keyId = "") },
    { name: "a key that is none", change: (root) => (root.tlogs[0].publicKey.rawBytes = "MAA=") },
    {
      name: "a key of an unknown curve",
      change: (root) => {
        const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
        root.tlogs[0].publicKey.rawBytes = publicKey.export({ type: "spki", format: "der" }).toString("base64");
      },
    },
    { name: "two logs with one id", change: (root) => (root.tlogs[1].logId = root.tlogs[0].logId) },
    {
      name: "a certificate log whose id is not of its key",
      change: (root) => (root.ctlogs[0].logId = root.tlogs[0].logId),
    },
    {
      name: "more authorities than anybody has",
      change: (root) => (root.ctlogs = Array.from({ length: 65 }, () => root.ctlogs[0])),
    },
    {
      name: "bytes that want to be a large buffer",
      change: (root) => (root.tlogs[0].publicKey.rawBytes = { length: 4_294_967_295 }),
    },
  ])("refuses $name", ({ change }) => {
    const root = JSON.parse(sigstore.trustedRoot());
    change(root);
    expect(() => parseTrustedRoot(JSON.stringify(root))).toThrow(CosignError);
  });

  it.each([
    { name: "nothing", text: "" },
    { name: "null", text: "null" },
    { name: "a list", text: "[]" },
    { name: "deep nesting", text: `${"[".repeat(100_000)}` },
    { name: "too many bytes", text: " ".repeat(LIMITS.maxTrustMaterialBytes + 1) },
  ])("refuses $name", ({ text }) => {
    expect(() => parseTrustedRoot(text)).toThrow(CosignError);
  });

  it("refuses it cut at any place", () => {
    const bytes = Buffer.from(sigstore.trustedRoot());
    for (let length = 0; length < bytes.length; length += 11) {
      expect(() => parseTrustedRoot(bytes.subarray(0, length))).toThrow(CosignError);
    }
  });

  it("takes the root of the public Sigstore, as `@sigstore/tuf` brings it", () => {
    const path = createRequire(import.meta.url).resolve("@sigstore/tuf/seeds.json");
    const seeds = JSON.parse(readFileSync(path, "utf8"));
    const text = seeds["https://tuf-repo-cdn.sigstore.dev"].targets["trusted_root.json"];
    const { material } = parseTrustedRoot(Buffer.from(text, "base64"));
    expect(material.certificateAuthorities.length).toBeGreaterThan(0);
    expect(material.tlogs.map((log) => log.baseURL)).toContain("https://rekor.sigstore.dev");
  });

  it("takes text and bytes, and whatever services are left out", () => {
    const all = parseTrustedRoot(Buffer.from(sigstore.trustedRoot()));
    expect(all.material.tlogs).toHaveLength(2);
    const without = parseTrustedRoot(sigstore.trustedRoot(["authority", "certificateLog", "timestamps"]));
    expect(without.material.certificateAuthorities).toEqual([]);
  });
});
