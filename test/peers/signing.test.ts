// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseVerdictPredicate, SCAN_PREDICATE_TYPE, VERDICT_PREDICATE_TYPE } from "#attestations";
import type { Digest } from "#base";
import { evaluate, factsNeeded, POLICY_API_VERSION, parsePolicyDocuments, type Verdict } from "#policy";
import type { AttestationRequirement, AttestationSigner, SignatureProblemCode, SignatureState } from "#signatures";
import { attachBundle } from "#signing";
import { buildImage, buildIndex, type TestImage } from "../support/image-builder.ts";
import { SAMPLE_PREDICATES } from "../support/predicates/sample-predicates.ts";
import { SigningWorld } from "../support/signing/signing-world.ts";
import { createPrivateSigstore } from "../support/sigstore/private-sigstore.ts";
import { describeWithTools } from "../support/tools.ts";
import type { PeerCase } from "./peer-case.ts";
import { DOCKER_REGISTRY, OUR_REGISTRY, SIGNING_CASES } from "./signing-cases.ts";

const OFFLINE = "--insecure-ignore-tlog";
const ME = "me@example.test";
const TYPE = "https://example.test/p/v1";

/** What a case came to, and the codes of all problems. */
interface Answer {
  readonly state: SignatureState;
  readonly codes: readonly SignatureProblemCode[];
}

interface Scene {
  readonly store: string;
  readonly image: TestImage;
  /** With its tag. */
  readonly reference: string;
  readonly digest: Digest;
}

let world: SigningWorld;
/** File names without ending: ours, cosign's, and that of somebody else. */
let ourKey: string;
let cosignKey: string;
let strangerKey: string;
let cases = 0;

/** A small image of its own, so that nothing is attached to it yet. */
function newImage(): TestImage {
  cases += 1;
  const release = 'ID=debian\nVERSION_ID="12"\n';
  const status = "Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2+b8\nArchitecture: amd64\n";
  return buildImage([
    {
      entries: [
        { path: "etc/os-release", content: release },
        { path: "var/lib/dpkg/status", content: status },
        { path: "case", content: String(cases) },
      ],
    },
  ]);
}

function newIndex(): TestImage {
  return buildIndex([
    { image: newImage(), os: "linux", architecture: "amd64" },
    { image: newImage(), os: "linux", architecture: "arm64" },
  ]);
}

async function pushed(store: string, image: TestImage = newImage()): Promise<Scene> {
  const reference = await world.push(store, `team/app${cases}`, image);
  return { store, image, reference, digest: image.manifest.digest };
}

/** cosign's answer as ours would be. */
async function cosignSays(...args: readonly string[]): Promise<Answer> {
  await world.cosign(...args);
  return { state: "verified", codes: [] };
}

function nameOf(reference: string, digest: Digest): string {
  return `${reference.replace(/:[^:/]*$/, "")}@${digest}`;
}

async function verifySigned(scene: Scene, key: string, digest: Digest = scene.digest): Promise<Answer> {
  return await cosignSays("verify", "--key", `${key}.pub`, OFFLINE, nameOf(scene.reference, digest));
}

async function verifyAttested(scene: Scene, type: string): Promise<Answer> {
  const name = nameOf(scene.reference, scene.digest);
  return await cosignSays("verify-attestation", "--key", `${ourKey}.pub`, OFFLINE, "--type", type, name);
}

function keylessIdentity(): readonly string[] {
  return [
    ...["--certificate-identity", ME],
    ...["--certificate-oidc-issuer", world.sigstore.sigstore.urls.issuer],
    ...["--trusted-root", world.files.trustedRoot],
  ];
}

/** Flags of our own commands for a keyless signature. */
async function keylessFlags(version: 1 | 2): Promise<readonly string[]> {
  const { urls } = world.sigstore.sigstore;
  const token = world.write("token.jwt", await world.sigstore.issueToken(ME));
  return [
    ...["--keyless", "--identity-token", token, "--fulcio-url", urls.fulcio],
    ...["--rekor-url", version === 1 ? urls.rekorV1 : urls.rekorV2, "--rekor-version", String(version)],
    ...(version === 2 ? ["--timestamp-server-url", `${urls.timestamps}/api/v1/timestamp`] : []),
  ];
}

