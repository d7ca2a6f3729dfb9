// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import type { AdvisoryDatabaseInfo } from "#advisories";
import { type Digest, digestOf } from "#base";
import type { BlobStore } from "#blob-store";
import { type Configuration, readConfiguration } from "#configuration";
import { type Database, hashPassword, type ManifestRecord, type Role } from "#database";
import type { ClusterMatch, ScanReport, VulnerabilityFinding } from "#findings";
import { OCI_INDEX, OCI_MANIFEST } from "#oci";
import type { Package } from "#packages";
import { DEFAULT_REGISTRY_POLICIES, type PolicyDocument, type PolicyException } from "#policy";
import type { SignatureVerifier } from "#signatures";
import type { ServerContext } from "../../src/apps/server/context.ts";
import { createJudge } from "../../src/apps/server/judge/index.ts";
import { openRegistrySettings, policiesWithSettings } from "../../src/apps/server/registry/settings/index.ts";
import { openTestDatabase } from "./postgres.ts";
import { gatePolicies, ScriptedVerifier } from "./scripted-verifier.ts";

/** The database that the pictures of the README are made with, too: small and bundled. */
const BUNDLED: AdvisoryDatabaseInfo = {
  digest: digestOf("advisories"),
  date: "2026-11-20T00:00:00Z",
  advisories: 5_214,
  isBundled: true,
  ecosystems: { "Alpine:v3.20": 14, "Debian:12": 5_172, npm: 28 },
};

/** What the API role runs on in a test: a real database and the real judge; images are put into the stores. */
export interface ApiTestBed extends AsyncDisposable {
  readonly context: ServerContext;
  readonly database: Database;
  /** The bytes of pushed indexes, which the judge reads. */
  readonly manifests: Map<Digest, Uint8Array>;
  /** The JSON lines that were logged. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Begins the stop of the server. */
  readonly stop: AbortController;
}

