// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from "#oci";
import { BAD_PACKAGES, DEBIAN_PACKAGES } from "../../../../test/support/api-server.ts";
import { type GatedRegistry, startGatedRegistry } from "../../../../test/support/gated-registry.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../test/support/image-builder.ts";
import {
  type Answer,
  type Call,
  call,
  pushBlob,
  pushManifest,
  tokenFor,
} from "../../../../test/support/registry-server.ts";

// Holes that other registries' pull prevention had or has. Each is tried with the real judge: `BAD` has a vulnerability that is fixed,
// `GOOD` has none, and both have a layer in common.
const SHARED = { entries: [{ path: "shared", content: "base" }] };
const GOOD = buildImage([SHARED, { entries: [{ path: "app", content: "good" }] }]);
const BAD = buildImage([SHARED, { entries: [{ path: "app", content: "bad" }] }]);
const [SHARED_LAYER, BAD_LAYER, BAD_CONFIG] = digestsOf(BAD);
const [, GOOD_LAYER] = digestsOf(GOOD);

let registry: GatedRegistry;

beforeAll(async () => {
  registry = await startGatedRegistry();
  await registry.push("team/good:1", GOOD);
  await registry.push("team/bad:1", BAD);
  await registry.scanned(GOOD.manifest.digest, { packages: DEBIAN_PACKAGES });
  await registry.scanned(BAD.manifest.digest, { packages: BAD_PACKAGES });
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

async function pull(line: string, options: Call = {}): Promise<Answer> {
  const [method = "", path = ""] = line.split(" ");
  const who = options.token === undefined && options.as === undefined ? { as: "viewer" as const } : {};
  return await call(registry, `${method} /v2/${path}`, { ...who, ...options });
}

async function statusOf(line: string, options: Call = {}): Promise<number> {
  return (await pull(line, options)).status;
}

describe("an index is judged, and so is each child", () => {
  it("the allowed child is handed out, the refused one and its blobs are not", async () => {
    const index = buildIndex([
      { image: GOOD, os: "linux", architecture: "amd64" },
      { image: BAD, os: "linux", architecture: "arm64" },
    ]);
    await registry.push("team/index:1", index);
    expect(await statusOf("GET team/index/manifests/1")).toBe(200);
    expect(await statusOf(`GET team/index/manifests/${GOOD.manifest.digest}`)).toBe(200);
    expect(await statusOf(`GET team/index/manifests/${BAD.manifest.digest}`)).toBe(403);
    expect(await statusOf(`GET team/index/blobs/${BAD_LAYER}`)).toBe(403);
    expect(await statusOf(`GET team/index/blobs/${SHARED_LAYER}`)).toBe(200);
  });

  it("an index in an index hides nothing", async () => {
    const inner = buildIndex([{ image: BAD, os: "linux", architecture: "amd64" }]);
    await registry.push("team/nested:inner", inner);
    await registry.push("team/nested:good", GOOD);
    for (const [tag, children] of [
      ["only-bad", [inner]],
      ["mixed", [inner, GOOD]],
    ] as const) {
      const manifests = children.map(({ manifest }) => manifest);
      const bytes = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
      expect((await pushManifest(registry, `team/nested:${tag}`, { mediaType: OCI_INDEX, bytes })).status).toBe(201);
    }
    expect(await statusOf("GET team/nested/manifests/only-bad")).toBe(403);
    expect(await statusOf("GET team/nested/manifests/inner")).toBe(403);
    expect(await statusOf(`GET team/nested/manifests/${BAD.manifest.digest}`)).toBe(403);
    expect(await statusOf(`GET team/nested/blobs/${BAD_LAYER}`)).toBe(403);
  });
});

describe("what calls itself something else is judged by its content", () => {
  it.each([
    { name: "a CNAB bundle", mediaType: OCI_MANIFEST, config: "application/vnd.cnab.config.v1+json" },
    { name: "a helm chart", mediaType: OCI_MANIFEST, config: "application/vnd.cncf.helm.config.v1+json" },
    { name: "an unknown type", mediaType: OCI_MANIFEST, config: "application/x-nobody-knows" },
    { name: "an empty configuration", mediaType: OCI_MANIFEST, config: OCI_EMPTY },
    { name: "a Docker manifest", mediaType: DOCKER_MANIFEST, config: "application/octet-stream" },
  ])("$name with the configuration and layers of an image: refused", async ({ mediaType, config }) => {
    const { digest, answer } = await pushDisguised("team/disguise", { mediaType, config });
    expect(answer.status).toBe(201);
    expect(await statusOf(`GET team/disguise/manifests/${digest}`)).toBe(403);
    expect(await statusOf(`GET team/disguise/blobs/${BAD_LAYER}`)).toBe(403);
  });

  it("a CNAB index around a refused image: refused", async () => {
    await registry.push("team/cnab:image", BAD);
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      artifactType: "application/vnd.cnab.manifest.v1",
      annotations: {
        "io.cnab.runtime_version": "v1.0.0",
        "org.opencontainers.artifactType": "application/vnd.cnab.manifest.v1",
      },
      manifests: [{ ...BAD.manifest, annotations: { "io.cnab.manifest.type": "invocation" } }],
    });
    await pushManifest(registry, "team/cnab:1", { mediaType: OCI_INDEX, bytes });
    expect(await statusOf("GET team/cnab/manifests/1")).toBe(403);
  });

  it("a manifest of a type that nobody knows is not taken", async () => {
    const pushed = await pushManifest(registry, "team/odd:1", { mediaType: "application/vnd.odd+json", bytes: "{}" });
    expect(pushed.status).toBe(400);
  });
});

