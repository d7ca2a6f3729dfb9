// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Digest, digestHex } from "#base";
import { createTrustHttp } from "#http";
import type { RepositoryClient } from "#image-source";
import { type Descriptor, parseImageReference } from "#oci";
import type { SignatureResult, SignatureVerifier } from "#signatures";
import { createSignatureVerifier, createTrustRoots } from "#trust-sources";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { buildImage, buildIndex, type TestImage } from "../support/image-builder.ts";
import { MemoryTrustStateStore } from "../support/memory-trust-state-store.ts";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../support/registry-server.ts";
import { type CosignWorld, createCosignWorld, pushTestImage } from "../support/sigstore/cosign-world.ts";
import { createPrivateSigstore } from "../support/sigstore/private-sigstore.ts";
import { describeWithTools } from "../support/tools.ts";
import {
  COSIGN_CASES,
  type CosignCase,
  type CosignChange,
  type CosignMethod,
  type CosignRequirements,
  type CosignStore,
} from "./cosign-cases.ts";

const IDENTITY = "releases@example.test";
const MINUTE_MS = 60_000;

let ours: TestRegistry;
let debian: DockerRegistry;
let world: CosignWorld;
let verifier: SignatureVerifier & AsyncDisposable;
let http: Awaited<ReturnType<typeof createTrustHttp>>;
let requirements: CosignRequirements;

/** A signed image and what cosign attached to it. */
interface Signed {
  readonly repository: string;
  readonly image: TestImage;
  readonly attached: readonly Attached[];
}

interface Attached {
  /** The tag of the older format; otherwise it is a referrer. */
  readonly tag: string | undefined;
  readonly mediaType: string;
  readonly manifest: AttachedManifest;
  readonly blobs: readonly Uint8Array[];
}

interface AttachedManifest {
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly (Descriptor & { readonly annotations?: Readonly<Record<string, string>> })[];
  readonly subject?: Descriptor;
}

const signed = new Map<string, Promise<Signed>>();
let images = 0;

