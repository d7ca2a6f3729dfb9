// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Counter } from "prom-client";
import { type Clock, CodedError, messageOf, parseDigest } from "#base";
import type { Configuration } from "#configuration";
import type { Database } from "#database";
import { isLoopback } from "#http";
import { openRepository, type RegistryOptions } from "#image-source";
import { DOCKER_MANIFEST, OCI_MANIFEST, parseManifest } from "#oci";
import type { Telemetry } from "#telemetry";
import { InlineScans } from "../images/inline-scans.ts";
import { isRepositoryName } from "../registry/repository-name.ts";
import { runScanProcess } from "../scan-jobs/index.ts";
import type { RemoteScan } from "../scan-process/protocol.ts";
import { HarborScanError, type HarborScanning, type HarborScanState } from "./harbor-scanning.ts";
import type { HarborScanRequest } from "./harbor-schemas.ts";
import { readTicket, writeTicket } from "./scan-ticket.ts";

/** Whether the registry may be read is found out at once: nobody waits longer for that. */
const ACCESS_MS = 15_000;
/** Between the answer and the first sign of a scan in the database. */
const BEGINNING_MS = 60_000;
/** A report is asked for until then. */
const TICKET_MS = 24 * 3_600_000;
const MAX_AUTHORIZATION = 16_384;
const IMAGE_TYPES: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];

export interface HarborScansOptions {
  readonly configuration: Pick<Configuration, "harborScanner" | "images" | "proxy" | "signatures" | "scan" | "malware">;
  readonly database: Pick<Database, "scans" | "remoteImages" | "secrets">;
  /** Read anew by each scan. */
  readonly advisoryFile: string;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/**
 * Scans of images of other registries on behalf of those registries. Only registries that the operator has named are
 * spoken to, so that nobody makes us ask a host of their choice; and whoever wants to know of an image shows first that they may
 * read it, since what was found is kept by digest for all.
 */
export class HarborScans implements HarborScanning, AsyncDisposable {
  readonly #options: HarborScansOptions;
  readonly #scans: InlineScans;

  constructor(options: HarborScansOptions) {
    this.#options = options;
    const { configuration, database, clock, telemetry } = options;
    this.#scans = new InlineScans({
      scans: database.scans,
      store: database.remoteImages,
      concurrency: configuration.harborScanner.concurrency,
      timeoutMs: configuration.scan.timeoutMs,
      counted: new Counter({
        name: "haechi_harbor_scans_total",
        help: "Scans for other registries that we are plugged into as a scanner, by result: done, unsupported, failed.",
        labelNames: ["result"],
        registers: [telemetry.metrics],
      }),
      clock,
      log: telemetry.log,
      run: (scan, signal) =>
        runScanProcess(
          {
            ...scan,
            advisoryFile: options.advisoryFile,
            scanners: configuration.scan.scanners,
            ...(configuration.malware.clamd === undefined ? {} : { clamd: configuration.malware.clamd }),
          },
          { ...configuration.scan, signal },
        ),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scans[Symbol.asyncDispose]();
  }

  /** Begins a scan and returns its id. Throws `HarborScanError`. */
  async request(account: string, request: HarborScanRequest): Promise<string> {
    const scan = this.#remoteScan(request);
    await this.#assertReadable(scan);
    if (!this.#scans.begin(scan, account)) {
      throw new HarborScanError("QUEUE_FULL", "too many scans wait; try again later");
    }
    const { registry, repository, digest, who } = scan;
    const { tag, mime_type: mimeType = OCI_MANIFEST } = request.artifact;
    return await writeTicket(this.#options.database.secrets, {
      account,
      registry,
      repository,
      digest,
      ...(tag === undefined ? {} : { tag: tag.slice(0, 128) }),
      mimeType,
      who,
      at: this.#options.clock.now().getTime(),
    });
  }

