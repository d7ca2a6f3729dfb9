// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { renderStatement } from "#attestations";
import { CodedError, type Digest, digestOf } from "#base";
import { OCI_CONFIG, OCI_MANIFEST, parseImageReference } from "#oci";
import type { ReferrerSource, SignedImage } from "#signatures";
import { parseAttestedVex, VEX_PREDICATE_TYPES } from "#suppressions";
import { MemoryTrustStateStore } from "../../../test/support/memory-trust-state-store.ts";
import { readAttestedStatements } from "./read-attested-statements.ts";

const SUBJECT = digestOf("the image");
const [predicateType = ""] = VEX_PREDICATE_TYPES;
const VEX = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://example.com/1",
  author: "us",
  timestamp: "2024-01-01T00:00:00Z",
  version: 1,
  statements: [{ vulnerability: { name: "CVE-1" }, status: "fixed" }],
};
const alice = generateKeyPairSync("ec", { namedCurve: "P-256" });
const mallory = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** A repository with one attestation under the `.att` tag, as cosign attaches it. */
function repositoryWith(
  key: KeyObject,
  about: { readonly digest?: Digest; readonly predicateType?: string } = {},
): ReferrerSource {
  const payload = Buffer.from(renderStatement({ digest: SUBJECT, predicateType, predicate: VEX, ...about }));
  const payloadType = "application/vnd.in-toto+json";
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const sig = sign("sha256", signed, key).toString("base64");
  const envelope = Buffer.from(
    JSON.stringify({ payloadType, payload: payload.toString("base64"), signatures: [{ sig }] }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest: digestOf("{}"), size: 2 },
      layers: [
        {
          mediaType: "application/vnd.dsse.envelope.v1+json",
          digest: digestOf(envelope),
          size: envelope.length,
          annotations: { predicateType },
        },
      ],
    }),
  );
  return {
    listReferrers: () => Promise.resolve([]),
    readManifest: (name) =>
      Promise.resolve(
        name === `${SUBJECT.replace(":", "-")}.att`
          ? { mediaType: OCI_MANIFEST, digest: digestOf(manifest), bytes: manifest }
          : undefined,
      ),
    readBlob: () => Promise.resolve(envelope),
  };
}

async function read(referrers: ReferrerSource) {
  const image: SignedImage = { reference: parseImageReference("registry.example/app:1"), digest: SUBJECT, referrers };
  const pem = alice.publicKey.export({ type: "spki", format: "pem" }).toString();
  return await readAttestedStatements(
    image,
    { kind: "attestation", predicateType, by: [{ kind: "cosign-key", keys: [pem] }], conditions: [] },
    {
      http: { send: () => Promise.reject(new CodedError("HOST_UNREACHABLE", "no network here")) },
      state: new MemoryTrustStateStore(),
      trustRoots: { names: [], resolve: () => Promise.reject(new CodedError("TRUST_ROOT_UNKNOWN", "no trust root")) },
      now: new Date("2026-06-01T00:00:00Z"),
    },
  );
}

describe("readAttestedStatements", () => {
  it.each([
    { name: "signed by somebody else", referrers: repositoryWith(mallory.privateKey) },
    { name: "about another image", referrers: repositoryWith(alice.privateKey, { digest: digestOf("other") }) },
    {
      name: "of another type than it is labelled",
      referrers: repositoryWith(alice.privateKey, { predicateType: "https://example.com/x" }),
    },
  ])("gives nothing that is $name", async ({ referrers }) => {
    const { statements, problems } = await read(referrers);
    expect(statements).toEqual([]);
    expect(problems).not.toEqual([]);
  });

  it("says that there may be more when the repository cannot be read", async () => {
    function fail(): Promise<never> {
      return Promise.reject(new CodedError("HOST_UNREACHABLE", "gone"));
    }
    expect(await read({ listReferrers: fail, readManifest: fail, readBlob: fail })).toMatchObject({
      statements: [],
      isComplete: false,
    });
  });

  it("gives what a trusted signer attached, which speaks of the image", async () => {
    const { statements, isComplete } = await read(repositoryWith(alice.privateKey));
    expect({ count: statements.length, isComplete }).toEqual({ count: 1, isComplete: true });
    const documents = statements.map(({ location, statement }) =>
      parseAttestedVex(statement, { name: location, subject: SUBJECT }),
    );
    expect(documents[0]?.statements).toMatchObject([
      { ids: ["CVE-1"], status: "fixed", products: [{ kind: "image", image: { digest: SUBJECT } }] },
    ]);
  });
});
