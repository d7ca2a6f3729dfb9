// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { OCI_CONFIG, OCI_EMPTY, OCI_LAYER_GZIP, OCI_MANIFEST } from "#oci";
import type { Verdict } from "#policy";
import { buildImage, buildIndex, type TestImage } from "../../../../test/support/image-builder.ts";
import {
  type Answer,
  call,
  DENY,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
  tokenFor,
  UNDECIDED,
  VULNERABLE,
} from "../../../../test/support/registry-server.ts";

const SHARED = { entries: [{ path: "shared", content: "base" }] };
const IMAGE = buildImage([SHARED, { entries: [{ path: "app", content: "1" }] }]);
const OTHER = buildImage([SHARED, { entries: [{ path: "app", content: "2" }] }]);
const INDEX = buildIndex([
  { image: IMAGE, os: "linux", architecture: "amd64" },
  { image: OTHER, os: "linux", architecture: "arm64" },
]);
const [SHARED_LAYER, OWN_LAYER, CONFIG] = digestsOf(IMAGE);
const WARN: Partial<Verdict> = { ...DENY, mode: "warn" };

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry();
  await pushImage(registry, "team/app:1.0", IMAGE);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

beforeEach(() => {
  registry.judge.reset();
});

describe("what a viewer gets", () => {
  it.each([
    { name: "allowed, by tag", verdict: {}, line: "GET manifests/1.0", want: 200 },
    { name: "denied, by tag", verdict: DENY, line: "GET manifests/1.0", want: 403 },
    { name: "denied, by digest", verdict: DENY, line: `GET manifests/${IMAGE.manifest.digest}`, want: 403 },
    { name: "denied, HEAD by tag", verdict: DENY, line: "HEAD manifests/1.0", want: 403 },
    { name: "denied, HEAD by digest", verdict: DENY, line: `HEAD manifests/${IMAGE.manifest.digest}`, want: 403 },
    { name: "denied, config", verdict: DENY, line: `GET blobs/${CONFIG}`, want: 403 },
    { name: "denied, layer", verdict: DENY, line: `GET blobs/${OWN_LAYER}`, want: 403 },
    { name: "denied, HEAD of a layer", verdict: DENY, line: `HEAD blobs/${OWN_LAYER}`, want: 403 },
    { name: "allowed, layer", verdict: {}, line: `GET blobs/${OWN_LAYER}`, want: 200 },
    { name: "undecided, by tag", verdict: UNDECIDED, line: "GET manifests/1.0", want: 403 },
    { name: "undecided, layer", verdict: UNDECIDED, line: `GET blobs/${OWN_LAYER}`, want: 403 },
    { name: "denied by a policy that only warns", verdict: WARN, line: "GET manifests/1.0", want: 200 },
    { name: "a layer under a policy that only warns", verdict: WARN, line: `GET blobs/${OWN_LAYER}`, want: 200 },
  ])("$name: $want", async ({ verdict, line, want }) => {
    decide(IMAGE, verdict);
    const answer = await pull(line);
    expect(answer.status).toBe(want);
    if (want === 403 && line.startsWith("GET")) {
      expect(answer.code).toBe("DENIED");
    }
    // What was allowed a moment ago is not kept from the judge.
    decide(IMAGE, DENY);
    expect((await pull(line)).status).toBe(403);
  });

  it("says why, for people and for programs, in the client's language", async () => {
    decide(IMAGE, DENY);
    const { body, message } = await pull("GET manifests/1.0");
    expect(message).toMatch(
      /^denied by policy: left-pad 1\.0\.0 has CVE-2026-0001 \(high\)\. It is fixed in 1\.0\.1: update the package or the base image, and rebuild\. The whole report, with files, layers and fixes: haechi scan [\d.:]+\/team\/app:1\.0$/,
    );
    expect(JSON.parse(body.toString())).toMatchObject({
      errors: [
        {
          code: "DENIED",
          detail: {
            outcome: "deny",
            digest: IMAGE.manifest.digest,
            reasonCount: 1,
            reasons: [{ code: "VULNERABILITY", params: { id: "CVE-2026-0001" } }],
          },
        },
      ],
    });
    const korean = await pull("GET manifests/1.0", { headers: { "accept-language": "ko" } });
    expect(korean.message).toMatch(
      /^정책에 따라 거부되었습니다: left-pad 1\.0\.0 패키지에 CVE-2026-0001 취약점이 있습니다/,
    );
  });

  it("names the mandatory policy where that is what refuses", async () => {
    decide(IMAGE, {
      ...DENY,
      policy: { kind: "ClusterImagePolicy", name: "haechi-default", repository: "*" },
      decidedBy: { kind: "ClusterImagePolicy", name: "registry-require-signatures", repository: "r.example/*" },
    });
    const { body, message } = await pull("GET manifests/1.0");
    expect(message).toMatch(
      / Decided by ClusterImagePolicy registry-require-signatures, repository r\.example\/\*\. The whole report/,
    );
    expect(JSON.parse(body.toString())).toMatchObject({
      errors: [{ detail: { policy: { name: "registry-require-signatures" } } }],
    });
  });

  it("speaks the server's language with clients that ask for none", async () => {
    await using korean = await startTestRegistry({ language: "ko" });
    await pushImage(korean, "team/app:1.0", IMAGE);
    korean.judge.decide(IMAGE.manifest.digest, DENY);
    const answer = await pull("GET manifests/1.0", {}, korean);
    expect(answer.message).toContain("정책에 따라 거부되었습니다");
  });

  it("says that nobody can tell, when that is so", async () => {
    decide(IMAGE, UNDECIDED);
    expect((await pull("GET manifests/1.0")).message).toMatch(
      /^denied, because it cannot tell .*scan of the image is not finished/,
    );
  });

  it("cuts a long list of reasons", async () => {
    decide(IMAGE, { outcome: "deny", reasons: Array.from({ length: 1_000 }, () => VULNERABLE) });
    const { body, message } = await pull("GET manifests/1.0");
    expect(message).toMatch(/There are 997 more reasons\. The whole report/);
    expect(body.length).toBeLessThan(30_000);
  });
});