  /** What came of it, for whoever asked. Throws `HarborScanError`. */
  async find(account: string, id: string): Promise<HarborScanState> {
    const { database, clock, configuration } = this.#options;
    const ticket = await readTicket(database.secrets, id);
    const ageMs = clock.now().getTime() - (ticket?.at ?? 0);
    if (ticket === undefined || ticket.account !== account || ageMs > TICKET_MS) {
      throw new HarborScanError("REQUEST_UNKNOWN", "there is no such scan request");
    }
    const record = await database.scans.find(ticket.digest);
    if (record?.state === "done" && record.report !== undefined) {
      return { state: "done", record, ticket };
    }
    if (record?.state === "unsupported" || record?.state === "failed") {
      throw new HarborScanError("SCAN_FAILED", record.message ?? "the image could not be scanned");
    }
    const failure = this.#scans.failureOf({ ...ticket, options: {} });
    if (failure !== undefined) {
      throw new HarborScanError("SCAN_FAILED", failure);
    }
    const patienceMs = record === undefined ? BEGINNING_MS : 2 * configuration.scan.timeoutMs + BEGINNING_MS;
    if (this.#scans.isUnderWay(ticket.digest) || ageMs < patienceMs) {
      return { state: "waiting" };
    }
    throw new HarborScanError("SCAN_FAILED", "the scan did not come to its end; ask for it again");
  }

  #remoteScan({ registry, artifact }: HarborScanRequest): RemoteScan {
    const { configuration } = this.#options;
    const url = URL.parse(registry.url);
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "") {
      throw new HarborScanError("FIELD_INVALID", "registry.url: expected an http or https URL");
    }
    const host = url.host;
    if (!configuration.harborScanner.registries.includes(host)) {
      throw new HarborScanError(
        "FIELD_INVALID",
        `registry.url: ${host.slice(0, 255)} is none of harborScanner.registries`,
      );
    }
    const isPlain = url.protocol === "http:";
    if (isPlain && !isLoopback(url) && !configuration.images.plainHttp.includes(host)) {
      throw new HarborScanError("FIELD_INVALID", `registry.url: ${host} is none of images.plainHttp`);
    }
    const { repository = "", mime_type: mimeType = OCI_MANIFEST } = artifact;
    const digest = parseDigest(artifact.digest ?? "");
    if (!isRepositoryName(repository) || digest === undefined) {
      throw new HarborScanError("FIELD_INVALID", "artifact: expected a repository and a digest");
    }
    if (!IMAGE_TYPES.includes(mimeType)) {
      throw new HarborScanError("NOT_CAPABLE", `artifact.mime_type: ${mimeType.slice(0, 200)} is not scanned`);
    }
    const { authorization = "" } = registry;
    const caFile = configuration.images.certificateAuthorities.find(({ name }) => name === host)?.value;
    return {
      registry: host,
      repository,
      digest,
      who: createHash("sha256").update(authorization).digest("base64url"),
      options: {
        proxy: configuration.proxy,
        allowPrivateAddresses: configuration.signatures.allowPrivateAddresses,
        ...(caFile === undefined ? {} : { caFile }),
        ...(isPlain ? { plainHttp: true } : {}),
        ...credentialsOf(authorization, host),
      },
    };
  }

  async #assertReadable({ registry, repository, digest, options }: RemoteScan): Promise<void> {
    try {
      await using client = await openRepository({ registry, repository }, options);
      const found = await client.readManifest(digest, AbortSignal.timeout(ACCESS_MS));
      if (found === undefined) {
        throw new HarborScanError("SCAN_FAILED", "the registry has no such image");
      }
      if (parseManifest(found.bytes, found.mediaType).kind !== "image") {
        throw new HarborScanError("NOT_CAPABLE", "the artifact is an index; ask for the images that it names");
      }
    } catch (error) {
      if (error instanceof CodedError) {
        throw error instanceof HarborScanError
          ? error
          : new HarborScanError("SCAN_FAILED", `the image cannot be read: ${error.message}`, { cause: error });
      }
      if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) {
        throw new HarborScanError("SCAN_FAILED", `the image cannot be read: ${messageOf(error)}`, { cause: error });
      }
      throw error;
    }
  }
}

/** components.schemas.Registry: the value of `Authorization` for each request to the registry. */
function credentialsOf(authorization: string, host: string): Pick<RegistryOptions, "credentials" | "bearerToken"> {
  if (authorization === "") {
    return {};
  }
  const [scheme = "", value = ""] = authorization.slice(0, MAX_AUTHORIZATION).split(" ");
  if (scheme.toLowerCase() === "bearer" && value !== "") {
    return { bearerToken: { host, token: value } };
  }
  const pair = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString("utf8") : "";
  const colon = pair.indexOf(":");
  if (colon < 1) {
    throw new HarborScanError("FIELD_INVALID", "registry.authorization: expected Basic or Bearer");
  }
  return { credentials: { username: pair.slice(0, colon), password: pair.slice(colon + 1) } };
}