/** A context for `startApi` and `createApi` on a new database. */
export async function createApiTestBed(
  options: {
    readonly policies?: readonly PolicyDocument[];
    readonly exceptions?: readonly PolicyException[];
    /** As if a cluster were connected; default false. */
    readonly isClusterConnected?: boolean;
    readonly advisories?: AdvisoryDatabaseInfo;
    /** What is known of the cluster's own programs; default: no cluster. */
    readonly clusterMatch?: ClusterMatch;
    readonly registryNames?: readonly string[];
    readonly verifier?: SignatureVerifier;
    readonly now?: () => Date;
  } = {},
): Promise<ApiTestBed> {
  const now = options.now ?? (() => new Date());
  const dataDir = await mkdtemp(join(tmpdir(), "haechi-api-"));
  const database = await openTestDatabase({ now });
  const log: Record<string, unknown>[] = [];
  const telemetry = {
    log: pino(
      { level: "info", base: null },
      { write: (line: string) => void log.push(JSON.parse(line) as (typeof log)[0]) },
    ),
    metrics: new Registry(),
  };
  const { clusterMatch } = options;
  const manifests = new Map<Digest, Uint8Array>();
  const registryNames = options.registryNames ?? ["127.0.0.1:5000"];
  const verifier = options.verifier ?? new ScriptedVerifier();
  const settings = await openRegistrySettings({ database, log: telemetry.log });
  const policies = policiesWithSettings(
    gatePolicies(options.policies ?? DEFAULT_REGISTRY_POLICIES, [], options.exceptions),
    settings,
    registryNames[0] ?? "",
  );
  const judge = createJudge({
    database,
    blobs: { read: (digest) => Promise.resolve(manifests.get(digest)) },
    policies,
    verifier,
    advisories: options.advisories ?? BUNDLED,
    clock: { now },
    telemetry,
    registryNames,
  });
  const stop = new AbortController();
  return {
    context: {
      configuration: testConfiguration(dataDir, registryNames, options.isClusterConnected === true),
      database,
      blobs: {} as BlobStore,
      judge,
      settings,
      telemetry,
      clock: { now },
      stopping: stop.signal,
      ...(clusterMatch === undefined ? {} : { clusterComponents: { current: () => Promise.resolve(clusterMatch) } }),
    },
    database,
    manifests,
    log,
    stop,
    async [Symbol.asyncDispose]() {
      judge[Symbol.dispose]();
      settings[Symbol.dispose]();
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function testConfiguration(dataDir: string, names: readonly string[], isClusterConnected: boolean): Configuration {
  const defaults = readConfiguration({ environment: {}, flags: {}, workingDir: dataDir });
  const free = { host: "127.0.0.1", port: 0 };
  return {
    ...defaults,
    dataDir,
    listen: { console: free, registry: free, admission: free },
    registry: { ...defaults.registry, names },
    cluster: { ...defaults.cluster, connection: isClusterConnected ? "in-cluster" : "off" },
  };
}

/** An account whose password has been changed already, unless `mustChange`. */
export async function addAccount(
  database: Database,
  account: { readonly name: string; readonly role: Role; readonly password: string; readonly mustChange?: boolean },
): Promise<void> {
  const { id } = await database.accounts.create({
    name: account.name,
    role: account.role,
    passwordHash: await hashPassword(account.password),
  });
  if (account.mustChange !== true) {
    await database.accounts.setPassword(id, await hashPassword(account.password));
  }
}

/** What one image consists of. */
export interface ImageContents {
  readonly packages?: readonly (Omit<Package, "evidence"> & { readonly findings?: readonly Vulnerability[] })[];
  readonly isUnknown?: boolean;
  readonly platform?: string;
}

export interface Vulnerability {
  readonly id: string;
  readonly severity: VulnerabilityFinding["severity"];
  readonly title: string;
  readonly fixed?: readonly string[];
  readonly url?: string;
}

/** Puts an image into the registry's store, as a push does; its scan is pending. */
export async function pushImage(
  database: Database,
  image: { readonly repository: string; readonly tag?: string; readonly platform?: string },
): Promise<ManifestRecord> {
  const { repository, tag } = image;
  const record: ManifestRecord = {
    repository,
    digest: digestOf(`${repository} ${tag ?? ""} ${image.platform ?? ""}`),
    mediaType: OCI_MANIFEST,
    kind: "image",
    sizeBytes: 1_024,
    ...(image.platform === undefined ? {} : { platform: image.platform }),
    references: [
      { digest: digestOf(`config of ${repository}`), kind: "blob", sizeBytes: 7_023 },
      { digest: digestOf("base layer"), kind: "blob", sizeBytes: 48_480_000 },
      { digest: digestOf(`layer of ${repository}`), kind: "blob", sizeBytes: 3_912_000 },
    ],
    pushedBy: "admin",
    pushedAt: new Date().toISOString(),
  };
  await database.registry.putManifest(record, tag);
  await database.events.publish({
    type: "image-pushed",
    repository,
    ...(tag === undefined ? {} : { tag }),
    digest: record.digest,
  });
  return record;
}

/** Puts an index over images of the same repository into the registry's store. */
export async function pushIndex(
  { database, manifests }: ApiTestBed,
  children: readonly ManifestRecord[],
  tag: string,
): Promise<ManifestRecord> {
  const repository = children[0]?.repository ?? "";
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: children.map(({ mediaType, digest, sizeBytes, platform = "" }) => {
        const [os, architecture, variant] = platform.split("/");
        return { mediaType, digest, size: sizeBytes, platform: { os, architecture, variant } };
      }),
    }),
  );
  const record: ManifestRecord = {
    repository,
    digest: digestOf(bytes),
    mediaType: OCI_INDEX,
    kind: "index",
    sizeBytes: bytes.length,
    references: children.map(({ digest, sizeBytes }) => ({ digest, kind: "manifest" as const, sizeBytes })),
    pushedBy: "admin",
    pushedAt: new Date().toISOString(),
  };
  manifests.set(record.digest, bytes);
  await database.registry.putManifest(record, tag);
  await database.events.publish({ type: "image-pushed", repository, tag, digest: record.digest });
  return record;
}

/** Ends the scan of an image with this report. */
export async function finishScan(database: Database, digest: Digest, contents: ImageContents): Promise<void> {
  await database.scans.finish(digest, { state: "done", report: createReport(digest, contents) });
}