describe("content that nobody can scan", () => {
  const CHART = "application/vnd.cncf.helm.config.v1+json";

  async function pushChart(repository: string, more: Readonly<Record<string, unknown>> = {}) {
    const [config, layer] = [Buffer.from("{}"), Buffer.from(`chart of ${repository}`)];
    await pushBlob(registry, repository, config);
    await pushBlob(registry, repository, layer);
    const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: describe(CHART, config),
      layers: [describe("application/vnd.cncf.helm.chart.content.v1.tar+gzip", layer)],
      ...more,
    });
    const pushed = await pushManifest(registry, `${repository}:1`, { mediaType: OCI_MANIFEST, bytes });
    expect(pushed.status).toBe(201);
    return { layer: digestOf(layer), size: layer.length, manifest: { digest: digestOf(bytes), size: bytes.length } };
  }

  function about({ digest, size }: { readonly digest: string; readonly size: number }) {
    return { subject: { mediaType: OCI_MANIFEST, digest, size } };
  }

  it("is handed out, unless the settings refuse it: then neither its manifest nor its blobs are, nor mounted", async () => {
    const { layer } = await pushChart("charts/app");
    expect(await statusOf("GET charts/app/manifests/1")).toBe(200);
    expect(await statusOf(`GET charts/app/blobs/${layer}`)).toBe(200);
    await registry.set("charts", { unscannable: "deny" });
    const refused = await pull("GET charts/app/manifests/1");
    expect([refused.status, refused.body.toString()]).toEqual([403, expect.stringContaining("ARTIFACT_UNSUPPORTED")]);
    expect(await statusOf("HEAD charts/app/manifests/1")).toBe(403);
    expect(await statusOf(`GET charts/app/blobs/${layer}`)).toBe(403);
    const mount = `POST /v2/team/elsewhere/blobs/uploads/?mount=${layer}&from=charts/app`;
    expect((await call(registry, mount, { as: "uploader" })).status).toBe(202);
  });

  it("is handed out where it is attached to something", async () => {
    await registry.push("charts/attached:image", GOOD);
    const { layer } = await pushChart("charts/attached", about(GOOD.manifest));
    await registry.set("charts", { unscannable: "deny" });
    expect(await statusOf("GET charts/attached/manifests/1")).toBe(200);
    expect(await statusOf(`GET charts/attached/blobs/${layer}`)).toBe(200);
  });

  it.each([
    { name: "calls itself the configuration of an image", more: { artifactType: OCI_CONFIG } },
    { name: "is about something that nobody has", more: about({ digest: digestOf("nobody has it"), size: 13 }) },
  ])("is not handed out because it $name", async ({ more }) => {
    const repository = `charts/${"subject" in more ? "about" : "called"}`;
    const { layer } = await pushChart(repository, more);
    await registry.set("charts", { unscannable: "deny" });
    expect(await statusOf(`GET ${repository}/manifests/1`)).toBe(403);
    expect(await statusOf(`GET ${repository}/blobs/${layer}`)).toBe(403);
  });

  it("is handed out where it is attached to what is attached, but not without end", async () => {
    await registry.push("charts/long:image", GOOD);
    let { manifest } = await pushChart("charts/long", about(GOOD.manifest));
    const digests: string[] = [manifest.digest];
    for (let index = 0; index < 5; index++) {
      ({ manifest } = await pushChart("charts/long", { ...about(manifest), annotations: { index: String(index) } }));
      digests.push(manifest.digest);
    }
    await registry.set("charts", { unscannable: "deny" });
    const statuses = await Promise.all(digests.map((each) => statusOf(`GET charts/long/manifests/${each}`)));
    expect(statuses).toEqual([200, 200, 200, 200, 403, 403]);
  });

  it("is not handed out because it is about other content that is not", async () => {
    const { manifest } = await pushChart("charts/chain");
    const { layer } = await pushChart("charts/chain", { ...about(manifest), annotations: { second: "one" } });
    await registry.set("charts", { unscannable: "deny" });
    expect(await statusOf("GET charts/chain/manifests/1")).toBe(403);
    expect(await statusOf(`GET charts/chain/blobs/${layer}`)).toBe(403);
  });

  it.each(["alone", "beside an allowed image"])(
    "is not handed out because an index lists its blobs, %s",
    async (how) => {
      const repository = `charts/index-${how === "alone" ? "alone" : "beside"}`;
      const { layer, size } = await pushChart(repository);
      await registry.push(`${repository}:image`, GOOD);
      const listed = { mediaType: "application/octet-stream", digest: layer, size };
      const { digest, size: imageSize } = GOOD.manifest;
      const image = {
        mediaType: OCI_MANIFEST,
        digest,
        size: imageSize,
        platform: { os: "linux", architecture: "amd64" },
      };
      const bytes = JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: how === "alone" ? [listed] : [listed, image],
      });
      expect((await pushManifest(registry, `${repository}:2`, { mediaType: OCI_INDEX, bytes })).status).toBe(201);
      await registry.set("charts", { unscannable: "deny" });
      expect(await statusOf(`GET ${repository}/manifests/2`)).toBe(403);
      expect(await statusOf(`GET ${repository}/manifests/${GOOD.manifest.digest}`)).toBe(200);
      expect(await statusOf(`GET ${repository}/blobs/${layer}`)).toBe(403);
    },
  );
});