describe("an undecided image", () => {
  it("is handed out where that is configured", async () => {
    await using lenient = await startTestRegistry({ registry: { undecided: "allow" } });
    await pushImage(lenient, "team/app:1.0", IMAGE);
    lenient.judge.decide(IMAGE.manifest.digest, UNDECIDED);
    for (const line of ["GET manifests/1.0", `GET blobs/${OWN_LAYER}`]) {
      expect((await pull(line, {}, lenient)).status).toBe(200);
    }
    lenient.judge.decide(IMAGE.manifest.digest, DENY);
    expect((await pull("GET manifests/1.0", {}, lenient)).status).toBe(403);
  });

  it("that the scanner cannot judge is refused even there", async () => {
    await using lenient = await startTestRegistry({ registry: { undecided: "allow" } });
    await pushImage(lenient, "team/app:1.0", IMAGE);
    const reasons = [{ code: "DISTRIBUTION_UNKNOWN", effect: "undecided", params: {} }] as const;
    lenient.judge.decide(IMAGE.manifest.digest, { outcome: "undecided", reasons });
    for (const line of ["GET manifests/1.0", `GET blobs/${OWN_LAYER}`]) {
      expect((await pull(line, {}, lenient)).status).toBe(403);
    }
    // As with `scan.unsupported: allow`.
    lenient.judge.decide(IMAGE.manifest.digest, {
      outcome: "allow",
      reasons: reasons.map((each) => ({ ...each, effect: "warn" as const })),
    });
    expect((await pull("GET manifests/1.0", {}, lenient)).status).toBe(200);
  });

  it.each([
    { name: "allowed", verdict: {}, want: 200 },
    { name: "denied", verdict: DENY, want: 403 },
    { name: "still undecided", verdict: UNDECIDED, want: 403 },
  ])("is waited for, then it is $name", async ({ verdict, want }) => {
    await using waiting = await startTestRegistry({ registry: { scanWaitMs: 5_000 } });
    await pushImage(waiting, "team/app:1.0", IMAGE);
    const { judge } = waiting;
    judge.decide(IMAGE.manifest.digest, UNDECIDED);
    const waits: unknown[] = [];
    judge.onWait = (digest, timeoutMs) => {
      waits.push([digest, timeoutMs]);
      judge.decide(IMAGE.manifest.digest, verdict);
    };
    expect((await pull("GET manifests/1.0", {}, waiting)).status).toBe(want);
    expect(waits).toEqual([[IMAGE.manifest.digest, 5_000]]);
  });

  it("is not waited for when no scan will tell", async () => {
    await using waiting = await startTestRegistry({ registry: { scanWaitMs: 5_000 } });
    await pushImage(waiting, "team/app:1.0", IMAGE);
    const reasons = [{ code: "DISTRIBUTION_UNKNOWN", effect: "undecided", params: {} }] as const;
    waiting.judge.decide(IMAGE.manifest.digest, { outcome: "undecided", reasons });
    waiting.judge.onWait = () => expect.unreachable();
    expect((await pull("GET manifests/1.0", {}, waiting)).status).toBe(403);
  });
});