/** `cosign attest` by a key, without a log. */
async function cosignAttest(
  scene: Scene,
  type: string,
  file: string,
  more: readonly string[] = ["--key", `${cosignKey}.key`, "--signing-config", world.files.signingConfigOffline],
): Promise<void> {
  await world.cosign(
    "attest",
    "-y",
    "--type",
    type,
    "--predicate",
    file,
    ...more,
    nameOf(scene.reference, scene.digest),
  );
}

async function cosignKeyless(identity: string = ME): Promise<readonly string[]> {
  const token = await world.sigstore.issueToken(identity);
  return [
    ...["--identity-token", token, "--signing-config", world.files.signingConfigV1],
    ...["--trusted-root", world.files.trustedRoot],
  ];
}

function byKey(key: string = cosignKey): AttestationSigner {
  return { kind: "cosign-key", keys: [world.read(`${key}.pub`)] };
}

function byMe(): AttestationSigner {
  const { sigstore } = world.sigstore;
  return {
    kind: "cosign-keyless",
    identities: [{ issuer: sigstore.urls.issuer, subject: ME }],
    trustRoot: { json: sigstore.trustedRoot() },
  };
}

async function weSay(
  scene: Scene,
  changes: Partial<AttestationRequirement> = {},
  options: { readonly digest?: Digest; readonly now?: Date } = {},
): Promise<Answer> {
  const requirement: AttestationRequirement = {
    kind: "attestation",
    predicateType: TYPE,
    by: [byKey()],
    conditions: [],
    ...changes,
  };
  const { state, problems } = await world.verify(scene.reference, requirement, { digest: scene.digest, ...options });
  return { state, codes: problems.map((problem) => problem.code) };
}

/** An image on which cosign attested `{"level": 3}`. */
async function attested(more?: readonly string[]): Promise<Scene> {
  const scene = await pushed(OUR_REGISTRY);
  await cosignAttest(scene, TYPE, world.write("predicate.json", '{"level":3}'), more);
  return scene;
}

/** The bundle of one image, changed, attached to another image. */
async function moved(from: Scene, to: Scene, change: (bundle: never) => void = () => {}): Promise<void> {
  const [bundle] = await world.bundlesOf(from.reference, from.digest);
  change(bundle as never);
  await using target = await world.open(to.reference);
  await attachBundle(target, {
    subject: { ...to.image.manifest },
    bundle: Buffer.from(JSON.stringify(bundle)),
    predicateType: TYPE,
    now: new Date(),
  });
}

type Play = (store: string) => Promise<Answer>;