describe("accessories", () => {
  const name = `sha256-${digestHex(GOOD.manifest.digest)}`;

  it.each([name, `${name}.sig`, `${name}.att`, `${name}.sbom`, "latest.sig", "cache"])(
    "an image under the name %s is judged",
    async (tag) => {
      await registry.push(`team/names:${tag}`, BAD);
      expect(await statusOf(`GET team/names/manifests/${tag}`)).toBe(403);
      expect(await statusOf(`GET team/names/blobs/${BAD_LAYER}`)).toBe(403);
    },
  );

  it("an image that claims to be about another one is judged", async () => {
    await registry.push("team/claims:1", GOOD);
    const { digest } = await pushDisguised("team/claims", {
      mediaType: OCI_MANIFEST,
      config: OCI_CONFIG,
      more: { subject: GOOD.manifest, artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json" },
    });
    expect(await statusOf(`GET team/claims/manifests/${digest}`)).toBe(403);
    expect(await statusOf(`GET team/claims/blobs/${BAD_LAYER}`)).toBe(403);
  });

  it("the list of what is about a refused image names it, and hands nothing of it out", async () => {
    const { digest } = await pushDisguised("team/bad", {
      mediaType: OCI_MANIFEST,
      config: OCI_CONFIG,
      more: { subject: BAD.manifest, artifactType: "test/sbom" },
    });
    const list = await pull(`GET team/bad/referrers/${BAD.manifest.digest}`);
    expect(list.status).toBe(200);
    expect(list.body.toString()).toContain(digest);
    expect(list.body.toString()).not.toContain('"data"');
    expect(await statusOf(`GET team/bad/manifests/${digest}`)).toBe(403);
    expect(await statusOf("GET team/bad/manifests/1")).toBe(403);
  });
});

describe("ways around a refused manifest", () => {
  it.each([
    { line: `GET team/bad/blobs/${BAD_LAYER}` },
    { line: `GET team/bad/blobs/${BAD_CONFIG}` },
    { line: `GET team/bad/blobs/${SHARED_LAYER}`, why: "no allowed image of this repository has it" },
    { line: `GET team/bad/blobs/${BAD_LAYER}`, headers: { range: "bytes=0-0" } },
    { line: `GET team/bad/blobs/${BAD_LAYER}`, headers: { range: "bytes=1-" } },
    { line: `GET team/bad/blobs/${BAD_LAYER}`, headers: { range: "bytes=0-1,3-4" } },
    { line: `GET team/bad/blobs/${BAD_LAYER}`, headers: { "if-range": `"${BAD_LAYER}"`, range: "bytes=-1" } },
    { line: `HEAD team/bad/blobs/${BAD_LAYER}` },
    { line: "HEAD team/bad/manifests/1" },
    { line: `HEAD team/bad/manifests/${BAD.manifest.digest}` },
    { line: "GET team/bad/manifests/1", headers: { "if-none-match": `"${BAD.manifest.digest}"` } },
    { line: "HEAD team/bad/manifests/1", headers: { "if-none-match": "*" } },
    { line: "GET team/bad/manifests/1", headers: { range: "bytes=0-10" } },
    {
      line: "GET team/bad/manifests/1",
      headers: { accept: "application/vnd.docker.distribution.manifest.v1+prettyjws" },
    },
    { line: "GET team/bad/manifests/1", headers: { accept: "application/vnd.oci.image.index.v1+json" } },
  ])("$line $headers: 403, and no byte of it", async ({ line, headers = {} }) => {
    const answer = await pull(line, { headers });
    expect(answer.status).toBe(403);
    expect(answer.headers["content-range"]).toBeUndefined();
    expect(answer.body.includes(Buffer.from("schemaVersion"))).toBe(false);
  });

  it.each([
    "cosign/v3.1.0 (linux; amd64)",
    "notation/1.3.2",
    "Trivy/0.60",
    "Harbor-Scanner",
    "harbor-registry-client",
    "containerd/2.0",
    "docker/28.0 UpstreamClient(Docker-Client/28.0)",
    "kubelet",
    "haechi",
    "",
  ])("the client “%s” gets no other answer", async (client) => {
    const headers = { "user-agent": client };
    expect(await statusOf("GET team/bad/manifests/1", { headers })).toBe(403);
    expect(await statusOf(`GET team/bad/blobs/${BAD_LAYER}`, { headers })).toBe(403);
    expect(await statusOf("GET team/bad/manifests/1", { headers: { ...headers, "x-haechi-internal": "1" } })).toBe(403);
    for (const blob of [BAD_LAYER, BAD_CONFIG]) {
      expect(await statusOf(`GET team/bad/blobs/${blob}`, { headers, as: "uploader" })).toBe(403);
    }
  });

  it.each([
    { client: "cosign/v3.1.0 (linux; amd64)", expected: 200 },
    { client: "notation/1.3.2", expected: 200 },
    { client: "Trivy/0.60", expected: 403 },
    { client: "containerd/2.0", expected: 403 },
    { client: "x cosign/3.1", expected: 403 },
    { client: "Cosign/3.1", expected: 403 },
    { client: "haechi", expected: 403 },
    { client: "", expected: 403 },
  ])("the client “$client” of whoever may push gets a manifest to sign or none, and never more", async (row) => {
    const headers = { "user-agent": row.client };
    // not who pushed it a moment ago, and may read back what it sent
    expect(await statusOf("GET team/bad/manifests/1", { headers, as: "admin" })).toBe(row.expected);
    // who may only read gets none, whatever signs there
    expect(await statusOf("GET team/bad/manifests/1", { headers, as: "viewer" })).toBe(403);
    expect(await statusOf(`GET team/bad/blobs/${BAD_LAYER}`, { headers, as: "admin" })).toBe(403);
  });

  it.each([
    { name: "pull", scopes: ["repository:team/bad:pull"] },
    { name: "everything", scopes: ["repository:team/bad:*"] },
    {
      name: "inspect of another repository",
      scopes: ["repository:team/bad:pull", "repository:team/good:pull,inspect"],
    },
  ])("a token for $name does not read it", async ({ scopes }) => {
    const token = await tokenFor(registry, "admin", ...scopes);
    expect(await statusOf("GET team/bad/manifests/1", { token })).toBe(403);
    expect(await statusOf(`GET team/bad/blobs/${BAD_LAYER}`, { token })).toBe(403);
  });

  it.each([`mount=${BAD_LAYER}&from=team/bad`, `mount=${BAD_LAYER}`, `mount=${BAD_CONFIG}&from=team/bad`])(
    "POST ?%s moves nothing",
    async (query) => {
      const answer = await pull(`POST team/mounted/blobs/uploads/?${query}`, { as: "uploader" });
      expect(answer.status).toBe(202);
      for (const as of ["viewer", "uploader", "admin"] as const) {
        expect(await statusOf(`GET team/mounted/blobs/${BAD_LAYER}`, { as })).toBe(404);
      }
      const bytes = BAD.blobs.get(BAD.manifest.digest) ?? "";
      expect((await pushManifest(registry, "team/mounted:1", { mediaType: OCI_MANIFEST, bytes })).status).toBe(404);
    },
  );

  it("another repository in which an allowed image has the layer does not free it here", async () => {
    const both = buildImage([{ entries: [{ path: "app", content: "bad" }] }]);
    await registry.push("team/elsewhere:1", both);
    await registry.scanned(both.manifest.digest, { packages: DEBIAN_PACKAGES });
    expect(await statusOf(`GET team/elsewhere/blobs/${BAD_LAYER}`)).toBe(200);
    expect(await statusOf(`GET team/bad/blobs/${BAD_LAYER}`)).toBe(403);
  });

  it("content in `data` of a descriptor stays with its manifest", async () => {
    const config = BAD.blobs.get(BAD_CONFIG) ?? Buffer.alloc(0);
    const { digest } = await pushDisguised("team/data", {
      mediaType: OCI_MANIFEST,
      config: OCI_CONFIG,
      data: config.toString("base64"),
    });
    const headers = { "user-agent": "cosign/v3.1.0" };
    for (const as of ["viewer", "admin"] as const) {
      expect(await statusOf(`GET team/data/manifests/${digest}`, { as, headers })).toBe(403);
    }
    const child = { ...BAD.manifest, data: (BAD.blobs.get(BAD.manifest.digest) ?? Buffer.alloc(0)).toString("base64") };
    await registry.push("team/data:bad", BAD);
    const bytes = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] });
    expect((await pushManifest(registry, "team/data:index", { mediaType: OCI_INDEX, bytes })).status).toBe(400);
  });

  it("the same manifest under its SHA-512 is another one, and judged as such", async () => {
    const bytes = BAD.blobs.get(BAD.manifest.digest) ?? Buffer.alloc(0);
    const alias = `sha512:${createHash("sha512").update(bytes).digest("hex")}` as Digest;
    await registry.push("team/alias:1", BAD);
    expect((await pushManifest(registry, `team/alias@${alias}`, { mediaType: OCI_MANIFEST, bytes })).status).toBe(201);
    expect(await statusOf(`GET team/alias/manifests/${alias}`)).toBe(403);
    expect(await statusOf(`GET team/alias/blobs/${BAD_LAYER}`)).toBe(403);
    await registry.scanned(alias, { packages: BAD_PACKAGES });
    expect(await statusOf(`GET team/alias/manifests/${alias}`)).toBe(403);
  });
});