describe("an index", () => {
  const repository = "team/multi";

  beforeAll(async () => {
    await pushImage(registry, "team/multi:multi", INDEX);
  });

  it("is judged, and each child again when it is pulled", async () => {
    decide(OTHER, DENY);
    expect((await pull("GET manifests/multi", { repository })).status).toBe(200);
    expect((await pull(`GET manifests/${IMAGE.manifest.digest}`, { repository })).status).toBe(200);
    expect((await pull(`GET manifests/${OTHER.manifest.digest}`, { repository })).status).toBe(403);
    decide(INDEX, DENY);
    expect((await pull("GET manifests/multi", { repository })).status).toBe(403);
  });

  it("does not free the blobs of a refused child, but a layer that an allowed one has is free", async () => {
    decide(OTHER, DENY);
    const own = digestsOf(OTHER)[1];
    expect((await pull(`GET blobs/${own}`, { repository })).status).toBe(403);
    expect((await pull(`GET blobs/${SHARED_LAYER}`, { repository })).status).toBe(200);
    decide(IMAGE, DENY);
    expect((await pull(`GET blobs/${SHARED_LAYER}`, { repository })).status).toBe(403);
  });

  it("of artifacts only is no image, and is not judged", async () => {
    const note = await pushArtifact("team/multi", {});
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX.manifest.mediaType,
      manifests: [{ mediaType: OCI_MANIFEST, digest: note.digest, size: note.size }],
    });
    await pushManifest(registry, "team/multi:notes", { mediaType: INDEX.manifest.mediaType, bytes });
    registry.judge.decide(digestOf(bytes), DENY);
    expect((await pull("GET manifests/notes", { repository })).status).toBe(200);
  });
});

describe("artifacts", () => {
  const repository = "team/artifacts";

  beforeAll(async () => {
    await pushImage(registry, `${repository}:1.0`, IMAGE);
  });

  it("of a refused image are read: signatures say why one may trust it", async () => {
    const note = await pushArtifact(repository, { subject: { ...IMAGE.manifest } });
    decide(IMAGE, DENY);
    registry.judge.decide(note.digest, DENY);
    expect((await pull(`GET manifests/${note.digest}`, { repository })).status).toBe(200);
    expect((await pull(`GET blobs/${note.layer}`, { repository })).status).toBe(200);
    expect((await pull(`GET referrers/${IMAGE.manifest.digest}`, { repository })).body.toString()).toContain(
      note.digest,
    );
  });

  it("do not free the layers of a refused image that they list", async () => {
    decide(IMAGE, DENY);
    await pushArtifact(repository, { layers: [layerOf(IMAGE, OWN_LAYER)] });
    expect((await pull(`GET blobs/${OWN_LAYER}`, { repository })).status).toBe(403);
  });

  it("that are images under another name are judged", async () => {
    const { bytes: configBytes } = blobOf(IMAGE, CONFIG);
    const disguised = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json",
      config: { mediaType: "application/x-harmless", digest: CONFIG, size: configBytes.length },
      layers: [layerOf(IMAGE, OWN_LAYER)],
      subject: { ...IMAGE.manifest },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    });
    const tag = `${IMAGE.manifest.digest.replace(":", "-")}.sig`;
    await pushManifest(registry, `${repository}:${tag}`, { mediaType: OCI_MANIFEST, bytes: disguised });
    registry.judge.decide(digestOf(disguised), DENY);
    const userAgents = ["cosign/3.1", "Trivy/0.68", "harbor-scanner", "skopeo/1.9"];
    for (const userAgent of userAgents) {
      expect((await pull(`GET manifests/${tag}`, { repository, headers: { "user-agent": userAgent } })).status).toBe(
        403,
      );
    }
  });
});