const BY_US: Readonly<Record<string, Play>> = {
  "an image signed by a key of haechi key generate": async (store) => {
    const scene = await pushed(store);
    const printed = await world.haechi("sign", "--key", `${ourKey}.key`, scene.reference);
    expect(printed).toContain(nameOf(scene.reference, scene.digest));
    return await verifySigned(scene, ourKey);
  },
  "an image signed by a key of cosign generate-key-pair": async (store) => {
    const scene = await pushed(store);
    await world.haechi("sign", "--key", `${cosignKey}.key`, `docker://${scene.reference}`);
    return await verifySigned(scene, cosignKey);
  },
  "an image signed by a key, Rekor v1 and a timestamp": (store) => signLogged(store, 1),
  "an image signed by a key, Rekor v2 and a timestamp": (store) => signLogged(store, 2),
  "an index and its children signed recursively": async (store) => {
    const scene = await pushed(store, newIndex());
    const lines = await world.haechi("sign", "--recursive", "--key", `${ourKey}.key`, scene.reference);
    const digests = [...lines.matchAll(/@(sha256:[0-9a-f]{64})/g)].map(([, digest]) => digest as Digest);
    expect(digests).toHaveLength(3);
    for (const digest of digests) {
      await verifySigned(scene, ourKey, digest);
    }
    return { state: "verified", codes: [] };
  },
  "an SBOM attested": (store) => attestByUs(store, "sbom", "cyclonedx"),
  "a scan attested": (store) => attestByUs(store, "scan", SCAN_PREDICATE_TYPE),
  "a verdict attested": (store) => attestByUs(store, "verdict", VERDICT_PREDICATE_TYPE),
  "a provenance of ours attested as slsaprovenance1": async (store) => {
    const scene = await pushed(store);
    const [, provenance] = SAMPLE_PREDICATES;
    const predicate = ["--type", "slsaprovenance1", "--predicate", provenance?.file ?? ""];
    await world.haechi("attest", ...predicate, "--key", `${ourKey}.key`, scene.reference);
    return await verifyAttested(scene, "slsaprovenance1");
  },
  "a verdict on an index and each of its children": async (store) => {
    const scene = await pushed(store, newIndex());
    const lines = await world.haechi("attest", "--recursive", "--key", `${ourKey}.key`, scene.reference);
    const digests = [...lines.matchAll(/@(sha256:[0-9a-f]{64})/g)].map(([, digest]) => digest as Digest);
    expect(digests).toHaveLength(3);
    for (const digest of digests) {
      await verifyAttested({ ...scene, digest }, VERDICT_PREDICATE_TYPE);
    }
    return { state: "verified", codes: [] };
  },
  "an image signed keyless, Rekor v1": (store) => signKeyless(store, 1),
  "an image signed keyless, Rekor v2 and a timestamp": (store) => signKeyless(store, 2),
  "an SBOM attested keyless": async (store) => {
    const scene = await pushed(store);
    await world.haechi("attest", "--type", "sbom", ...(await keylessFlags(1)), scene.reference);
    const name = nameOf(scene.reference, scene.digest);
    return await cosignSays("verify-attestation", ...keylessIdentity(), "--type", "cyclonedx", name);
  },
};

async function attestByUs(store: string, type: string, cosignType: string): Promise<Answer> {
  const scene = await pushed(store);
  await world.haechi("attest", "--type", type, "--key", `${ourKey}.key`, scene.reference);
  return await verifyAttested(scene, cosignType);
}

async function signLogged(store: string, version: 1 | 2): Promise<Answer> {
  const scene = await pushed(store);
  const { urls } = world.sigstore.sigstore;
  const services = [
    ...["--rekor-url", version === 1 ? urls.rekorV1 : urls.rekorV2, "--rekor-version", String(version)],
    ...["--timestamp-server-url", `${urls.timestamps}/api/v1/timestamp`],
  ];
  await world.haechi("sign", "--key", `${ourKey}.key`, ...services, scene.reference);
  const root = ["--trusted-root", world.files.trustedRoot, "--use-signed-timestamps"];
  return await cosignSays("verify", "--key", `${ourKey}.pub`, ...root, nameOf(scene.reference, scene.digest));
}

async function signKeyless(store: string, version: 1 | 2): Promise<Answer> {
  const scene = await pushed(store);
  await world.haechi("sign", ...(await keylessFlags(version)), scene.reference);
  const timestamps = version === 2 ? ["--use-signed-timestamps"] : [];
  return await cosignSays("verify", ...keylessIdentity(), ...timestamps, nameOf(scene.reference, scene.digest));
}

const BY_PEER: Readonly<Record<string, Play>> = {
  ...Object.fromEntries(
    SAMPLE_PREDICATES.map(({ cosignType, predicateType, file, isTrue }): [string, Play] => [
      `${cosignType} under a condition`,
      async (store) => {
        const scene = await pushed(store);
        await cosignAttest(scene, cosignType, file);
        return await weSay(scene, { predicateType, conditions: [isTrue] });
      },
    ]),
  ),
  "an attestation in the older .att tag": async () => {
    const older = ["--new-bundle-format=false", "--tlog-upload=false", "--use-signing-config=false"];
    const scene = await attested(["--key", `${cosignKey}.key`, ...older]);
    return await weSay(scene, { conditions: ["predicate.level == 3"] });
  },
  "a keyless attestation, young enough by its log": async () => {
    const scene = await attested(await cosignKeyless());
    return await weSay(scene, { by: [byMe()], maxAge: "1h", conditions: ["predicate.level == 3"] });
  },
};

