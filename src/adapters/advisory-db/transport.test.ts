// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestHex, digestOf, LIMITS, type Limits } from "#base";
import { type ImageSource, OCI_MANIFEST } from "#oci";
import type { SignatureResult } from "#signatures";
import { mountSmallDisk, SMALL_DISK_TOOLS } from "../../../test/support/small-disk.ts";
import { describeWithTools } from "../../../test/support/tools.ts";
import { DELTA_TYPE } from "./artifact-types.ts";
import { buildAdvisoryDatabase } from "./build-advisory-database.ts";
import { openLayoutTarget } from "./layout-target.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import { type PulledDatabase, pullDatabase } from "./pull-database.ts";
import { pushDatabase } from "./push-database.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
let folder: string;
let into: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-transport-"));
  into = join(folder, "in-use");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function record(id: string, ecosystem: string, name: string, modified = "2026-01-01T00:00:00Z"): object {
  return { id, modified, affected: [{ package: { ecosystem, name }, versions: ["1.0.0"] }] };
}

const MANY = Array.from({ length: 400 }, (_, index) => record(`A-${index}`, "npm", `p${(index * 7919) % 400}`));

/** Versions of a database: 400 packages of npm and one of PyPI, then another of PyPI, then one of npm less. */
const VERSIONS = [
  [...MANY, record("P-1", "PyPI", "p")],
  [...MANY, record("P-1", "PyPI", "p"), record("A-new", "npm", "q", "2026-02-01T00:00:00Z")],
  [...MANY.slice(1), record("P-1", "PyPI", "p"), record("A-new", "npm", "q", "2026-03-01T00:00:00Z")],
];

function source(
  layout: string,
  digest: Digest,
  tamper: (bytes: Buffer, of: Digest) => Buffer = (bytes) => bytes,
): ImageSource {
  function read(of: Digest): Buffer {
    return tamper(readFileSync(join(layout, "blobs/sha256", digestHex(of))), of);
  }
  return {
    location: `oci:${layout}`,
    root: { mediaType: OCI_MANIFEST, digest, bytes: read(digest) },
    readManifest: () => Promise.reject(new Error("no index")),
    openBlob: async (descriptor) => {
      const bytes = await Promise.resolve(read(descriptor.digest));
      return (async function* () {
        yield await Promise.resolve(bytes);
      })();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function push(layout: string, records: readonly object[], previous?: Digest): Promise<Digest> {
  const made = mkdtempSync(join(folder, "made-"));
  await buildAdvisoryDatabase({ records, output: made });
  const { descriptor } = await pushDatabase({
    folder: made,
    target: openLayoutTarget(layout),
    tag: "v2",
    ...(previous === undefined ? {} : { previous: source(layout, previous) }),
  });
  return descriptor.digest;
}

function pull(from: ImageSource, limits: Partial<Limits> = {}): Promise<PulledDatabase> {
  return pullDatabase({
    source: from,
    trust: { pinned: from.root.digest },
    into,
    now: NOW,
    limits: { ...LIMITS, ...limits },
  });
}

/** Every file of the database in use with its digest. */
function inUse(): Readonly<Record<string, string>> {
  const names = readdirSync(into, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(into, name)).isFile(),
  );
  return Object.fromEntries(names.sort().map((name) => [name, digestOf(readFileSync(join(into, name)))]));
}

describe("push and pull", () => {
  it("bring a database over whole, then only what changed", async () => {
    const layout = join(folder, "layout");
    const first = await push(layout, VERSIONS[0] ?? []);
    expect(await pull(source(layout, first))).toMatchObject({ isNew: true, shards: { kept: 0, byDelta: 0, whole: 2 } });
    expect(await pull(source(layout, first))).toMatchObject({ isNew: false, fetchedBytes: 0 });
    const second = await push(layout, VERSIONS[1] ?? [], first);
    const third = await push(layout, VERSIONS[2] ?? [], second);
    // two versions at once, by two deltas one after the other
    const pulled = await pull(source(layout, third));
    expect(pulled).toMatchObject({ isNew: true, shards: { kept: 1, byDelta: 1, whole: 0 } });
    using database = openAdvisoryDatabase(into);
    database.verify();
    expect(database.advisoriesFor("npm", "q")).toHaveLength(1);
    expect(database.advisoriesFor("npm", "p0")).toHaveLength(0);
    expect(database.origin).toMatchObject({ manifest: third, trustedBy: "digest" });
    expect(database.info).toEqual(pulled.info);
  });

  it("give the same artifact for the same database", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((name) => push(join(folder, name), VERSIONS[0] ?? [])));
    expect(a).toBe(b);
  });

  it("take the whole shard when the deltas do not lead to what the index says", async () => {
    const layout = join(folder, "layout");
    const first = await push(layout, VERSIONS[0] ?? []);
    await pull(source(layout, first));
    const second = await push(layout, VERSIONS[1] ?? [], first);
    const deltas = deltaLayers(layout, second);
    expect(deltas).toHaveLength(1);
    const lie = zstdCompressSync(Buffer.from('["npm","p0","A-0","osv",""]\n'));
    const pulled = await pull(source(layout, second, (bytes, of) => (deltas.includes(of) ? lie : bytes)));
    expect(pulled.shards).toEqual({ kept: 1, byDelta: 0, whole: 1 });
    using database = openAdvisoryDatabase(into);
    database.verify();
    expect(database.advisoriesFor("npm", "q")).toHaveLength(1);
  });
});