describe("who pushes", () => {
  it("sees that a refused image and its blobs are there, and reads neither", async () => {
    decide(IMAGE, DENY);
    for (const [line, want] of [
      ["HEAD manifests/1.0", 200],
      [`HEAD blobs/${OWN_LAYER}`, 200],
      [`GET blobs/${OWN_LAYER}`, 403],
    ] as const) {
      expect((await pull(line, { as: "uploader" })).status).toBe(want);
    }
    expect((await pull("GET manifests/1.0", { as: "admin" })).status).toBe(403);
  });

  it("reads back the manifest that it has just pushed, for five minutes, and nobody else does", async () => {
    let now = new Date("2026-11-22T12:00:00Z");
    await using clocked = await startTestRegistry({ now: () => now });
    await pushImage(clocked, "team/app:1.0", IMAGE);
    clocked.judge.decide(IMAGE.manifest.digest, DENY);
    expect((await pull("GET manifests/1.0", { as: "uploader" }, clocked)).status).toBe(200);
    expect((await pull("GET manifests/1.0", { as: "admin" }, clocked)).status).toBe(403);
    const pullOnly = await tokenFor(clocked, "uploader", "repository:team/app:pull");
    expect((await pull("GET manifests/1.0", { token: pullOnly }, clocked)).status).toBe(403);
    now = new Date(now.getTime() + 5 * 60 * 1000);
    expect((await pull("GET manifests/1.0", { as: "uploader" }, clocked)).status).toBe(403);
  });

  it("is not asked to wait for a scan by the HEAD before the next push", async () => {
    await using waiting = await startTestRegistry({ registry: { scanWaitMs: 60_000 } });
    await pushImage(waiting, "team/app:1.0", IMAGE);
    waiting.judge.decide(IMAGE.manifest.digest, UNDECIDED);
    waiting.judge.onWait = () => expect.unreachable();
    expect((await pull("HEAD manifests/1.0", { as: "uploader" }, waiting)).status).toBe(200);
  });
});