function createReport(digest: Digest, contents: ImageContents): ScanReport {
  const base = digestOf("base layer");
  const packages = (contents.packages ?? []).map(({ findings: _findings, ...found }) => ({
    ...found,
    evidence:
      found.type === "npm"
        ? { layer: digest, layerIndex: 1, path: `srv/app/node_modules/${found.name}/package.json`, analyzer: "npm" }
        : { layer: base, layerIndex: 0, path: "var/lib/dpkg/status", analyzer: "dpkg" },
  }));
  const findings = (contents.packages ?? []).flatMap((found, index) =>
    (found.findings ?? []).map((vulnerability): VulnerabilityFinding => {
      const { type, name, version } = found;
      const evidence = packages[index]?.evidence;
      if (evidence === undefined) {
        throw new Error("every package has evidence");
      }
      return {
        kind: "vulnerability",
        state: "affected",
        id: vulnerability.id,
        aliases: [],
        severity: vulnerability.severity,
        title: vulnerability.title,
        ...(vulnerability.url === undefined ? {} : { url: vulnerability.url }),
        package: { type, name, version },
        evidence,
        fixedVersions: vulnerability.fixed ?? [],
        match: {
          advisoryId: vulnerability.id,
          ecosystem: type,
          packageName: name,
          version,
          range: "all before the fix",
        },
      };
    }),
  );
  const [os = "linux", architecture = "amd64"] = (contents.platform ?? "linux/amd64").split("/");
  return {
    image: {
      digest,
      mediaType: OCI_MANIFEST,
      platform: { os, architecture },
      created: "2026-11-18T09:30:00Z",
      sizeBytes: 52_392_000,
      layers: [
        { digest: base, diffId: base, sizeBytes: 48_480_000, createdBy: "/bin/sh -c #(nop) ADD file:rootfs.tar in /" },
        { digest, diffId: digest, sizeBytes: 3_912_000, createdBy: "COPY . /srv/app # buildkit" },
      ],
    },
    inventory: {
      status: "complete",
      ...(contents.isUnknown === true
        ? {}
        : {
            distribution: { id: "debian", versionId: "12", prettyName: "Debian GNU/Linux 12 (bookworm)" },
          }),
      packages,
      problems: [],
      analyzers: { dpkg: "1", npm: "1" },
    },
    findings,
    coverageGaps: contents.isUnknown === true ? [{ code: "DISTRIBUTION_UNKNOWN" }] : [],
    database: BUNDLED,
  };
}

/** Packages of an ordinary Debian image, without findings. */
export const DEBIAN_PACKAGES: NonNullable<ImageContents["packages"]> = [
  { type: "deb", name: "base-files", version: "12.4+deb12u12", architecture: "amd64", licenses: ["GPL-2.0-or-later"] },
  {
    type: "deb",
    name: "bash",
    version: "5.2.15-2+b8",
    architecture: "amd64",
    source: { name: "bash", version: "5.2.15-2" },
  },
  {
    type: "deb",
    name: "libc6",
    version: "2.36-9+deb12u13",
    architecture: "amd64",
    source: { name: "glibc", version: "2.36-9+deb12u13" },
  },
  {
    type: "deb",
    name: "libssl3",
    version: "3.0.17-1~deb12u3",
    architecture: "amd64",
    source: { name: "openssl", version: "3.0.17-1~deb12u3" },
  },
  {
    type: "deb",
    name: "zlib1g",
    version: "1:1.2.13.dfsg-1",
    architecture: "amd64",
    source: { name: "zlib", version: "1:1.2.13.dfsg-1" },
  },
];

/** An old npm package, as the fixture `bad` has it. */
export const BAD_PACKAGES: NonNullable<ImageContents["packages"]> = [
  ...DEBIAN_PACKAGES,
  {
    type: "npm",
    name: "lodash",
    version: "4.17.4",
    licenses: ["MIT"],
    findings: [
      {
        id: "CVE-2019-10744",
        severity: "critical",
        title: "Prototype pollution in defaultsDeep",
        fixed: ["4.17.12"],
        url: "https://github.com/advisories/GHSA-jf85-cpcp-j695",
      },
      { id: "CVE-2020-8203", severity: "high", title: "Prototype pollution in zipObjectDeep", fixed: ["4.17.19"] },
      { id: "CVE-2021-23337", severity: "high", title: "Command injection through template", fixed: ["4.17.21"] },
    ],
  },
  {
    type: "npm",
    name: "minimist",
    version: "0.0.8",
    licenses: ["MIT"],
    findings: [
      {
        id: "CVE-2021-44906",
        severity: "critical",
        title: "Prototype pollution in the argument parser",
        fixed: ["0.2.4", "1.2.6"],
      },
    ],
  },
];
