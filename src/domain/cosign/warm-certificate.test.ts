// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { X509Certificate } from "@sigstore/core";
import { beforeAll, describe, expect, it } from "vitest";
import { createPrivateSigstore, type PrivateSigstore } from "../../../test/support/sigstore/private-sigstore.ts";
import { WarmCertificate } from "./warm-certificate.ts";

let sigstore: PrivateSigstore;
let leaf: Buffer;

beforeAll(async () => {
  sigstore = await createPrivateSigstore();
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  leaf = await sigstore.authority.issue({
    publicKey: publicKey.export({ type: "spki", format: "der" }),
    subject: "me@example.test",
    issuer: "https://issuer.test",
  });
});

describe("WarmCertificate", () => {
  it("has the encodings that the library would make", () => {
    for (const der of [leaf, ...sigstore.authority.chain, ...sigstore.timestamps.chain]) {
      const warm = WarmCertificate.read(der);
      const plain = X509Certificate.parse(Buffer.from(der));
      expect(plain.root.toDER()).toEqual(der);
      expect(warm.der).toEqual(der);
      expect(warm.publicKey).toEqual(plain.publicKey);
      expect(warm.clone().root.toDER()).toEqual(der);
      expect(warm.clone().tbsCertificate.toDER()).toEqual(plain.tbsCertificate.toDER());
    }
  });

  it("gives a clone whose extensions can be taken out without touching the original", () => {
    const warm = WarmCertificate.read(leaf);
    const plain = X509Certificate.parse(Buffer.from(leaf));
    const [clone, plainClone] = [warm.clone(), plain.clone()];
    clone.extensions.pop();
    plainClone.extensions.pop();
    expect(clone.tbsCertificate.toDER()).toEqual(plainClone.tbsCertificate.toDER());
    expect(warm.extensions).toHaveLength(plain.extensions.length);
    expect(warm.clone().root.toDER()).toEqual(leaf);
  });

  it("keeps for each issuer whether it has signed", () => {
    const [issuer, root] = sigstore.authority.chain.map((der) => WarmCertificate.read(der));
    const warm = WarmCertificate.read(leaf);
    for (let again = 0; again < 2; again += 1) {
      expect(issuer === undefined ? undefined : warm.verify(issuer)).toBe(true);
      expect(root === undefined ? undefined : warm.verify(root)).toBe(false);
      expect(warm.verify()).toBe(false);
      expect(root?.verify()).toBe(true);
    }
  });

  it("refuses what is not DER to its end", () => {
    expect(() => WarmCertificate.read(Buffer.concat([leaf, Buffer.from([0])]))).toThrow();
    expect(() => WarmCertificate.read(Buffer.from("3000", "hex"))).toThrow();
    for (let length = 0; length < leaf.length; length += 1) {
      expect(() => WarmCertificate.read(leaf.subarray(0, length))).toThrow();
    }
  });
});