describe("whoever may push, and signs what is refused", () => {
  const repository = "team/signed";
  const cosign = { "user-agent": "cosign/v3.1.1 (linux; amd64) go-containerregistry/v0.20.6" };

  beforeAll(async () => {
    await pushImage(registry, `${repository}:1.0`, IMAGE);
    await pushImage(registry, `${repository}:multi`, INDEX);
  });

  /** With a token as real clients ask for it: cosign and notation read with `pull` only. */
  async function read(
    line: string,
    as: "uploader" | "admin" | "viewer" | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<number> {
    const token = await tokenFor(registry, as, `repository:${repository}:pull`);
    return (await pull(line, { repository, token, headers })).status;
  }

  it.each([
    "docker/29.0",
    "skopeo/1.18",
    "containerd/2.1",
    "x cosign/3.1",
    "Cosign/3.1",
    "cosign",
    "haechi-scanner",
    "",
  ])("gets no manifest as the client “%s”, and no blob as any", async (client) => {
    decide(IMAGE, DENY);
    const headers = { "user-agent": client };
    for (const as of ["uploader", "admin"] as const) {
      expect(await read("GET manifests/1.0", as, headers)).toBe(403);
      expect(await read(`GET manifests/${IMAGE.manifest.digest}`, as, headers)).toBe(403);
      expect(await read(`GET blobs/${OWN_LAYER}`, as, headers)).toBe(403);
      expect(await read(`GET blobs/${OWN_LAYER}`, as, cosign)).toBe(403);
    }
  });

  it.each([
    { name: "cosign finds the manifest by tag", line: "GET manifests/1.0", headers: cosign, want: 200 },
    { name: "cosign finds an index", line: "GET manifests/multi", headers: cosign, want: 200 },
    { name: "any client finds the digest", line: "HEAD manifests/1.0", headers: {}, want: 200 },
    {
      name: "any client finds the image by digest",
      line: `HEAD manifests/${IMAGE.manifest.digest}`,
      headers: {},
      want: 200,
    },
    { name: "another client is told at once why it gets nothing", line: "GET manifests/1.0", headers: {}, want: 403 },
    { name: "a layer is refused", line: `GET blobs/${OWN_LAYER}`, headers: cosign, want: 403 },
    { name: "the configuration is refused", line: `GET blobs/${CONFIG}`, headers: cosign, want: 403 },
  ])("$name: $want", async ({ line, headers, want }) => {
    for (const image of [IMAGE, OTHER, INDEX]) {
      decide(image, DENY);
    }
    expect(await read(line, "uploader", headers)).toBe(want);
    expect(await read(line, "admin", headers)).toBe(want);
    expect(await read(line, "viewer", headers)).toBe(403);
  });

  it("gets nothing without an account, whatever it calls itself", async () => {
    await using open = await startTestRegistry({ registry: { anonymousPull: true } });
    await pushImage(open, "team/app:1.0", IMAGE);
    open.judge.decide(IMAGE.manifest.digest, DENY);
    for (const line of ["GET manifests/1.0", "HEAD manifests/1.0"]) {
      const [method = "", path = ""] = line.split(" ");
      expect((await call(open, `${method} /v2/team/app/${path}`, { headers: cosign })).status).toBe(403);
    }
  });

  it("leaves a trace", async () => {
    decide(IMAGE, DENY);
    await read("GET manifests/1.0", "uploader", cosign);
    const [audited] = await registry.context.database.audit.list({ limit: 1 });
    expect(audited).toMatchObject({
      actor: "uploader",
      action: "refused-manifest-inspected",
      target: `${repository}@${IMAGE.manifest.digest}`,
    });
  });

  it("does not get the manifest while its configuration is free: then it would be all that is missing", async () => {
    const { bytes } = blobOf(IMAGE, CONFIG);
    const twin = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest: CONFIG, size: bytes.length },
      layers: [layerOf(IMAGE, SHARED_LAYER), layerOf(IMAGE, OWN_LAYER)],
      annotations: { a: "another manifest of the same content" },
    });
    await pushManifest(registry, `${repository}:twin`, { mediaType: OCI_MANIFEST, bytes: twin });
    registry.judge.decide(digestOf(twin), DENY);
    expect(await read("GET manifests/twin", "admin", cosign)).toBe(403);
    decide(IMAGE, DENY);
    expect(await read("GET manifests/twin", "admin", cosign)).toBe(200);
  });

  it("does not get a manifest that carries its content", async () => {
    const config = JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } });
    const [configDigest, layerDigest] = [
      await pushBlob(registry, repository, config),
      await pushBlob(registry, repository, "a layer"),
    ];
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const carrying = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest: configDigest, size: config.length, data: base64(config) },
      layers: [{ mediaType: OCI_LAYER_GZIP, digest: layerDigest, size: 7, data: base64("a layer") }],
    });
    const pushed = await pushManifest(registry, `${repository}:carrying`, { mediaType: OCI_MANIFEST, bytes: carrying });
    expect(pushed.status).toBe(201);
    registry.judge.decide(digestOf(carrying), DENY);
    expect(await read("GET manifests/carrying", "admin", cosign)).toBe(403);
  });
});

describe("the scope inspect", () => {
  it("reads what is refused, and each read is audited", async () => {
    decide(IMAGE, DENY);
    const token = await tokenFor(registry, "uploader", "repository:team/app:pull,inspect");
    expect((await pull("GET manifests/1.0", { token })).status).toBe(200);
    expect((await pull(`GET blobs/${OWN_LAYER}`, { token })).status).toBe(200);
    const audited = await registry.context.database.audit.list({ limit: 2 });
    expect(audited).toMatchObject([
      { actor: "uploader", action: "refused-manifest-inspected", target: `team/app@${OWN_LAYER}` },
      { actor: "uploader", action: "refused-manifest-inspected", target: `team/app@${IMAGE.manifest.digest}` },
    ]);
  });

  it.each([
    { name: "a viewer who asks for it", as: "viewer", scope: "repository:team/app:pull,inspect" },
    { name: "an administrator who asks for pull", as: "admin", scope: "repository:team/app:pull" },
    { name: "an administrator who asks for everything", as: "admin", scope: "repository:team/app:*" },
    {
      name: "an uploader for another repository",
      as: "uploader",
      scope: "repository:team/app:pull repository:team/x:inspect",
    },
  ] as const)("is not granted to $name", async ({ as, scope }) => {
    decide(IMAGE, DENY);
    const token = await tokenFor(registry, as, scope);
    expect((await pull(`GET blobs/${OWN_LAYER}`, { token })).status).toBe(403);
    expect((await pull("GET manifests/1.0", { token })).status).toBe(403);
  });

  it("of the operator of this machine covers all repositories, and ends with the process", async () => {
    decide(IMAGE, DENY);
    const token = await registry.localInspectToken();
    expect((await pull("GET manifests/1.0", { token })).status).toBe(200);
    expect((await call(registry, "POST /v2/team/app/blobs/uploads/", { token })).status).toBe(403);
    const audited = (await registry.context.database.audit.list({ limit: 5 })).find(
      ({ action }) => action === "refused-manifest-inspected",
    );
    expect(audited).toMatchObject({ actor: "local-operator", action: "refused-manifest-inspected" });
  });
});

