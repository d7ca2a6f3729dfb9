// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CodedError, type Digest, digestOf } from "#base";
import { OCI_CONFIG, OCI_MANIFEST, parseImageReference } from "#oci";
import type { ReferrerSource, SignedImage, TrustHttp, TrustRequirement } from "#signatures";
import { createSignatureVerifier, type SignatureVerifierOptions, type TrustRoots } from "#trust-sources";
import { MemoryTrustStateStore } from "../../../test/support/memory-trust-state-store.ts";
import { TrustSourceError } from "./errors.ts";

const SUBJECT = digestOf("the image");
const NOW = new Date("2026-06-01T00:00:00Z");
const NO_HTTP: TrustHttp = { send: () => Promise.reject(new CodedError("HOST_UNREACHABLE", "no network here")) };
const NO_ROOTS: TrustRoots = {
  names: [],
  resolve: () => Promise.reject(new CodedError("TRUST_ROOT_UNKNOWN", "no trust root is configured")),
};
const [alice, bob] = [newKey(), newKey()];

interface Key {
  readonly pem: string;
  readonly privateKey: KeyObject;
}

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { pem: publicKey.export({ type: "spki", format: "pem" }).toString(), privateKey };
}

/** A repository in memory, with cosign signatures of the older form under the `.sig` tag. */
class Repository implements ReferrerSource {
  readonly blobs: Map<Digest, Buffer> = new Map();
  readonly tags: Map<string, Buffer> = new Map();
  failure: Error | undefined;
  asked = 0;

  sign(key: Key, digest: Digest = SUBJECT): this {
    const payload = Buffer.from(
      JSON.stringify({
        critical: {
          identity: { "docker-reference": "registry.example/team/app" },
          image: { "docker-manifest-digest": digest },
          type: "cosign container image signature",
        },
        optional: null,
      }),
    );
    const signature = sign("sha256", payload, key.privateKey).toString("base64");
    const layers = [...this.#layers(), this.#layer(payload, signature)];
    const config = this.#blob(Buffer.from("{}"), OCI_CONFIG);
    this.tags.set(
      this.#tag,
      Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers })),
    );
    return this;
  }

  listReferrers(): ReturnType<ReferrerSource["listReferrers"]> {
    return this.#answer([]);
  }

  readManifest(name: string): ReturnType<ReferrerSource["readManifest"]> {
    const bytes = this.tags.get(name);
    return this.#answer(bytes === undefined ? undefined : { mediaType: OCI_MANIFEST, digest: digestOf(bytes), bytes });
  }

  async readBlob({ digest }: { readonly digest: Digest }): Promise<Uint8Array> {
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) {
      throw new CodedError("BLOB_MISSING", "no such blob");
    }
    return await this.#answer(bytes);
  }

  async #answer<T>(value: T): Promise<T> {
    this.asked += 1;
    if (this.failure !== undefined) {
      throw this.failure;
    }
    return await Promise.resolve(value);
  }

  get #tag(): string {
    return `${SUBJECT.replace(":", "-")}.sig`;
  }

  #layers(): readonly unknown[] {
    const manifest = this.tags.get(this.#tag);
    return manifest === undefined ? [] : (JSON.parse(manifest.toString()) as { layers: unknown[] }).layers;
  }

  #layer(payload: Buffer, signature: string): unknown {
    const descriptor = this.#blob(payload, "application/vnd.dev.cosign.simplesigning.v1+json");
    return { ...descriptor, annotations: { "dev.cosignproject.cosign/signature": signature } };
  }

  #blob(bytes: Buffer, mediaType: string) {
    this.blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }
}

function imageIn(referrers: ReferrerSource): SignedImage {
  return { reference: parseImageReference("registry.example/team/app:1.0"), digest: SUBJECT, referrers };
}

function open(options: Partial<SignatureVerifierOptions> = {}) {
  return createSignatureVerifier({
    http: NO_HTTP,
    state: new MemoryTrustStateStore(),
    trustRoots: NO_ROOTS,
    ...options,
  });
}

const byAlice: TrustRequirement = { kind: "cosign-key", keys: [alice.pem] };
const byBob: TrustRequirement = { kind: "cosign-key", keys: [bob.pem] };