describe("a failed pull leaves the old database in use", () => {
  const flip = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes);
    copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 0xff;
    return copy;
  };
  it.each([
    { name: "a layer cut off", tamper: (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1) },
    { name: "a layer changed", tamper: flip },
    { name: "a layer that is something else", tamper: () => zstdCompressSync(Buffer.from("hello")) },
    { name: "a layer that is no zstd", tamper: () => Buffer.from("<html>") },
    { name: "a bomb", tamper: () => zstdCompressSync(Buffer.alloc(80 << 20)) },
    { name: "an empty layer", tamper: () => Buffer.alloc(0) },
  ])("$name", async ({ tamper }) => {
    const layout = join(folder, "layout");
    const first = await push(layout, [record("A-1", "Go", "p")]);
    await pull(source(layout, first));
    const before = inUse();
    const other = await push(join(folder, "other"), [record("A-1", "Go", "p"), ...MANY]);
    const hostile = source(join(folder, "other"), other, (bytes, of) =>
      layersOf(join(folder, "other"), other).includes(of) ? tamper(bytes) : bytes,
    );
    await expect(pull(hostile)).rejects.toMatchObject({ name: "AdvisoryDatabaseError" });
    expect(inUse()).toEqual(before);
    using database = openAdvisoryDatabase(into);
    database.verify();
  });

  it.each([
    { name: "an index", limits: { maxAdvisoryIndexBytes: 100 } },
    { name: "a shard", limits: { maxAdvisoryShardBytes: 4_095 } },
    { name: "a delta", limits: { maxAdvisoryDeltaBytes: 20 }, isUpdate: true },
  ])("$name that is larger than the limit", async ({ limits, isUpdate }) => {
    const layout = join(folder, "layout");
    const first = await push(layout, VERSIONS[0] ?? []);
    const offered = isUpdate === true ? await push(layout, VERSIONS[1] ?? [], first) : first;
    const older = isUpdate === true ? first : await push(layout, [record("A-1", "Go", "p")]);
    await pull(source(layout, older));
    const before = inUse();
    await expect(pull(source(layout, offered), limits)).rejects.toMatchObject({
      code: "ADVISORY_SOURCE_LIMIT_EXCEEDED",
    });
    expect(inUse()).toEqual(before);
    expect(await pull(source(layout, offered))).toMatchObject({ isNew: true });
  });

  it("an index that is not the one of the shards", async () => {
    const layout = join(folder, "layout");
    const first = await push(layout, [record("A-1", "npm", "p")]);
    await pull(source(layout, first));
    const before = inUse();
    const second = await push(layout, [record("A-2", "npm", "p")]);
    const config = configOf(layout, second);
    const lie = source(layout, second, (bytes, of) =>
      of === config
        ? Buffer.from(bytes.toString().replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${"0".repeat(64)}`))
        : bytes,
    );
    await expect(pull(lie)).rejects.toMatchObject({ code: "ADVISORY_SOURCE_MALFORMED" });
    expect(inUse()).toEqual(before);
  });

  it("a shard that says it is the right one and has other rows", async () => {
    const layout = join(folder, "layout");
    await pull(source(layout, await push(layout, [record("A-1", "npm", "p")])));
    const before = inUse();
    const made = join(folder, "forged");
    await buildAdvisoryDatabase({ records: MANY, output: made });
    const { descriptor } = await pushDatabase({ folder: made, target: openLayoutTarget(layout), tag: "v2" });
    const [name = ""] = readdirSync(join(made, "shards"));
    const file = join(made, "shards", name);
    using shard = new DatabaseSync(file);
    shard.exec("UPDATE records SET name = 'nothing to see here' WHERE name = 'p7'");
    shard.close();
    const forged = zstdCompressSync(readFileSync(file));
    const layers = layersOf(layout, descriptor.digest);
    const lie = source(layout, descriptor.digest, (bytes, of) => (layers.includes(of) ? forged : bytes));
    await expect(pull(lie)).rejects.toMatchObject({ code: "ADVISORY_DATABASE_CORRUPT" });
    expect(inUse()).toEqual(before);
  });

  it("something else than a database", async () => {
    const layout = join(folder, "layout");
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 },
        layers: [],
      }),
    );
    const { digest } = await openLayoutTarget(layout).pushManifest("v2", OCI_MANIFEST, manifest);
    await expect(pull(source(layout, digest))).rejects.toMatchObject({ code: "ADVISORY_SOURCE_MALFORMED" });
  });

  it("a folder with other things in it is not written to", async () => {
    const digest = await push(join(folder, "layout"), [record("A-1", "npm", "p")]);
    rmSync(into, { recursive: true, force: true });
    const precious = mkdtempSync(join(folder, "precious-"));
    writeFileSync(join(precious, "thesis.txt"), "keep me");
    const outcome = pullDatabase({
      source: source(join(folder, "layout"), digest),
      trust: { pinned: digest },
      into: precious,
      now: NOW,
    });
    await expect(outcome).rejects.toMatchObject({ code: "ADVISORY_DATABASE_FOREIGN" });
    expect(readdirSync(precious)).toEqual(["thesis.txt"]);
  });

  describeWithTools("with a small disk", SMALL_DISK_TOOLS, () => {
    it("that is full", async () => {
      const layout = join(folder, "layout");
      const first = await push(layout, [record("A-1", "npm", "p")]);
      const large = Array.from({ length: 6_000 }, (_, index) => record(`B-${index}`, "npm", `package-${index}`));
      const second = await push(layout, large);
      using disk = mountSmallDisk(400 * 1024);
      into = join(disk.folder, "db");
      await pull(source(layout, first));
      const before = inUse();
      await expect(pull(source(layout, second))).rejects.toMatchObject({ code: "ADVISORY_DATABASE_UNWRITABLE" });
      expect(inUse()).toEqual(before);
      using database = openAdvisoryDatabase(into);
      database.verify();
    });
  });
});

describe("trust", () => {
  const result = (state: SignatureResult["state"], digest: Digest): SignatureResult => ({
    requirement: "r",
    digest,
    state,
    signatures:
      state === "verified" ? [{ kind: "cosign", identity: "the team", keyId: "k", location: "l", checks: [] }] : [],
    problems: [],
  });
  const REQUIREMENT = { kind: "cosign-key" as const, keys: ["-----BEGIN PUBLIC KEY-----"] };

  async function pullSigned(
    state: SignatureResult["state"] | "of another digest",
    records: readonly object[],
    requirements = [REQUIREMENT],
  ) {
    const layout = mkdtempSync(join(folder, "layout-"));
    const digest = await push(layout, records);
    return await pullDatabase({
      source: source(layout, digest),
      trust: {
        verifier: {
          verify: () =>
            Promise.resolve([
              state === "of another digest" ? result("verified", digestOf("another")) : result(state, digest),
            ]),
        },
        image: {} as never,
        requirements,
      },
      into,
      now: NOW,
    });
  }

  it.each(["none", "bad", "unknown", "of another digest"] as const)(
    "a signature that is %s is refused",
    async (state) => {
      await expect(pullSigned(state, MANY)).rejects.toMatchObject({
        code: "ADVISORY_DATABASE_UNTRUSTED",
        message: expect.stringMatching(/advisories\.trustedKeys.*haechi sign/) as unknown,
      });
      expect(readdirSync(folder)).not.toContain("in-use");
    },
  );

  it("without anybody who is trusted it is refused, whatever a verifier says", async () => {
    await expect(pullSigned("verified", MANY, [])).rejects.toMatchObject({ code: "ADVISORY_DATABASE_UNTRUSTED" });
  });

  it("another digest than the pinned one is refused", async () => {
    const layout = join(folder, "layout");
    const digest = await push(layout, MANY);
    const outcome = pullDatabase({ source: source(layout, digest), trust: { pinned: digestOf("x") }, into, now: NOW });
    await expect(outcome).rejects.toMatchObject({ code: "ADVISORY_DATABASE_UNTRUSTED" });
  });

  it("a signed database says who signed it, and an older one under a good signature is refused", async () => {
    expect(await pullSigned("verified", [record("A-1", "npm", "p", "2026-05-01T00:00:00Z")])).toMatchObject({
      trustedBy: "signature",
      signers: ["the team"],
    });
    const before = inUse();
    await expect(pullSigned("verified", [record("A-1", "npm", "p", "2026-04-01T00:00:00Z")])).rejects.toMatchObject({
      code: "ADVISORY_DATABASE_OLDER_DATA",
    });
    expect(inUse()).toEqual(before);
  });

  it("a record of a year to come neither keeps newer databases out nor lets older ones in", async () => {
    const future = record("A-9", "PyPI", "q", "2099-01-01T00:00:00Z");
    function dated(day: string): object {
      return record("A-1", "npm", "p", `${day}T00:00:00Z`);
    }
    await pullSigned("verified", [future, dated("2026-05-01")]);
    await expect(pullSigned("verified", [future, dated("2026-04-01")])).rejects.toMatchObject({
      code: "ADVISORY_DATABASE_OLDER_DATA",
    });
    expect(await pullSigned("verified", [dated("2026-06-01")])).toMatchObject({ isNew: true });
  });
});

interface ManifestJson {
  readonly config: { readonly digest: Digest };
  readonly layers: readonly { readonly mediaType: string; readonly digest: Digest }[];
}

function manifestOf(layout: string, digest: Digest): ManifestJson {
  return JSON.parse(readFileSync(join(layout, "blobs/sha256", digestHex(digest)), "utf8")) as ManifestJson;
}

function layersOf(layout: string, digest: Digest): readonly Digest[] {
  return manifestOf(layout, digest).layers.map((layer) => layer.digest);
}

function configOf(layout: string, digest: Digest): Digest {
  return manifestOf(layout, digest).config.digest;
}

function deltaLayers(layout: string, digest: Digest): readonly Digest[] {
  return manifestOf(layout, digest)
    .layers.filter((layer) => layer.mediaType === DELTA_TYPE)
    .map((layer) => layer.digest);
}