describe("decisions", () => {
  it("are recorded: each refusal, and an allow once for an actor and digest", async () => {
    await using own = await startTestRegistry();
    await pushImage(own, "team/app:1.0", IMAGE);
    for (let round = 0; round < 3; round += 1) {
      await pull("GET manifests/1.0", {}, own);
    }
    await pull("GET manifests/1.0", { as: "admin" }, own);
    own.judge.decide(IMAGE.manifest.digest, DENY);
    await pull("GET manifests/1.0", {}, own);
    await pull(`GET manifests/${IMAGE.manifest.digest}`, {}, own);
    // a scanner that may look is refused nothing: that is in the audit log, not among the decisions
    const token = await tokenFor(own, "uploader", "repository:team/app:pull,inspect");
    expect((await pull("GET manifests/1.0", { token }, own)).status).toBe(200);
    const { decisions } = own.context.database;
    await decisions.flush();
    const found = await decisions.list({ limit: 10 });
    expect(found.map(({ actor, outcome }) => `${actor} ${outcome}`).toSorted()).toEqual([
      "admin allow",
      "viewer allow",
      "viewer deny",
      "viewer deny",
    ]);
    expect(found.find(({ outcome }) => outcome === "deny")).toMatchObject({
      gate: "registry",
      digest: IMAGE.manifest.digest,
      reasons: [VULNERABLE],
      requestId: expect.any(String),
    });
  });

  it("are made for the name of this registry, not for what the client calls it", async () => {
    await using named = await startTestRegistry({ registry: { names: ["registry.example"] } });
    await pushImage(named, "team/app:1.0", IMAGE);
    for (const host of ["evil.example", "registry.example", "localhost"]) {
      await pull("GET manifests/1.0", { headers: { host } }, named);
    }
    expect(new Set(named.judge.asked)).toEqual(new Set(["registry.example/team/app:1.0"]));
  });
});

function decide(image: TestImage, verdict: Partial<Verdict>): void {
  registry.judge.decide(image.manifest.digest, verdict);
}

async function pull(
  line: string,
  options: Parameters<typeof call>[2] & { readonly repository?: string } = {},
  from: TestRegistry = registry,
): Promise<Answer> {
  const [method = "", path = ""] = line.split(" ");
  const who = options.token === undefined ? { as: "viewer" as const } : {};
  return await call(from, `${method} /v2/${options.repository ?? "team/app"}/${path}`, { ...who, ...options });
}

/** Layers in order, then the config. */
function digestsOf(image: TestImage): readonly [Digest, Digest, Digest] {
  const [shared, own, config] = [...image.blobs.keys()];
  if (shared === undefined || own === undefined || config === undefined) {
    throw new Error("the image builder changed");
  }
  return [shared, own, config];
}

function blobOf(image: TestImage, digest: Digest): { readonly bytes: Buffer } {
  return { bytes: image.blobs.get(digest) ?? Buffer.alloc(0) };
}

function layerOf(image: TestImage, digest: Digest): Record<string, unknown> {
  return { mediaType: OCI_LAYER_GZIP, digest, size: blobOf(image, digest).bytes.length };
}

/** A note about something: an empty config, as ORAS writes it, and one text layer. */
async function pushArtifact(
  repository: string,
  change: Readonly<Record<string, unknown>>,
): Promise<{ readonly digest: Digest; readonly size: number; readonly layer: Digest }> {
  const config = await pushBlob(registry, repository, "{}");
  const layer = await pushBlob(registry, repository, "a note");
  const bytes = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "test/note",
    config: { mediaType: OCI_EMPTY, digest: config, size: 2 },
    layers: [{ mediaType: "text/plain", digest: layer, size: 6 }],
    ...change,
  });
  const answer = await pushManifest(registry, `${repository}@${digestOf(bytes)}`, { mediaType: OCI_MANIFEST, bytes });
  expect(answer.status).toBe(201);
  return { digest: digestOf(bytes), size: bytes.length, layer };
}