const TAMPERED: Readonly<Record<string, Play>> = {
  "the attestation of another image": async (store) => {
    const scene = await pushed(store);
    await moved(await attested(), scene);
    return await weSay(scene);
  },
  "a swapped payload in the envelope": async (store) => {
    const scene = await pushed(store);
    await moved(await attested(), scene, (bundle: { dsseEnvelope: { payload: string } }) => {
      const statement = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
      const swapped = statement.replace(/[0-9a-f]{64}/, scene.digest.slice(7));
      bundle.dsseEnvelope.payload = Buffer.from(swapped).toString("base64");
    });
    return await weSay(scene);
  },
  "a flipped byte in the signature": async (store) => {
    const from = await attested();
    const scene = await pushed(store, from.image);
    const [bundle] = await world.bundlesOf(from.reference, from.digest);
    expect(bundle).toBeDefined();
    const other = await pushed(store);
    await moved(from, other, (each: { dsseEnvelope: { signatures: { sig: string }[] } }) => {
      const [signature] = each.dsseEnvelope.signatures;
      if (signature !== undefined) {
        const bytes = Buffer.from(signature.sig, "base64");
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        signature.sig = bytes.toString("base64");
      }
    });
    expect(scene.digest).toBe(from.digest);
    return await weSay(other);
  },
  "an attestation of another predicate type": async () => {
    const scene = await attested();
    return await weSay(scene, { predicateType: `${TYPE}/other` });
  },
  "an attestation of another type under a label of the type asked for": async (store) => {
    const scene = await pushed(store);
    const older = ["--new-bundle-format=false", "--tlog-upload=false", "--use-signing-config=false"];
    await cosignAttest(scene, `${TYPE}/other`, world.write("predicate.json", "{}"), [
      ...["--key", `${cosignKey}.key`],
      ...older,
    ]);
    await relabel(scene);
    return await weSay(scene);
  },
  "a condition that is false": async () => {
    return await weSay(await attested(), { conditions: ["predicate.level == 3", "predicate.level > 3"] });
  },
  "a condition about a field that is not there": async () => {
    return await weSay(await attested(), { conditions: ["predicate.approvedBy == 'me'"] });
  },
  "two attestations that fulfil one condition each": async (store) => {
    const scene = await pushed(store);
    await cosignAttest(scene, TYPE, world.write("predicate.json", '{"a":1,"b":0}'));
    await cosignAttest(scene, TYPE, world.write("predicate.json", '{"a":0,"b":1}'));
    return await weSay(scene, { conditions: ["predicate.a == 1", "predicate.b == 1"] });
  },
  "an attestation by another key": async () => {
    return await weSay(await attested(), { by: [byKey(strangerKey)] });
  },
  "a keyless attestation by another identity": async () => {
    const scene = await attested(await cosignKeyless("somebody@example.test"));
    return await weSay(scene, { by: [byMe()] });
  },
  "a keyless attestation that is too old": async () => {
    const scene = await attested(await cosignKeyless());
    const now = new Date(Date.now() + 2 * 3_600_000);
    return await weSay(scene, { by: [byMe()], maxAge: "1h" }, { now });
  },
  "an attestation without a trusted time, when an age is asked for": async () => {
    return await weSay(await attested(), { maxAge: "1h" });
  },
  "an index attested, but not its child": async (store) => {
    const scene = await pushed(store, newIndex());
    await cosignAttest(scene, TYPE, world.write("predicate.json", "{}"));
    expect((await weSay(scene)).state).toBe("verified");
    const children = [...scene.image.blobs.keys()].filter((digest) => digest !== scene.digest);
    const index = JSON.parse(String(scene.image.blobs.get(scene.digest))) as { manifests: { digest: Digest }[] };
    const child = children.find((digest) => digest === index.manifests[0]?.digest);
    return await weSay(scene, {}, { ...(child === undefined ? {} : { digest: child }) });
  },
  "a signature instead of an attestation": async (store) => {
    const scene = await pushed(store);
    await world.haechi("sign", "--key", `${cosignKey}.key`, scene.reference);
    return await weSay(scene);
  },
};

