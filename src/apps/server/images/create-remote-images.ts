// SPDX-License-Identifier: Apache-2.0
import { type Clock, type Digest, LIMITS } from "#base";
import type { Configuration } from "#configuration";
import type { Database, RemoteImageRecord } from "#database";
import { OciError, parseImageConfig, parseManifest, renderPlatform } from "#oci";
import type { ScanFacts } from "#policy";
import type { Telemetry } from "#telemetry";
import type { PullAccess } from "../pull-access.ts";
import { runScanProcess } from "../scan-jobs/index.ts";
import { collectRemoteFacts, type RemoteReader } from "./collect-remote-facts.ts";
import type { Candidate, Candidates } from "./credential-candidates.ts";
import { createImageMetrics } from "./image-metrics.ts";
import { toRemoteImageError } from "./image-problem.ts";
import { InlineScans } from "./inline-scans.ts";
import { RegistryAccess } from "./registry-access.ts";
import { RegistryQuestions } from "./registry-questions.ts";
import type { RemoteImage, RemoteImages } from "./remote-images.ts";
import { RemoteManifests } from "./remote-manifests.ts";
import { RemoteTags } from "./remote-tags.ts";
import { RepositoryClients } from "./repository-clients.ts";

/** What nobody asked about for so long is forgotten, with its scan. */
const RETENTION_MS = 90 * 24 * 3_600_000;
const PRUNE_INTERVAL_MS = 3_600_000;
const PRUNED_AT_ONCE = 1_000;

export interface RemoteImagesOptions {
  readonly configuration: Pick<Configuration, "images" | "proxy" | "signatures" | "scan" | "malware" | "admission">;
  readonly database: Pick<Database, "scans" | "remoteImages">;
  readonly advisoryFile: string;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** How an image is scanned; default: in a process of its own. */
  readonly scan?: typeof runScanProcess;
}

type Described = Omit<RemoteImageRecord, "firstSeenAt" | "lastSeenAt">;

