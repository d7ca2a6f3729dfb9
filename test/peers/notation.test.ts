// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, LIMITS } from "#base";
import { createTrustHttp } from "#http";
import { openRepository, type RepositoryClient } from "#image-source";
import { OCI_EMPTY, OCI_MANIFEST, parseImageReference } from "#oci";
import type { NotationRequirement, SignatureResult, SignatureVerifier, TrustHttp } from "#signatures";
import { createSignatureVerifier } from "#trust-sources";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { buildImage, buildIndex, type TestImage } from "../support/image-builder.ts";
import { MemoryTrustStateStore } from "../support/memory-trust-state-store.ts";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../support/registry-server.ts";
import {
  changeSigningTime,
  type EnvelopeParts,
  flipBit,
  joinEnvelope,
  splitEnvelope,
} from "../support/test-pki/envelope-parts.ts";
import { createNotationProgram, type NotationProgram } from "../support/test-pki/notation-program.ts";
import { type PkiServer, startPkiServer } from "../support/test-pki/pki-server.ts";
import { COSE_TYPE, JWS_TYPE, signTestEnvelope } from "../support/test-pki/sign-envelope.ts";
import {
  createTestIntermediate,
  createTestLeaf,
  createTestRoot,
  OID,
  type TestCertificate,
  type TestKeyKind,
} from "../support/test-pki/test-certificate.ts";
import { createTestCrl, createTestOcspResponse } from "../support/test-pki/test-revocation.ts";
import { createTestTimestamp } from "../support/test-pki/test-timestamp.ts";
import { describeWithTools } from "../support/tools.ts";
import { NOTATION_CASES, type NotationCase } from "./notation-cases.ts";

const HOUR_MS = 60 * 60 * 1_000;
const SIGNATURE_TYPE = "application/vnd.cncf.notary.signature";
const SCHEME = "io.cncf.notary.signingScheme";
const IDENTITY = "x509.subject: C=US, ST=WA, O=Haechi Test";
const KINDS: Readonly<Record<string, TestKeyKind>> = {
  "RSA 2048": "rsa-2048",
  "RSA 3072": "rsa-3072",
  "RSA 4096": "rsa-4096",
  "ECDSA P-256": "ec-256",
  "ECDSA P-384": "ec-384",
  "ECDSA P-521": "ec-521",
};

interface Account {
  readonly username: string;
  readonly password: string;
}

/** A registry in which images and their signatures lie. */
interface Store {
  readonly host: string;
  readonly account?: Account;
}

/** What a case ends with: an image somewhere, and how it is looked at. */
interface Scene {
  readonly store: Store;
  readonly repository: string;
  readonly digest: Digest;
  readonly policy?: Policy;
  readonly now?: Date;
}

interface Policy {
  readonly level?: string;
  readonly scopes?: readonly string[];
  readonly stores?: readonly string[];
  readonly identities?: readonly string[];
}