/** Says in the annotation of the layer that it is of the type asked for, as who moves attestations about could. */
async function relabel(scene: Scene): Promise<void> {
  await using client = await world.open(scene.reference);
  const tag = `${scene.digest.replace(":", "-")}.att`;
  const found = await client.readManifest(tag);
  expect(found).toBeDefined();
  const text = Buffer.from(found?.bytes ?? []).toString();
  expect(text).toContain(`${TYPE}/other`);
  await client.pushManifest(tag, found?.mediaType ?? "", Buffer.from(text.replaceAll(`${TYPE}/other`, TYPE)));
}

/** A question under a policy that accepts verdicts by the key, at most two days old. */
function acceptingVerdicts(scene: Scene, signer: { readonly key: string; readonly trustedRoot: string }) {
  const cosign = { key: signer.key, trustRoot: { json: signer.trustedRoot } };
  const text = JSON.stringify({
    apiVersion: POLICY_API_VERSION,
    kind: "ClusterImagePolicy",
    metadata: { name: "elsewhere" },
    spec: {
      repositories: [
        {
          name: "*",
          policy: { scan: { required: true, maxAge: "2d", acceptVerdictsFrom: [{ cosign }] }, vulnerability: {} },
        },
      ],
    },
  });
  return { reference: scene.reference, policies: parsePolicyDocuments(text, "test").documents };
}

/** What an installation says that has not scanned the image. */
async function judgeElsewhere(
  scene: Scene,
  question: ReturnType<typeof acceptingVerdicts>,
  now: Date = new Date(),
): Promise<Verdict> {
  const [requirement] = factsNeeded(question).trust;
  if (requirement === undefined) {
    throw new Error("the policy asks for no attestation");
  }
  const result = await world.verify(scene.reference, requirement, { digest: scene.digest, now });
  const scan = { state: "missing" } as const;
  const facts = { kind: "image", digest: scene.digest, platform: "linux/amd64", scan, trust: [result] } as const;
  return evaluate({ ...question, facts, now });
}

function playOf({ name, direction }: PeerCase): Play | undefined {
  const plays = { "signed-by-us": BY_US, "signed-by-peer": BY_PEER, tampered: TAMPERED }[direction];
  return plays[name.replace(/, kept under a tag$/, "")];
}