/** Images of other registries, see {@link RemoteImages}. Contacts nothing before it is asked. */
export function createRemoteImages(options: RemoteImagesOptions): RemoteImages {
  const { configuration, database, clock, telemetry } = options;
  const { log } = telemetry;
  const stopping = new AbortController();
  const clients = new RepositoryClients({
    ...configuration,
    allowPrivateAddresses: configuration.signatures.allowPrivateAddresses,
  });
  const metrics = createImageMetrics(telemetry);
  const questions = new RegistryQuestions(clients, { fetches: metrics.fetches, stopping: stopping.signal });
  const manifests = new RemoteManifests({ questions, store: database.remoteImages, clock });
  const tags = new RemoteTags({ questions, manifests, clock });
  const accesses = new RegistryAccess({ operatorFile: configuration.images.credentialsFile, clock });
  const scans = new InlineScans({
    scans: database.scans,
    store: database.remoteImages,
    concurrency: configuration.scan.concurrency,
    timeoutMs: configuration.scan.timeoutMs,
    counted: metrics.scans,
    clock,
    log,
    run: (scan, signal) =>
      (options.scan ?? runScanProcess)(
        {
          ...scan,
          advisoryFile: options.advisoryFile,
          scanners: configuration.scan.scanners,
          ...(configuration.malware.clamd === undefined ? {} : { clamd: configuration.malware.clamd }),
        },
        { ...configuration.scan, signal },
      ),
  });
  metrics.watch({ inlineScans: () => scans.size, manifests: () => manifests.size, tags: () => tags.size });

  function beginScan(image: RemoteImage, { key, credentials }: Candidate, party: string = ""): ScanFacts {
    if (!configuration.admission.inlineScan) {
      return { state: "missing", isRemote: true };
    }
    const scan = {
      ...image,
      who: key,
      options: { ...clients.optionsOf(image.registry), ...(credentials === undefined ? {} : { credentials }) },
    };
    const failure = scans.failureOf(scan);
    if (failure !== undefined) {
      return { state: "failed", message: failure };
    }
    scans.begin(scan, party);
    return { state: "pending" };
  }

  async function readConfig(
    image: RemoteImage,
    record: Described,
    candidates: Candidates,
  ): Promise<RemoteImageRecord["config"]> {
    if (record.config !== undefined || record.kind !== "image") {
      return record.config;
    }
    const { value: fetched } = await manifests.read(image, candidates);
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    if (manifest.kind !== "image") {
      return undefined;
    }
    try {
      const { value } = await questions.ask(image, candidates, (client, signal) =>
        client.readBlob(manifest.config, LIMITS.maxConfigBytes, signal),
      );
      const { platform, user, created } = parseImageConfig(value);
      const config = {
        platform: renderPlatform(platform).slice(0, 255),
        ...(user === undefined ? {} : { user: user.slice(0, 255) }),
        ...(created === undefined ? {} : { created: created.slice(0, 64) }),
      };
      return (await manifests.addConfig(record, config)).config;
    } catch (error) {
      if (error instanceof OciError) {
        // what it says cannot be told, which the policy judges
        return undefined;
      }
      throw error;
    }
  }

  function readerOf(image: RemoteImage, access: PullAccess | undefined): RemoteReader {
    const { registry } = image;
    const { findMany: findScans } = database.scans;
    if (access === undefined) {
      return {
        registry,
        describe: async (digest) => (await manifests.findStored([digest])).get(digest),
        readConfig: (record) => Promise.resolve(record.config),
        findScans,
        beginScan: () => Promise.resolve({ state: "missing", isRemote: true }),
      };
    }
    return {
      registry,
      describe: (digest) =>
        accesses.use(image, access, async (candidates) => {
          const { value } = await manifests.describe({ ...image, digest }, candidates);
          return value;
        }),
      readConfig: (record) =>
        accesses.use(image, access, (candidates) =>
          readConfig({ ...image, digest: record.digest }, record, candidates),
        ),
      findScans,
      beginScan: (digest) =>
        accesses.use(image, access, async (candidates) => {
          const child = { ...image, digest };
          return beginScan(child, (await manifests.describe(child, candidates)).candidate, access.party);
        }),
    };
  }

  const pruning = setInterval(() => {
    database.remoteImages
      .prune(new Date(clock.now().getTime() - RETENTION_MS), PRUNED_AT_ONCE)
      .catch((error: unknown) => log.warn({ err: error }, "old images of other registries were not forgotten"));
  }, PRUNE_INTERVAL_MS);
  pruning.unref();

  return {
    async resolve(image, access) {
      const known = access.key === undefined ? undefined : tags.find(image, access.key);
      return known ?? (await accesses.use(image, access, (candidates) => tags.resolve(image, candidates, access.key)));
    },

    async collect({ registry, repository, digest }, needs, access) {
      const image = { registry, repository, digest };
      try {
        return await collectRemoteFacts(readerOf(image, access), digest, needs);
      } catch (error) {
        throw toRemoteImageError(error, registry);
      }
    },

    async openTrust({ registry, repository, digest }, access) {
      const image = { registry, repository, digest };
      return await accesses.use(image, access, async (candidates) => {
        const { candidate } = await manifests.describe(image, candidates);
        const client = await clients.open(image, candidate);
        const { credentials } = candidate;
        return {
          registryUrl: await clients.urlOf(registry),
          ...(credentials === undefined || credentials.username === "" ? {} : { credentials }),
          referrers: {
            listReferrers: (subject, signal) => client.listReferrers(subject, signal),
            readBlob: (descriptor, maxBytes, signal) => client.readBlob(descriptor, maxBytes, signal),
            readManifest: async (name, signal) =>
              name === digest
                ? (await manifests.read(image, candidates)).value
                : await client.readManifest(name, signal),
          },
        };
      });
    },

    unfinished: (digests) => digests.filter((digest) => scans.isUnderWay(digest)),

    async childrenOf(digest) {
      const found = new Set<Digest>();
      let level: readonly Digest[] = [digest];
      for (let depth = 0; level.length > 0 && depth < 4 && found.size <= LIMITS.maxDescriptors; depth += 1) {
        const records = await manifests.findStored(level);
        for (const each of level) {
          if (records.get(each)?.kind !== "index") {
            found.add(each);
          }
        }
        level = [...records.values()].flatMap((record) => record.children?.map((child) => child.digest) ?? []);
      }
      return [...found];
    },

    async [Symbol.asyncDispose]() {
      clearInterval(pruning);
      stopping.abort(new Error("the server stops"));
      await scans[Symbol.asyncDispose]();
      await clients[Symbol.asyncDispose]();
    },
  };
}