describeWithTools("cosign", ["cosign", "docker-registry"], () => {
  beforeAll(async () => {
    [ours, debian] = await Promise.all([startTestRegistry(), startDockerRegistry()]);
    world = await createCosignWorld({
      [ours.host]: { username: "uploader", password: TEST_ACCOUNTS.uploader.password },
    });
    await world.run(["generate-key-pair"]);
    await world.run(["generate-key-pair", "--output-key-prefix", "other"]);
    const key = readFileSync(join(world.folder, "cosign.pub"), "utf8");
    const json = world.servers.sigstore.trustedRoot();
    const issuer = world.servers.sigstore.urls.issuer;
    const other = await createPrivateSigstore({ urls: world.servers.sigstore.urls });
    requirements = {
      key: { kind: "cosign-key", keys: [key] },
      "key-and-log": { kind: "cosign-key", keys: [key], transparencyLog: "required", trustRoot: { json } },
      "other-key": { kind: "cosign-key", keys: [readFileSync(join(world.folder, "other.pub"), "utf8")] },
      identity: { kind: "cosign-keyless", identities: [{ issuer, subject: IDENTITY }], trustRoot: { json } },
      pattern: {
        kind: "cosign-keyless",
        identities: [{ issuerPattern: "http://127.0.0.1:*", subjectPattern: "*@example.test" }],
        trustRoot: { json },
      },
      "other-identity": {
        kind: "cosign-keyless",
        identities: [{ issuer, subject: "somebody@example.test" }],
        trustRoot: { json },
      },
      "part-of-identity": {
        kind: "cosign-keyless",
        identities: [{ issuer, subjectPattern: "releases@example" }],
        trustRoot: { json },
      },
      "other-root": {
        kind: "cosign-keyless",
        identities: [{ issuer, subject: IDENTITY }],
        trustRoot: { json: other.trustedRoot() },
      },
    };
    http = await createTrustHttp();
    verifier = createSignatureVerifier({
      http,
      state: new MemoryTrustStateStore(),
      trustRoots: createTrustRoots({ cacheDir: join(world.folder, "cache"), http }),
    });
  });

  afterAll(async () => {
    await verifier[Symbol.asyncDispose]();
    await http[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await Promise.all([ours[Symbol.asyncDispose](), debian[Symbol.asyncDispose]()]);
  });

  it.each(COSIGN_CASES)("$store: $name: $want.state", async (row) => {
    const result = await verifyCase(row);
    const codes = result.problems.map((problem) => problem.code);
    expect({ state: result.state, codes }).toEqual({
      state: row.want.state,
      codes: row.want.code === undefined ? [] : [row.want.code],
    });
  });
});

async function verifyCase(row: CosignCase): Promise<SignatureResult> {
  const { repository, digest } = await prepare(row);
  const registry = hostOf(row.registry);
  await using referrers = await world.open(registry, repository);
  const reference = parseImageReference(`${registry}/${repository}@${digest}`);
  const [result] = await verifier.verify({ reference, digest, referrers }, [requirements[row.asked]], {
    now: new Date(),
  });
  if (result === undefined) {
    throw new Error("expected a result");
  }
  return result;
}

/** Makes what the row describes, and says which image is to be verified. */
async function prepare(row: CosignCase): Promise<{ readonly repository: string; readonly digest: Digest }> {
  if (row.change === "child-of-index" || row.change === "child-of-recursive-index") {
    return await signIndex(row);
  }
  const source = await signedBy(row.registry, row.method);
  if (row.change === "none") {
    return { repository: source.repository, digest: source.image.manifest.digest };
  }
  images += 1;
  const repository = `peer/changed-${images}`;
  const image = row.change === "moved-to-other-image" ? newImage() : source.image;
  await using target = await world.open(hostOf(row.registry), repository);
  await pushTestImage(target, image, "1");
  if (row.change === "empty-manifest") {
    await attach(target, image, { ...emptySignature(), tag: sigTag(image) });
  }
  const donor = row.change === "swapped-log-entry" ? await sign(row.registry, row.method, newImage()) : source;
  for (const each of source.attached) {
    await attach(target, image, changeAttached(each, row.change, donor.attached[0]));
  }
  return { repository, digest: image.manifest.digest };
}

async function signIndex(row: CosignCase): Promise<{ readonly repository: string; readonly digest: Digest }> {
  const child = newImage();
  const index = buildIndex([{ image: child, os: "linux", architecture: "amd64" }]);
  const { repository } = await sign(row.registry, row.method, index, row.change === "child-of-recursive-index");
  return { repository, digest: child.manifest.digest };
}

function signedBy(registry: CosignStore, method: CosignMethod): Promise<Signed> {
  const name = `${registry} ${method}`;
  const known = signed.get(name) ?? sign(registry, method, newImage());
  signed.set(name, known);
  return known;
}

async function sign(
  registry: CosignStore,
  method: CosignMethod,
  image: TestImage,
  isRecursive = false,
): Promise<Signed> {
  images += 1;
  const repository = `peer/signed-${images}`;
  const host = hostOf(registry);
  await using client = await world.open(host, repository);
  await pushTestImage(client, image, "1");
  if (method !== "none") {
    const flags = await flagsOf(method);
    const reference = `${host}/${repository}@${image.manifest.digest}`;
    try {
      await world.run(["sign", "-y", ...(isRecursive ? ["--recursive"] : []), ...flags, reference]);
    } finally {
      delete world.servers.faults.certificate;
    }
  }
  return { repository, image, attached: await readAttached(client, image) };
}

async function flagsOf(method: CosignMethod): Promise<readonly string[]> {
  const { files, servers } = world;
  const root = ["--trusted-root", files.trustedRoot];
  const older = ["--new-bundle-format=false", "--use-signing-config=false"];
  const token = async (): Promise<readonly string[]> => ["--identity-token", await servers.issueToken(IDENTITY)];
  switch (method) {
    case "key":
      return ["--key", "cosign.key", "--signing-config", files.signingConfigOffline];
    case "key-older-format":
      return ["--key", "cosign.key", ...older, "--tlog-upload=false"];
    case "key-rekor-v1":
      return ["--key", "cosign.key", "--signing-config", files.signingConfigV1, ...root];
    case "key-rekor-v2":
      return ["--key", "cosign.key", "--signing-config", files.signingConfigV2, ...root];
    case "keyless-rekor-v1":
      return [...(await token()), "--signing-config", files.signingConfigV1, ...root];
    case "keyless-rekor-v2":
      return [...(await token()), "--signing-config", files.signingConfigV2, ...root];
    case "keyless-older-format": {
      const { fulcio, rekorV1 } = servers.sigstore.urls;
      return [...(await token()), ...older, "--fulcio-url", fulcio, "--rekor-url", rekorV1, ...root];
    }
    default:
      servers.faults.certificate = faultOf(method);
      // cosign would notice with the trust root, and sign nothing
      return [...(await token()), "--signing-config", files.signingConfigV1];
  }
}

function faultOf(method: CosignMethod): NonNullable<CosignWorld["servers"]["faults"]["certificate"]> {
  switch (method) {
    case "keyless-no-sct":
      return { sct: "none" };
    case "keyless-bad-sct":
      return { sct: "bad" };
    case "keyless-expired":
      return {
        notBefore: new Date(Date.now() - 30 * MINUTE_MS),
        notAfter: new Date(Date.now() - 20 * MINUTE_MS),
      };
    default:
      return { usages: ["1.3.6.1.5.5.7.3.1"] };
  }
}

function hostOf(registry: CosignStore): string {
  return registry === "ours" ? ours.host : debian.host;
}

function newImage(): TestImage {
  images += 1;
  return buildImage([{ entries: [{ path: "number", content: String(images) }] }]);
}

function sigTag(image: TestImage): string {
  return `sha256-${digestHex(image.manifest.digest)}.sig`;
}

async function readAttached(client: RepositoryClient, image: TestImage): Promise<readonly Attached[]> {
  const referrers = await client.listReferrers(image.manifest.digest);
  const names = [...referrers.map(({ digest }) => digest), sigTag(image)];
  const found = await Promise.all(
    names.map(async (name): Promise<readonly Attached[]> => {
      const read = await client.readManifest(name);
      if (read === undefined) {
        return [];
      }
      const manifest = JSON.parse(String(Buffer.from(read.bytes))) as AttachedManifest;
      const blobs = await Promise.all(manifest.layers.map((layer) => client.readBlob(layer, 1_000_000)));
      return [{ tag: name.endsWith(".sig") ? name : undefined, mediaType: read.mediaType, manifest, blobs }];
    }),
  );
  return found.flat();
}

/** Pushes what was attached elsewhere to this image, as an attacker who may push would. */
async function attach(client: RepositoryClient, image: TestImage, attached: Attached): Promise<void> {
  const layers = await Promise.all(
    attached.blobs.map(async (blob, index) => ({
      ...attached.manifest.layers[index],
      ...(await client.pushBlob(blob)),
    })),
  );
  const config = { ...attached.manifest.config, ...(await client.pushBlob(Buffer.from("{}"))) };
  const manifest = { ...attached.manifest, config, layers };
  if (attached.tag !== undefined) {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: attached.mediaType, ...manifest }));
    await client.pushManifest(sigTag(image), attached.mediaType, bytes);
    return;
  }
  const subject = { mediaType: image.manifest.mediaType, digest: image.manifest.digest, size: image.manifest.size };
  await client.attachReferrer(image.manifest.digest, {
    mediaType: attached.mediaType,
    bytes: Buffer.from(JSON.stringify({ ...manifest, subject })),
    artifactType: attached.manifest.artifactType ?? "",
  });
}