async function stateOf(repository: ReferrerSource, requirement: TrustRequirement): Promise<string> {
  await using verifier = open();
  const [result] = await verifier.verify(imageIn(repository), [requirement], { now: NOW });
  return result?.state ?? "";
}

describe("what nobody can tell", () => {
  it("is not “unsigned”", async () => {
    const repository = new Repository();
    repository.failure = new CodedError("REGISTRY_UNREACHABLE", "connection refused");
    expect(await stateOf(repository, byAlice)).toBe("unknown");
  });

  it("a network error is not remembered as anything else, and a signature is found afterwards", async () => {
    await using verifier = open();
    const repository = new Repository().sign(alice);
    repository.failure = new CodedError("REGISTRY_UNREACHABLE", "connection refused");
    const image = imageIn(repository);
    const states: (string | undefined)[] = [];
    for (const ms of [0, 1_000, 10_000]) {
      const now = new Date(NOW.getTime() + ms);
      states.push((await verifier.verify(image, [byAlice], { now }))[0]?.state);
      repository.failure = undefined;
    }
    expect(states).toEqual(["unknown", "unknown", "verified"]);
  });

  it.each([
    { code: "TRUST_ROOT_UNREACHABLE", want: "SOURCE_UNAVAILABLE" },
    { code: "TRUST_ROOT_UNREADABLE", want: "TRUST_MATERIAL_INVALID" },
  ] as const)("a trusted root that is $code is $want", async ({ code, want }) => {
    const resolve = () => Promise.reject(new TrustSourceError(code, "no root"));
    await using verifier = open({ trustRoots: { names: [], resolve } });
    const asked: TrustRequirement = { ...byAlice, trustRoot: { name: "sigstore" } };
    const [result] = await verifier.verify(imageIn(new Repository().sign(alice)), [asked], { now: NOW });
    expect(result).toMatchObject({ state: "unknown", problems: [{ code: want, effect: "unknown" }] });
  });

  it("a candidate that cannot be read hides nothing: unknown beside a bad one, verified beside a good one", async () => {
    const repository = new Repository().sign(bob);
    const [blob] = repository.blobs.keys();
    expect(await stateOf(repository, byAlice)).toBe("bad");
    repository.blobs.delete(blob ?? SUBJECT);
    expect(["bad", "unknown"]).toContain(await stateOf(repository, byAlice));
  });

  it("a trust root that cannot be had makes it unknown, never verified by something else", async () => {
    const keyless: TrustRequirement = {
      kind: "cosign-keyless",
      identities: [{ issuer: "https://issuer.example", subject: "a@b.example" }],
      trustRoot: { name: "missing" },
    };
    expect(await stateOf(new Repository().sign(alice), keyless)).toBe("unknown");
  });

  it("keys that cannot be read make it unknown", async () => {
    expect(await stateOf(new Repository().sign(alice), { kind: "cosign-key", keys: ["no key"] })).toBe("unknown");
  });

  it("who gives up is told so, and the result is not spoilt for others", async () => {
    await using verifier = open();
    const image = imageIn(new Repository().sign(alice));
    const [given] = await verifier.verify(image, [byAlice], {
      now: NOW,
      signal: AbortSignal.abort(new Error("enough")),
    });
    expect(given).toMatchObject({ state: "unknown", problems: [{ code: "SOURCE_UNAVAILABLE", effect: "unknown" }] });
    expect((await verifier.verify(image, [byAlice], { now: NOW }))[0]?.state).toBe("verified");
  });
});

describe("the four states", () => {
  it.each([
    { name: "none: nothing is attached", repository: () => new Repository(), want: "none" },
    { name: "bad: by another key", repository: () => new Repository().sign(bob), want: "bad" },
    { name: "bad: of another digest", repository: () => new Repository().sign(alice, digestOf("other")), want: "bad" },
    { name: "verified", repository: () => new Repository().sign(alice), want: "verified" },
    { name: "verified among others", repository: () => new Repository().sign(bob).sign(alice), want: "verified" },
  ])("$name", async ({ repository, want }) => {
    expect(await stateOf(repository(), byAlice)).toBe(want);
  });

  it("nothing satisfies “reject”", async () => {
    expect(await stateOf(new Repository().sign(alice), { kind: "reject" })).toBe("bad");
  });
});

