// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { Registry } from "prom-client";
import { ensureBundledDatabase, openAdvisoryDatabase } from "#advisory-db";
import type { Clock } from "#base";
import { type Configuration, readConfiguration } from "#configuration";
import type { Database } from "#database";
import { OCI_MANIFEST } from "#oci";
import type { PolicyDocument, Verdict } from "#policy";
import type { SignatureVerifier } from "#signatures";
import { createImageJudge, type ImageAnswer, type ImageQuestion } from "../../src/apps/server/admission/image-judge.ts";
import { createTagResolver } from "../../src/apps/server/admission/tag-resolver.ts";
import type { PullAccess } from "../../src/apps/server/context.ts";
import { createRemoteImages, type RemoteImages, type RemoteImagesOptions } from "../../src/apps/server/images/index.ts";
import { createJudge, type DisposableJudge } from "../../src/apps/server/judge/index.ts";
import { buildImage, type TestImage } from "./image-builder.ts";
import { createTestFolder, openTestDatabase } from "./postgres.ts";
import { gatePolicies, ScriptedVerifier } from "./scripted-verifier.ts";

/** One replica of the gate, as far as it judges images: real database, real judge, real registries. */
export interface GateReplica extends AsyncDisposable {
  readonly database: Database;
  readonly images: RemoteImages;
  readonly judge: DisposableJudge;
  readonly metrics: Registry;
  /** The JSON lines that were logged. */
  readonly logged: string[];
  ask(reference: string, question?: Partial<ImageQuestion>): Promise<ImageAnswer>;
}

export interface GateReplicaOptions {
  readonly policies: readonly PolicyDocument[];
  /** That of another replica, to share it. */
  readonly database?: Database;
  readonly verifier?: SignatureVerifier;
  readonly images?: Partial<Configuration["images"]>;
  readonly admission?: Partial<Configuration["admission"]>;
  readonly scan?: RemoteImagesOptions["scan"];
  readonly scanSettings?: Partial<Configuration["scan"]>;
  readonly nodePlatforms?: readonly string[];
  readonly clock?: Clock;
}

/** Long enough for a scan on a busy machine. */
const WAIT_MS = 60_000;

/** Nobody's secrets. */
const ANONYMOUS: PullAccess = { key: "nobody", credentialFiles: () => Promise.resolve([]) };

/** What a Pod with one pull secret for a registry has. */
export function accessAs(user: string, password: string, host: string): PullAccess {
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  const file = JSON.stringify({ auths: { [host]: { auth } } });
  return { key: `${user} ${password} ${host}`, credentialFiles: () => Promise.resolve([file]) };
}

let advisories: Promise<string> | undefined;

/** A replica with its own connection to the database. */
export async function startGateReplica(options: GateReplicaOptions): Promise<GateReplica> {
  const clock = options.clock ?? { now: () => new Date() };
  const database =
    options.database === undefined
      ? await openTestDatabase({ now: clock.now })
      : await openTestDatabase({ url: options.database.connectionString, now: clock.now });
  advisories ??= createTestFolder().then((folder) => ensureBundledDatabase(folder));
  const advisoryFile = await advisories;
  const configuration = configure(options);
  const metrics = new Registry();
  const logged: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
  const telemetry = { log, metrics };
  const images = createRemoteImages({
    configuration,
    database,
    advisoryFile,
    telemetry,
    clock,
    ...(options.scan === undefined ? {} : { scan: options.scan }),
  });
  using source = openAdvisoryDatabase(advisoryFile);
  const judge = createJudge({
    database,
    blobs: { read: () => Promise.resolve(undefined) },
    policies: gatePolicies(options.policies),
    verifier: options.verifier ?? new ScriptedVerifier(),
    advisories: source.info,
    clock,
    telemetry,
    registryNames: ["ours.example"],
    images,
    nodePlatforms: () => options.nodePlatforms ?? [],
  });
  const tags = createTagResolver({ registry: database.registry, events: database.events, clock });
  const stopping = new AbortController();
  const judgeImage = createImageJudge({
    judge,
    tags,
    registryNames: ["ours.example"],
    hasTrustService: () => false,
    clock,
    stopping: stopping.signal,
  });
  return {
    database,
    images,
    judge,
    metrics,
    logged,
    ask: async (reference, question) =>
      await judgeImage({
        reference,
        namespace: "team",
        deadline: performance.now() + WAIT_MS,
        waits: true,
        access: ANONYMOUS,
        log: () => log,
        ...question,
      }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      tags[Symbol.dispose]();
      judge[Symbol.dispose]();
      await images[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

function configure(options: GateReplicaOptions): Configuration {
  const defaults = readConfiguration({ environment: {}, flags: {}, workingDir: "/" });
  return {
    ...defaults,
    images: { ...defaults.images, ...options.images },
    admission: { ...defaults.admission, ...options.admission },
    scan: { ...defaults.scan, ...options.scanSettings },
  };
}

/** A layer of Debian 12 with one package, which nothing is known against. */
export const DEBIAN_LAYER: NonNullable<Parameters<typeof buildImage>[0]>[number] = {
  entries: [
    { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
    {
      path: "var/lib/dpkg/status",
      content: "Package: base-files\nStatus: install ok installed\nArchitecture: all\nVersion: 12.4+deb12u12\n\n",
    },
  ],
};
export const IMAGE: TestImage = buildImage([DEBIAN_LAYER]);
export const OTHER_IMAGE: TestImage = buildImage([DEBIAN_LAYER, { entries: [{ path: "a", content: "another one" }] }]);

/** Every image has to be scanned, and may have nothing critical. */
export const SCANNED: PolicyDocument = {
  kind: "ClusterImagePolicy",
  name: "scanned",
  repositories: [{ name: "*", policy: { scan: { required: true }, vulnerability: { maxSeverity: "high" } } }],
};

/** The outcome and the codes of its reasons, e.g. `undecided SCAN_PENDING`. */
export function outcomeOf({ outcome, reasons }: Verdict): string {
  return [outcome, ...reasons.map((reason) => reason.code)].join(" ");
}

type Scan = NonNullable<RemoteImagesOptions["scan"]>;

/** A scan that finds nothing, without a process. */
export function cleanScan(count: { scans: number }, hold: Promise<void> = Promise.resolve()): Scan {
  return async (request) => {
    count.scans += 1;
    await hold;
    return {
      state: "done",
      report: {
        image: {
          digest: request.digest,
          mediaType: OCI_MANIFEST,
          platform: { os: "linux", architecture: "amd64" },
          sizeBytes: 1,
          layers: [],
        },
        inventory: {
          status: "complete",
          distribution: { id: "debian", versionId: "12" },
          packages: [],
          problems: [],
          analyzers: {},
        },
        findings: [],
        coverageGaps: [],
        database: { digest: "d", date: "2026-11-01T00:00:00Z", advisories: 1, isBundled: true, ecosystems: {} },
      },
    };
  };
}