function emptySignature(): Attached {
  const config: Descriptor = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" as Digest,
    size: 2,
  };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  return { tag: "", mediaType, manifest: { config, layers: [] }, blobs: [] };
}

function changeAttached(attached: Attached, change: CosignChange, donor: Attached | undefined): Attached {
  switch (change) {
    case "flipped-signature":
    case "changed-payload":
    case "no-log-entry":
    case "swapped-log-entry":
      return attached.tag === undefined ? changeBundle(attached, change, donor) : changeLegacy(attached, change, donor);
    default:
      return attached;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a bundle, about to be broken
type Bundle = any;

function changeBundle(attached: Attached, change: CosignChange, donor: Attached | undefined): Attached {
  const bundle: Bundle = JSON.parse(String(Buffer.from(attached.blobs[0] ?? [])));
  const [signature] = bundle.dsseEnvelope.signatures;
  if (change === "flipped-signature") {
    signature.sig = flip(signature.sig);
  } else if (change === "changed-payload") {
    bundle.dsseEnvelope.payload = changeDigest(Buffer.from(bundle.dsseEnvelope.payload, "base64")).toString("base64");
  } else if (change === "no-log-entry") {
    bundle.verificationMaterial.tlogEntries = [];
  } else {
    const other: Bundle = JSON.parse(String(Buffer.from(donor?.blobs[0] ?? [])));
    bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
  }
  return { ...attached, blobs: [Buffer.from(JSON.stringify(bundle))] };
}

function changeLegacy(attached: Attached, change: CosignChange, donor: Attached | undefined): Attached {
  const [layer] = attached.manifest.layers;
  const [payload] = attached.blobs;
  if (layer === undefined || payload === undefined) {
    throw new Error("expected a layer");
  }
  const annotations = { ...layer.annotations };
  const signature = "dev.cosignproject.cosign/signature";
  const bundle = "dev.sigstore.cosign/bundle";
  if (change === "flipped-signature") {
    annotations[signature] = flip(annotations[signature] ?? "");
  } else if (change === "no-log-entry") {
    delete annotations[bundle];
  } else if (change === "swapped-log-entry") {
    annotations[bundle] = donor?.manifest.layers[0]?.annotations?.[bundle] ?? "";
  }
  return {
    ...attached,
    manifest: { ...attached.manifest, layers: [{ ...layer, annotations }] },
    blobs: [change === "changed-payload" ? changeDigest(Buffer.from(payload)) : payload],
  };
}

function flip(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  return bytes.toString("base64");
}

/** The same payload about another digest. */
function changeDigest(payload: Buffer): Buffer {
  return Buffer.from(payload.toString().replace(/[0-9a-f]{64}/, "ef".repeat(32)));
}