describe("time", () => {
  it("a tag that moves during a pull never brings what was not judged", async () => {
    await registry.push("team/moving:1", BAD);
    await registry.push("team/moving:1", GOOD);
    let isOver = false;
    const seen = new Set<string>();
    async function readAll(): Promise<void> {
      while (!isOver) {
        const { status, body } = await pull("GET team/moving/manifests/1");
        seen.add(status === 200 ? digestOf(body) : String(status));
      }
    }
    const readers = [readAll(), readAll(), readAll()];
    for (let round = 0; round < 10; round += 1) {
      await tagAs("team/moving:1", BAD);
      await tagAs("team/moving:1", GOOD);
    }
    isOver = true;
    await Promise.all(readers);
    expect([...seen].filter((each) => each !== "403" && each !== GOOD.manifest.digest)).toEqual([]);
    await tagAs("team/moving:1", BAD);
    expect(await statusOf("GET team/moving/manifests/1")).toBe(403);
    expect(await statusOf(`GET team/moving/manifests/${GOOD.manifest.digest}`)).toBe(200);
    expect(await statusOf(`GET team/moving/blobs/${BAD_LAYER}`)).toBe(403);
  });

  it("what was deleted is gone, and what is pushed under its name is judged", async () => {
    await registry.push("team/again:1", GOOD);
    expect(await statusOf("GET team/again/manifests/1")).toBe(200);
    expect(await statusOf(`GET team/again/blobs/${GOOD_LAYER}`)).toBe(200);
    expect(await statusOf(`DELETE team/again/manifests/${GOOD.manifest.digest}`, { as: "admin" })).toBe(202);
    expect(await statusOf("GET team/again/manifests/1")).toBe(404);
    expect(await statusOf(`GET team/again/blobs/${GOOD_LAYER}`)).toBe(404);
    await registry.push("team/again:1", BAD);
    expect(await statusOf("GET team/again/manifests/1")).toBe(403);
    expect(await statusOf(`DELETE team/again/manifests/${BAD.manifest.digest}`, { as: "admin" })).toBe(202);
    // nothing holds it any more, and a refused layer is not free for that
    expect(await statusOf(`GET team/again/blobs/${BAD_LAYER}`)).toBe(404);
    await registry.push("team/again:1", BAD);
    expect(await statusOf("GET team/again/manifests/1")).toBe(403);
  });

  it("an image that is not scanned yet is nobody's", async () => {
    const fresh = buildImage([SHARED, { entries: [{ path: "app", content: "fresh" }] }]);
    const [, layer] = digestsOf(fresh);
    await registry.push("team/fresh:1", fresh);
    expect(await statusOf("GET team/fresh/manifests/1")).toBe(403);
    expect(await statusOf(`GET team/fresh/blobs/${layer}`)).toBe(403);
    await registry.scanned(fresh.manifest.digest, { packages: DEBIAN_PACKAGES });
    expect(await statusOf("GET team/fresh/manifests/1")).toBe(200);
    await registry.context.database.scans.finish(fresh.manifest.digest, { state: "unsupported", message: "x" });
    // the event is heard a moment later
    await vi.waitFor(async () => expect(await statusOf("GET team/fresh/manifests/1")).toBe(403));
  });
});