describeWithTools("notation", ["notation", "docker-registry"], () => {
  let ours: TestRegistry;
  let docker: DockerRegistry;
  let pki: PkiServer;
  let http: TrustHttp & AsyncDisposable;
  let verifier: SignatureVerifier & AsyncDisposable;
  let notation: NotationProgram;
  let root: TestCertificate;
  let otherRoot: TestCertificate;
  let intermediate: TestCertificate;
  let tsaRoot: TestCertificate;
  let stores: Readonly<Record<string, Store>>;

  beforeAll(async () => {
    [ours, docker, pki, notation] = await Promise.all([
      startTestRegistry(),
      startDockerRegistry(),
      startPkiServer(),
      createNotationProgram(),
    ]);
    http = await createTrustHttp({ allowPrivateAddresses: ["127.0.0.1"] });
    const trustRoots = { names: [], resolve: async () => await Promise.reject(new Error("there is none")) };
    verifier = createSignatureVerifier({ http, state: new MemoryTrustStateStore(), trustRoots });
    root = await createTestRoot({ kind: "rsa-2048" });
    otherRoot = await createTestRoot();
    intermediate = await createTestIntermediate(root);
    tsaRoot = await createTestRoot({ subject: "C=US, ST=WA, O=Time, CN=root" });
    pki.authority = await createTestLeaf(tsaRoot, {
      subject: "C=US, ST=WA, O=Time, CN=tsa",
      extendedKeyUsage: { oids: [OID.timeStamping], isCritical: true },
    });
    for (const kind of Object.values(KINDS)) {
      await addKey(kind, await createTestLeaf(intermediate, { kind }));
    }
    const account = { username: "uploader", password: TEST_ACCOUNTS.uploader.password };
    stores = {
      "our registry, referrer": { host: ours.host, account },
      "docker-registry 2.8, tag": { host: docker.host },
    };
  });

  afterAll(async () => {
    for (const each of [verifier, http, notation, pki, docker, ours]) {
      await each[Symbol.asyncDispose]();
    }
  });

  it("every case of the table has a test, and the other way round", () => {
    const named = NOTATION_CASES.map((each) => scenarioName(each.name));
    expect(Object.keys(SCENARIOS).toSorted()).toEqual([...new Set(named)].toSorted());
  });

  describe.each(NOTATION_CASES)("$store: $name", (row) => {
    it(`is ${row.want.state}${row.want.code === undefined ? "" : ` (${row.want.code})`}`, async () => {
      const scene = await play(row);
      const policy = trustPolicy(scene.policy ?? {});
      const result = await verify(scene, policy);
      expect({
        state: result.state,
        problems: result.problems.map(({ code, effect, message }) => ({ code, effect, message })),
      }).toMatchObject({ state: row.want.state });
      if (row.want.code !== undefined) {
        expect(result.problems.map((each) => each.code)).toContain(row.want.code);
      }
      if (row.notationSays !== undefined) {
        await notation.trust(policy.trustPolicy, policy.trustStores);
        const { code, stderr } = await notation.run(
          ["verify", `${scene.store.host}/${scene.repository}@${scene.digest}`],
          scene.store.account,
        );
        expect({ says: code === 0 ? "yes" : "no", stderr }).toMatchObject({ says: row.notationSays });
      }
    });
  });

  /** Anything but the name of the key and format, which are arguments. */
  function scenarioName(name: string): string {
    return name.replace(/^(JWS|COSE) by .*$/, "FORMAT by KEY").replace(/^(JWS|COSE)/, "FORMAT");
  }

  async function play(row: NotationCase): Promise<Scene> {
    const store = stores[row.store];
    const scenario = SCENARIOS[scenarioName(row.name)];
    if (store === undefined || scenario === undefined) {
      throw new Error(`no scenario for ${row.name} in ${row.store}`);
    }
    const key = KINDS[/ by (.*)$/.exec(row.name)?.[1] ?? ""] ?? "ec-256";
    return await scenario({ store, format: row.name.startsWith("COSE") ? "cose" : "jws", key });
  }

  interface Stage {
    readonly store: Store;
    readonly format: "jws" | "cose";
    readonly key: string;
  }

  const WITH_TSA: Policy = { stores: ["ca:test", "tsa:time"] };

  const SCENARIOS: Readonly<Record<string, (stage: Stage) => Promise<Scene>>> = {
    "FORMAT by KEY": async (stage) => await signed(stage),
    "FORMAT with a timestamp": async (stage) => ({ ...(await signed(stage, { timestamped: true })), policy: WITH_TSA }),
    "FORMAT with an expiry": async (stage) => await signed(stage, { expiry: "24h" }),
    "two signatures, one by an identity that is not trusted": async (stage) => {
      await addKey("stranger", await createTestLeaf(intermediate, { subject: "C=US, ST=WA, O=Stranger, CN=a" }));
      const scene = await signed({ ...stage, key: "stranger" });
      await notation.sign(nameOf(scene), { key: stage.key, account: stage.store.account });
      return scene;
    },
    "a certificate that has ended, with a timestamp from before": async (stage) => ({
      ...(await signed(await withShortKey(stage), { timestamped: true })),
      policy: WITH_TSA,
      now: hoursFromNow(3),
    }),
    "a certificate that has ended, without a timestamp": async (stage) => ({
      ...(await signed(await withShortKey(stage))),
      now: hoursFromNow(3),
    }),
    "a certificate that has ended, with a timestamp from after": async (stage) => {
      const { authority = tsaRoot } = pki;
      const short = await createTestLeaf(intermediate, { notAfter: hoursFromNow(1) });
      return {
        ...(await attached(
          stage,
          async (digest) =>
            await signTestEnvelope({
              digest,
              signer: short,
              timestamp: async (message) =>
                await Promise.resolve(createTestTimestamp({ authority, message, time: hoursFromNow(2) })),
            }),
        )),
        policy: WITH_TSA,
        now: hoursFromNow(3),
      };
    },
    "a certificate that OCSP and a list say is good": async (stage) => {
      const key = await addKey(
        "good",
        await createTestLeaf(intermediate, { ocspUrl: `${pki.url}/good`, crlUrl: `${pki.url}/good.crl` }),
      );
      pki.answers.set("/good", createTestOcspResponse(key, intermediate));
      pki.answers.set("/good.crl", createTestCrl(intermediate, []));
      return await signed({ ...stage, key: "good" });
    },
    "a certificate that a list says is revoked": async (stage) => await signed(await withRevokedKey(stage)),
    "a certificate that OCSP says is revoked": async (stage) => {
      const key = await addKey("ocsp", await createTestLeaf(intermediate, { ocspUrl: `${pki.url}/ocsp` }));
      pki.answers.set("/ocsp", createTestOcspResponse(key, intermediate, { status: "revoked" }));
      return await signed({ ...stage, key: "ocsp" });
    },
    "an authority that is revoked": async (stage) => {
      const middle = await createTestIntermediate(root, { crlUrl: `${pki.url}/root.crl` });
      await addKey("below", await createTestLeaf(middle));
      pki.answers.set("/root.crl", createTestCrl(root, [{ certificate: middle }]));
      return await signed({ ...stage, key: "below" });
    },
    "a list that nobody brings": async (stage) => {
      await addKey("silent", await createTestLeaf(intermediate, { crlUrl: `${pki.url}/nobody.crl` }));
      return await signed({ ...stage, key: "silent" });
    },
    "a list that another authority signed": async (stage) => {
      await addKey("forged", await createTestLeaf(intermediate, { crlUrl: `${pki.url}/forged.crl` }));
      pki.answers.set("/forged.crl", createTestCrl(intermediate, [], { signer: otherRoot }));
      return await signed({ ...stage, key: "forged" });
    },
    "the same image in another repository, scope *": async (stage) => await copied(stage, await signed(stage)),
    "copied to another repository, scope of the first": async (stage) => {
      const scene = await signed(stage);
      return { ...(await copied(stage, scene)), policy: { scopes: [`${stage.store.host}/${scene.repository}`] } };
    },
    "an image without a signature": async (stage) => await pushed(stage.store, "team/app", image()),
    "an index is signed and its child is not: the child": async (stage) => {
      const child = image();
      const index = buildIndex([{ image: child, os: "linux", architecture: "amd64" }]);
      const scene = await pushed(stage.store, "team/app", index);
      await notation.sign(nameOf(scene), { key: stage.key, account: stage.store.account });
      expect((await verify(scene, trustPolicy({}))).state).toBe("verified");
      return { ...scene, digest: child.manifest.digest };
    },
    "level permissive: a certificate that has ended": async (stage) => ({
      ...(await signed(await withShortKey(stage))),
      policy: { level: "permissive" },
      now: hoursFromNow(3),
    }),
    "level permissive: a signature that has ended": async (stage) => ({
      ...(await signed(stage, { expiry: "1h" })),
      policy: { level: "permissive" },
      now: hoursFromNow(3),
    }),
    "level permissive: a certificate that is revoked": async (stage) => ({
      ...(await signed(await withRevokedKey(stage))),
      policy: { level: "permissive" },
    }),
    "level audit: a trust store without its root": async (stage) => ({
      ...(await signed(stage)),
      policy: { level: "audit", stores: ["ca:other"] },
    }),
    "level audit: a flipped byte in the payload": async (stage) => ({
      ...(await changed(stage, (envelope) => ({ ...envelope, payload: flipBit(envelope.payload) }))),
      policy: { level: "audit" },
    }),
    "level skip": async (stage) => ({
      ...(await signed(stage)),
      policy: { level: "skip", scopes: [`${stage.store.host}/team/app`] },
    }),
    "FORMAT: a flipped byte in the payload": async (stage) =>
      await changed(stage, (envelope) => ({ ...envelope, payload: flipBit(envelope.payload) })),
    "FORMAT: a flipped byte in the signature": async (stage) =>
      await changed(stage, (envelope) => ({ ...envelope, signature: flipBit(envelope.signature) })),
    "FORMAT: a flipped byte in the protected header": async (stage) =>
      await changed(stage, (envelope) => ({
        ...envelope,
        // a digit of the signing time, so that the header stays readable
        header: changeSigningTime(envelope, stage.format),
      })),
    "FORMAT: a flipped byte in the signature of the certificate": async (stage) =>
      await changed(stage, (envelope) => {
        const [leaf = Buffer.alloc(0), ...rest] = envelope.certificates;
        const bytes = Buffer.from(leaf);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        return { ...envelope, certificates: [bytes, ...rest] };
      }),
    "FORMAT: another digest": async (stage) =>
      await attached(stage, async () => await envelopeBytes(stage, await signed(stage))),
    "FORMAT: the certificate of another key": async (stage) => {
      const other = await createTestLeaf(intermediate);
      return await changed(stage, (envelope) => ({ ...envelope, certificates: other.chain.map((each) => each.der) }));
    },
    "FORMAT: without its intermediate certificate": async (stage) =>
      await changed(stage, (envelope) => ({
        ...envelope,
        certificates: envelope.certificates.filter((_, at) => at !== 1),
      })),
    "FORMAT: an unknown critical header": async (stage) =>
      await attached(
        stage,
        async (digest) =>
          await signTestEnvelope({
            digest,
            format: stage.format,
            signer: await createTestLeaf(intermediate),
            headers: { "com.example.rule": "x" },
            critical: [SCHEME, "com.example.rule"],
          }),
      ),
    "FORMAT: an envelope under the media type of the other format": async (stage) =>
      await replaced(stage, ({ mediaType, bytes }) => ({
        mediaType: mediaType === JWS_TYPE ? COSE_TYPE : JWS_TYPE,
        bytes,
      })),
    "FORMAT: an envelope that is cut off": async (stage) =>
      await replaced(stage, ({ mediaType, bytes }) => ({ mediaType, bytes: bytes.subarray(0, bytes.length - 9) })),
    "FORMAT: a timestamp over another signature": async (stage) => {
      const other = await readEnvelope(stage, await signed(stage, { timestamped: true }));
      const scene = await changed(stage, (envelope) => ({ ...envelope, timestamp: other.timestamp }), {
        timestamped: true,
      });
      return { ...scene, policy: WITH_TSA };
    },
    "FORMAT: without the timestamp that the policy asks for": async (stage) => ({
      ...(await signed(stage)),
      policy: WITH_TSA,
    }),
    "FORMAT: a signature that has ended": async (stage) => ({
      ...(await signed(stage, { expiry: "1h" })),
      now: hoursFromNow(2),
    }),
    "algorithm none": async (stage) =>
      await attached(
        stage,
        async (digest) =>
          await signTestEnvelope({ digest, signer: await createTestLeaf(intermediate), algorithm: "none" }),
      ),
    "an identity that is not trusted": async (stage) => ({
      ...(await signed(stage)),
      policy: { identities: ["x509.subject: C=US, ST=WA, O=Haechi Test, CN=somebody"] },
    }),
    "a trust store without its root": async (stage) => ({ ...(await signed(stage)), policy: { stores: ["ca:other"] } }),
    "a trust store of another kind": async (stage) => ({
      ...(await signed(stage)),
      policy: { stores: ["signingAuthority:test"] },
    }),
    "the root of the timestamp in a trust store for signers only": async (stage) => {
      await addKey("timeless", await createTestLeaf(tsaRoot));
      return { ...(await signed({ ...stage, key: "timeless" })), policy: WITH_TSA };
    },
    "a scope of another repository": async (stage) => ({
      ...(await signed(stage)),
      policy: { scopes: [`${stage.store.host}/team/other`] },
    }),
  };

  async function addKey(name: string, certificate: TestCertificate): Promise<TestCertificate> {
    await notation.addKey(name, certificate);
    return certificate;
  }

  async function withShortKey(stage: Stage): Promise<Stage> {
    const key = `short-${randomBytes(4).toString("hex")}`;
    await addKey(key, await createTestLeaf(intermediate, { notAfter: hoursFromNow(1) }));
    return { ...stage, key };
  }

  async function withRevokedKey(stage: Stage): Promise<Stage> {
    const key = `revoked-${randomBytes(4).toString("hex")}`;
    const certificate = await addKey(key, await createTestLeaf(intermediate, { crlUrl: `${pki.url}/${key}.crl` }));
    pki.answers.set(`/${key}.crl`, createTestCrl(intermediate, [{ certificate }]));
    return { ...stage, key };
  }

  function trustPolicy(policy: Policy): NotationRequirement {
    const isSkip = policy.level === "skip";
    const statement = {
      name: "test",
      registryScopes: policy.scopes ?? ["*"],
      signatureVerification: { level: policy.level ?? "strict" },
      ...(isSkip
        ? {}
        : { trustStores: policy.stores ?? ["ca:test"], trustedIdentities: policy.identities ?? [IDENTITY] }),
    };
    return {
      kind: "notation",
      trustPolicy: JSON.stringify({ version: "1.0", trustPolicies: [statement] }),
      trustStores: {
        "ca:test": [root.pem],
        "ca:other": [otherRoot.pem],
        "signingAuthority:test": [root.pem],
        "tsa:time": [tsaRoot.pem],
      },
    };
  }

  async function verify(scene: Scene, requirement: NotationRequirement): Promise<SignatureResult> {
    await using referrers = await open(scene.store, scene.repository);
    const reference = parseImageReference(nameOf(scene));
    const now = scene.now ?? new Date();
    const [result] = await verifier.verify({ reference, digest: scene.digest, referrers }, [requirement], { now });
    return result ?? Promise.reject(new Error("no result"));
  }

  async function open(store: Store, repository: string): Promise<RepositoryClient> {
    return await openRepository(
      { registry: store.host, repository },
      { ...(store.account === undefined ? {} : { credentials: store.account }), scopes: ["pull", "push"] },
    );
  }

  async function pushed(store: Store, repository: string, pushing: TestImage): Promise<Scene> {
    await using client = await open(store, repository);
    const manifests: { readonly digest: Digest; readonly mediaType: string; readonly bytes: Buffer }[] = [];
    for (const [digest, bytes] of pushing.blobs) {
      const isManifest = bytes.subarray(0, 20).toString().startsWith('{"schemaVersion"');
      if (isManifest) {
        const { mediaType } = JSON.parse(bytes.toString()) as { mediaType: string };
        manifests.push({ digest, mediaType, bytes });
      } else {
        await client.pushBlob(bytes);
      }
    }
    for (const { digest, mediaType, bytes } of manifests) {
      await client.pushManifest(digest, mediaType, bytes);
    }
    return { store, repository, digest: pushing.manifest.digest };
  }

  /** A fresh image that notation signed. */
  async function signed(
    stage: Stage,
    options: { readonly timestamped?: boolean; readonly expiry?: string } = {},
  ): Promise<Scene> {
    const scene = await pushed(stage.store, "team/app", image());
    await notation.sign(nameOf(scene), {
      key: stage.key,
      format: stage.format,
      account: stage.store.account,
      ...(options.expiry === undefined ? {} : { expiry: options.expiry }),
      ...(options.timestamped === true ? { timestamp: { url: `${pki.url}/tsa`, root: tsaRoot } } : {}),
    });
    return scene;
  }

  /** A fresh image with an envelope that notation would not make. */
  async function attached(
    stage: Stage,
    make: (digest: Digest) => Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }>,
  ): Promise<Scene> {
    const scene = await pushed(stage.store, "team/app", image());
    await attach(scene, await make(scene.digest));
    return scene;
  }

  async function attach(
    scene: Scene,
    envelope: { readonly mediaType: string; readonly bytes: Uint8Array },
  ): Promise<void> {
    await using client = await open(scene.store, scene.repository);
    const subject = await client.readManifest(scene.digest);
    const layer = await client.pushBlob(envelope.bytes);
    const config = await client.pushBlob(Buffer.from("{}"));
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: SIGNATURE_TYPE,
      config: { mediaType: OCI_EMPTY, ...config },
      layers: [{ mediaType: envelope.mediaType, ...layer }],
      subject: { mediaType: subject?.mediaType, digest: scene.digest, size: subject?.bytes.length },
      annotations: { "io.cncf.notary.x509chain.thumbprint#S256": "[]" },
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    await client.attachReferrer(scene.digest, { mediaType: OCI_MANIFEST, bytes, artifactType: SIGNATURE_TYPE });
  }

  /** The image and its signature in a second repository. */
  async function copied(stage: Stage, scene: Scene, repository: string = "team/copy"): Promise<Scene> {
    const envelope = await envelopeBytes(stage, scene);
    const copy = await pushed(stage.store, repository, await readImage(scene));
    await attach(copy, envelope);
    return copy;
  }

  async function readImage(scene: Scene): Promise<TestImage> {
    const found = images.get(scene.digest);
    return await (found ?? Promise.reject(new Error("not an image of this test")));
  }

  /** The image in a second repository, where its signature was replaced. */
  async function replaced(
    stage: Stage,
    change: (envelope: { mediaType: string; bytes: Buffer }) => { mediaType: string; bytes: Buffer },
    options: { readonly timestamped?: boolean } = {},
  ): Promise<Scene> {
    const scene = await signed(stage, options);
    const copy = await pushed(stage.store, "team/changed", await readImage(scene));
    await attach(copy, change(await envelopeBytes(stage, scene)));
    return copy;
  }

  async function changed(
    stage: Stage,
    change: (envelope: EnvelopeParts) => EnvelopeParts,
    options: { readonly timestamped?: boolean } = {},
  ): Promise<Scene> {
    return await replaced(
      stage,
      ({ mediaType, bytes }) => ({
        mediaType,
        bytes: joinEnvelope(change(splitEnvelope(bytes, stage.format)), stage.format),
      }),
      options,
    );
  }

  async function envelopeBytes(_stage: Stage, scene: Scene): Promise<{ mediaType: string; bytes: Buffer }> {
    await using client = await open(scene.store, scene.repository);
    const [referrer] = await client.listReferrers(scene.digest);
    const manifest = referrer === undefined ? undefined : await client.readManifest(referrer.digest);
    const { layers } = JSON.parse(Buffer.from(manifest?.bytes ?? []).toString()) as {
      layers: [{ mediaType: string; digest: Digest; size: number }];
    };
    const bytes = await client.readBlob(layers[0], LIMITS.maxSignatureBytes);
    return { mediaType: layers[0].mediaType, bytes: Buffer.from(bytes) };
  }

  async function readEnvelope(stage: Stage, scene: Scene): Promise<EnvelopeParts> {
    return splitEnvelope((await envelopeBytes(stage, scene)).bytes, stage.format);
  }
});

const images = new Map<Digest, TestImage>();

/** An image that nobody has seen before. */
function image(): TestImage {
  const made = buildImage([{ entries: [{ path: "unique", content: randomBytes(16).toString("hex") }] }]);
  images.set(made.manifest.digest, made);
  return made;
}

function nameOf(scene: Pick<Scene, "store" | "repository" | "digest">): string {
  return `${scene.store.host}/${scene.repository}@${scene.digest}`;
}

function hoursFromNow(hours: number): Date {
  return new Date(Date.now() + hours * HOUR_MS);
}