describe("alternatives", () => {
  it.each([
    { name: "one of two", signers: [alice], of: [byAlice, byBob], atLeast: 1, want: "verified" },
    { name: "two of two, one signed", signers: [alice], of: [byAlice, byBob], atLeast: 2, want: "bad" },
    { name: "two of two, both signed", signers: [alice, bob], of: [byAlice, byBob], atLeast: 2, want: "verified" },
    { name: "one signer named twice", signers: [alice], of: [byAlice, byAlice], atLeast: 2, want: "bad" },
    { name: "one signer who signed twice", signers: [alice, alice], of: [byAlice, byAlice], atLeast: 2, want: "bad" },
    { name: "none of none", signers: [alice], of: [], atLeast: 0, want: "none" },
  ])("$name: $want", async ({ signers, of, atLeast, want }) => {
    const repository = new Repository();
    for (const signer of signers) {
      repository.sign(signer);
    }
    const requirement = {
      kind: "any-of" as const,
      atLeast,
      of: of as Exclude<TrustRequirement, { kind: "attestation" }>[],
    };
    expect(await stateOf(repository, requirement)).toBe(want);
  });
});

describe("what is kept", () => {
  it("is found again without asking, until something is attached", async () => {
    await using verifier = open();
    const repository = new Repository();
    const image = imageIn(repository);
    expect((await verifier.verify(image, [byAlice], { now: NOW }))[0]?.state).toBe("none");
    const { asked } = repository;
    repository.sign(alice);
    expect((await verifier.verify(image, [byAlice], { now: NOW }))[0]?.state).toBe("none");
    expect(repository.asked).toBe(asked);
    verifier.forget(SUBJECT);
    expect((await verifier.verify(image, [byAlice], { now: NOW }))[0]?.state).toBe("verified");
  });

  it("counts for its repository only", async () => {
    await using verifier = open();
    await verifier.verify(imageIn(new Repository().sign(alice)), [byAlice], { now: NOW });
    const copy = { ...imageIn(new Repository()), reference: parseImageReference("registry.example/other/app:1.0") };
    expect((await verifier.verify(copy, [byAlice], { now: NOW }))[0]?.state).toBe("none");
  });

  it("counts for its key only", async () => {
    await using verifier = open();
    const results = await verifier.verify(imageIn(new Repository().sign(alice)), [byAlice, byBob, byAlice], {
      now: NOW,
    });
    expect(results.map((each) => each.state)).toEqual(["verified", "bad", "verified"]);
  });

  it("each place is read once for all requirements", async () => {
    await using verifier = open();
    const [one, many] = [new Repository().sign(alice), new Repository().sign(alice)];
    await verifier.verify(imageIn(one), [byAlice], { now: NOW });
    verifier.forget(SUBJECT);
    await verifier.verify(imageIn(many), [byAlice, byBob], { now: NOW });
    expect(many.asked).toBe(one.asked);
  });
});

it("what is attached is listed without a word about its worth", async () => {
  await using verifier = open();
  expect(await verifier.discover(imageIn(new Repository().sign(bob)))).toEqual([
    { kind: "cosign", location: `tag ${SUBJECT.replace(":", "-")}.sig` },
  ]);
});

it("a store is asked in the name of whoever named it, also when both ask at once", async () => {
  const origins: string[] = [];
  const http: TrustHttp = {
    send: (_url, { origin }) => {
      origins.push(origin);
      return Promise.resolve({ status: 404, headers: {}, bytes: new Uint8Array() });
    },
  };
  const gpg = { kind: "gpg", keys: [], identity: { type: "matchExact" }, store: "http://10.0.0.1/sigs" } as const;
  await using verifier = open({ http });
  const asked = [gpg, { ...gpg, addressBy: "operator" as const }];
  await verifier.verify(imageIn(new Repository()), asked, { now: NOW });
  expect(origins.toSorted()).toEqual(["content", "operator"]);
});