async function tagAs(reference: string, image: TestImage): Promise<void> {
  const bytes = image.blobs.get(image.manifest.digest) ?? "";
  expect((await pushManifest(registry, reference, { mediaType: OCI_MANIFEST, bytes })).status).toBe(201);
}

/** The configuration and layers of the refused image in a manifest that says that it is something else. */
async function pushDisguised(
  repository: string,
  as: {
    readonly mediaType: string;
    readonly config: string;
    readonly data?: string;
    readonly more?: Readonly<Record<string, unknown>>;
  },
): Promise<{ readonly digest: Digest; readonly answer: Answer }> {
  const config = BAD.blobs.get(BAD_CONFIG) ?? Buffer.alloc(0);
  const layer = BAD.blobs.get(BAD_LAYER) ?? Buffer.alloc(0);
  await pushBlob(registry, repository, config);
  await pushBlob(registry, repository, layer);
  const bytes = JSON.stringify({
    schemaVersion: 2,
    mediaType: as.mediaType,
    config: {
      mediaType: as.config,
      digest: BAD_CONFIG,
      size: config.length,
      ...(as.data === undefined ? {} : { data: as.data }),
    },
    layers: [{ mediaType: OCI_LAYER_GZIP, digest: BAD_LAYER, size: layer.length }],
    ...as.more,
  });
  const digest = digestOf(bytes);
  const answer = await pushManifest(registry, `${repository}@${digest}`, { mediaType: as.mediaType, bytes });
  return { digest, answer };
}

/** Layers in order, then the config. */
function digestsOf(image: TestImage): readonly [Digest, Digest, Digest] {
  const [shared, own, config] = [...image.blobs.keys()];
  if (shared === undefined || own === undefined || config === undefined) {
    throw new Error("the image builder changed");
  }
  return [shared, own, config];
}