describeWithTools("signing and attesting, with the real cosign", ["cosign", "docker-registry"], () => {
  beforeAll(async () => {
    world = await SigningWorld.start();
    ourKey = await world.makeKey("our");
    cosignKey = await world.makeKey("cosign", "cosign");
    strangerKey = await world.makeKey("stranger");
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  it("every case has its play, and every play its case", () => {
    const missing = SIGNING_CASES.filter((each) => playOf(each) === undefined).map((each) => each.name);
    expect(missing).toEqual([]);
    const names = new Set(SIGNING_CASES.map((each) => each.name));
    expect(Object.keys({ ...BY_US, ...BY_PEER, ...TAMPERED }).filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBe(SIGNING_CASES.length);
  });

  it.each(SIGNING_CASES)("$direction: $name", async (each) => {
    const answer = await playOf(each)?.(each.store);
    expect(answer?.state).toBe(each.want.state);
    if (each.want.code !== undefined) {
      expect(answer?.codes).toContain(each.want.code);
    }
  });

  it("cosign refuses what was not signed by the key, so that its word above means something", async () => {
    const scene = await pushed(OUR_REGISTRY);
    await world.haechi("sign", "--key", `${ourKey}.key`, scene.reference);
    const result = await world.tryCosign("verify", "--key", `${strangerKey}.pub`, OFFLINE, scene.reference);
    expect(result.code).not.toBe(0);
  });

  it("a tag that is not what the digest beside it says is not signed", async () => {
    const first = await pushed(OUR_REGISTRY);
    const other = newImage();
    const [name = ""] = first.reference.split(":1");
    await world.push(OUR_REGISTRY, name.slice(name.indexOf("/") + 1), other);
    const result = await world.tryHaechi("sign", "--key", `${ourKey}.key`, `${first.reference}@${first.digest}`);
    expect(result).toMatchObject({ code: 2 });
    expect(result.stderr).toContain("TAG_MOVED");
    expect(await world.bundlesOf(first.reference, first.digest)).toEqual([]);
  });

  it.each([1, 2] as const)(
    "a verdict by a key and a timestamp stands in for a scan elsewhere, with Rekor v%d",
    async (version) => {
      const scene = await pushed(version === 1 ? OUR_REGISTRY : DOCKER_REGISTRY);
      const { urls, trustedRoot } = world.sigstore.sigstore;
      const key = ["--key", `${ourKey}.key`];
      const stamp = ["--timestamp-server-url", `${urls.timestamps}/api/v1/timestamp`];
      const log = ["--rekor-url", version === 1 ? urls.rekorV1 : urls.rekorV2, "--rekor-version", String(version)];
      const question = acceptingVerdicts(scene, { key: world.read(`${ourKey}.pub`), trustedRoot: trustedRoot() });

      // by a key alone nobody knows when
      await world.haechi("attest", ...key, scene.reference);
      expect(await judgeElsewhere(scene, question)).toMatchObject({ outcome: "undecided" });

      await world.haechi("attest", ...key, ...stamp, ...log, scene.reference);
      expect(await judgeElsewhere(scene, question)).toMatchObject({ outcome: "allow", reasons: [] });
      const later = new Date(Date.now() + 3 * 86_400_000);
      expect(await judgeElsewhere(scene, question, later)).toMatchObject({ outcome: "undecided" });
      const stranger = acceptingVerdicts(scene, { key: world.read(`${strangerKey}.pub`), trustedRoot: trustedRoot() });
      expect(await judgeElsewhere(scene, stranger)).toMatchObject({ outcome: "undecided" });
    },
  );

  it("a verdict by a key with a timestamp and no log stands in as well", async () => {
    const scene = await pushed(OUR_REGISTRY);
    const { urls, trustedRoot } = world.sigstore.sigstore;
    const stamp = ["--timestamp-server-url", `${urls.timestamps}/api/v1/timestamp`];
    await world.haechi("attest", "--key", `${ourKey}.key`, ...stamp, scene.reference);
    const question = acceptingVerdicts(scene, { key: world.read(`${ourKey}.pub`), trustedRoot: trustedRoot() });
    expect(await judgeElsewhere(scene, question)).toMatchObject({ outcome: "allow", reasons: [] });
    // the root of another Sigstore does not know the authority
    const other = acceptingVerdicts(scene, {
      key: world.read(`${ourKey}.pub`),
      trustedRoot: (await createPrivateSigstore()).trustedRoot(),
    });
    expect(await judgeElsewhere(scene, other)).toMatchObject({ outcome: "undecided" });
  });

  it("our verdict is read back as it was written, by the same digest", async () => {
    const scene = await pushed(DOCKER_REGISTRY);
    await world.haechi("attest", "--key", `${ourKey}.key`, scene.reference);
    const [bundle] = await world.bundlesOf(scene.reference, scene.digest);
    const { payload } = (bundle as { dsseEnvelope: { payload: string } }).dsseEnvelope;
    const { predicate } = JSON.parse(Buffer.from(payload, "base64").toString()) as { predicate: unknown };
    expect(parseVerdictPredicate(predicate, scene.digest)).toMatchObject({ scanner: { name: "haechi" } });
  });
});
