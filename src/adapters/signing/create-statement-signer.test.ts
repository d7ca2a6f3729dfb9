// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderStatement } from "#attestations";
import { digestOf } from "#base";
import { COSIGN_SIGN_PREDICATE_TYPE, createCosignVerifier } from "#cosign";
import { createTrustHttp } from "#http";
import { parseImageReference } from "#oci";
import type { CosignKeylessRequirement, CosignKeyRequirement, TrustHttp } from "#signatures";
import { type SigstoreServers, startSigstoreServers } from "../../../test/support/sigstore/start-sigstore-servers.ts";
import { createStatementSigner, type SigningOptions } from "./create-statement-signer.ts";

const DIGEST = digestOf("image");
const STATEMENT = renderStatement({ digest: DIGEST, predicateType: COSIGN_SIGN_PREDICATE_TYPE, predicate: {} });
let servers: SigstoreServers;
let http: TrustHttp & AsyncDisposable;

beforeAll(async () => {
  servers = await startSigstoreServers();
  http = await createTrustHttp({});
});

afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await servers.close();
});

function verify(requirement: CosignKeyRequirement | CosignKeylessRequirement, bytes: Uint8Array) {
  const reference = parseImageReference("registry.test/app:1");
  return createCosignVerifier(requirement).verifySignatures([{ kind: "bundle", location: "test", bytes }], {
    digest: DIGEST,
    reference,
    now: new Date(),
  });
}

function timestampUrl(): URL {
  return new URL(`${servers.sigstore.urls.timestamps}/api/v1/timestamp`);
}

async function keyless(changes: Partial<SigningOptions> = {}): Promise<Uint8Array> {
  const { urls } = servers.sigstore;
  const identityToken = await servers.issueToken("me@example.test");
  const signer = createStatementSigner({
    signer: { kind: "keyless", identityToken, fulcioUrl: urls.fulcio },
    rekor: { url: urls.rekorV1, version: 1 },
    timeoutMs: 5_000,
    http,
    ...changes,
  });
  return await signer.sign(STATEMENT);
}

function keylessRequirement(): CosignKeylessRequirement {
  const { sigstore } = servers;
  return {
    kind: "cosign-keyless",
    identities: [{ issuer: sigstore.urls.issuer, subject: "me@example.test" }],
    trustRoot: { json: sigstore.trustedRoot() },
  };
}

describe("by a key", () => {
  it.each([
    { name: "ECDSA P-256", pair: generateKeyPairSync("ec", { namedCurve: "P-256" }) },
    { name: "RSA", pair: generateKeyPairSync("rsa", { modulusLength: 2048 }) },
    { name: "Ed25519", pair: generateKeyPairSync("ed25519") },
  ])("$name: we verify it, and no service is asked", async ({ pair }) => {
    const before = servers.requests.length;
    const bundle = await createStatementSigner({ signer: { kind: "key", key: pair.privateKey }, http }).sign(STATEMENT);
    const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(verify({ kind: "cosign-key", keys: [pem] }, bundle)).toMatchObject({
      signatures: [{ kind: "cosign" }],
      problems: [],
    });
    expect(servers.requests).toHaveLength(before);
  });

  it.each([1, 2] as const)("with Rekor v%d and a timestamp", async (version) => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { urls } = servers.sigstore;
    const signer = createStatementSigner({
      signer: { kind: "key", key: pair.privateKey },
      http,
      rekor: version === 1 ? { url: urls.rekorV1, version } : { url: urls.rekorV2, version },
      timestampUrl: timestampUrl(),
    });
    const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    const trustRoot = { json: servers.sigstore.trustedRoot() };
    const requirement = { kind: "cosign-key", keys: [pem], transparencyLog: "required", trustRoot } as const;
    expect(verify(requirement, await signer.sign(STATEMENT))).toMatchObject({ signatures: [{}], problems: [] });
  });
});

describe("keyless", () => {
  it("with Rekor v1: we verify it", async () => {
    expect(verify(keylessRequirement(), await keyless())).toMatchObject({
      signatures: [{ identity: "me@example.test" }],
      problems: [],
    });
  });

  it("with Rekor v2 and a timestamp: we verify it", async () => {
    const { urls } = servers.sigstore;
    const bundle = await keyless({ rekor: { url: urls.rekorV2, version: 2 }, timestampUrl: timestampUrl() });
    expect(verify(keylessRequirement(), bundle)).toMatchObject({
      signatures: [{ identity: "me@example.test", timeSource: "timestamp-authority" }],
      problems: [],
    });
  });

  it.each([
    { name: "without a log", changes: { rekor: undefined } },
    { name: "with Rekor v2 and no timestamp", changes: { rekor: { url: "http://127.0.0.1:1", version: 2 as const } } },
  ])("$name is refused before anybody is asked", async ({ changes }) => {
    const before = servers.requests.length;
    await expect(keyless(changes)).rejects.toMatchObject({ code: "SIGNING_UNSUPPORTED" });
    expect(servers.requests).toHaveLength(before);
  });

  it("a service that is not there fails, and the message has no token", async () => {
    const identityToken = await servers.issueToken("me@example.test");
    const signer = { kind: "keyless", identityToken, fulcioUrl: "http://127.0.0.1:1" } as const;
    const failed = await keyless({ signer }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "SIGNING_SERVICE_FAILED" });
    expect(String(failed)).not.toContain(identityToken.split(".")[1]);
  });
});

describe("answers that are right in form, but about something else", () => {
  function someoneElse(): Promise<Uint8Array> {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return createStatementSigner({ signer: { kind: "key", key: pair.privateKey }, http, ...allServices() }).sign("{}");
  }

  function allServices(): Pick<SigningOptions, "rekor" | "timestampUrl"> {
    return { rekor: { url: servers.sigstore.urls.rekorV2, version: 2 }, timestampUrl: timestampUrl() };
  }

  /** Every request of the kind is answered with what somebody else's signature got. */
  function answering(path: RegExp, bytes: Uint8Array): TrustHttp {
    return {
      send: (url, request) =>
        path.test(url.pathname) ? Promise.resolve({ status: 201, headers: {}, bytes }) : http.send(url, request),
    };
  }

  interface Json {
    readonly verificationMaterial: {
      readonly tlogEntries: readonly unknown[];
      readonly timestampVerificationData: {
        readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
      };
    };
  }

  async function othersProofs(): Promise<Json["verificationMaterial"]> {
    return (JSON.parse(Buffer.from(await someoneElse()).toString()) as Json).verificationMaterial;
  }

  it("a certificate for another key", async () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
    servers.faults.certificateKey = other;
    await expect(keyless()).rejects.toMatchObject({
      code: "SIGNING_SERVICE_FAILED",
      message: expect.stringContaining("another key") as string,
    });
    delete servers.faults.certificateKey;
    await keyless();
  });

  it.each(["key", "keyless"] as const)("%s: an entry of the log for another signature", async (kind) => {
    const [entry] = (await othersProofs()).tlogEntries;
    const wrong = answering(/entries$/, Buffer.from(JSON.stringify(entry)));
    const key = { kind: "key", key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey } as const;
    const signing =
      kind === "key"
        ? createStatementSigner({ signer: key, ...allServices(), http: wrong }).sign(STATEMENT)
        : keyless({ ...allServices(), http: wrong });
    await expect(signing).rejects.toMatchObject({
      code: "SIGNING_SERVICE_FAILED",
      message: expect.stringContaining("entry for another signature") as string,
    });
  });

  it("an entry of Rekor v1 for another signature", async () => {
    servers.faults.logged = { kind: "dsse", apiVersion: "0.0.1", spec: { payloadHash: {}, signatures: [] } };
    await expect(keyless()).rejects.toMatchObject({
      code: "SIGNING_SERVICE_FAILED",
      message: expect.stringContaining("entry for another signature") as string,
    });
    delete servers.faults.logged;
    await keyless();
  });

  it("a timestamp of another signature", async () => {
    const [stamp] = (await othersProofs()).timestampVerificationData.rfc3161Timestamps;
    const wrong = answering(/timestamp$/, Buffer.from(stamp?.signedTimestamp ?? "", "base64"));
    await expect(keyless({ ...allServices(), http: wrong })).rejects.toMatchObject({
      code: "SIGNING_SERVICE_FAILED",
      message: expect.stringContaining("stamped another signature") as string,
    });
  });

  it.each([
    { name: "cannot read", token: "e30.c2VjcmV0LXdvcmQ.c2ln" },
    { name: "repeats", token: `e30.${Buffer.from('{"sub":"secret-word"}').toString("base64url")}.c2ln` },
  ])("an identity token that a service $name is not quoted", async ({ token }) => {
    servers.faults.refusal = `no good: ${token}`;
    const fulcioUrl = servers.sigstore.urls.fulcio;
    const failed = await keyless({ signer: { kind: "keyless", identityToken: token, fulcioUrl } }).catch(String);
    delete servers.faults.refusal;
    expect(failed).toContain("SigningError");
    expect(failed).not.toContain(token.split(".")[1]);
    expect(failed).not.toContain("secret-word");
  });
});
