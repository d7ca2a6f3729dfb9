// SPDX-License-Identifier: Apache-2.0
import { type Clock, type Digest, LIMITS } from "#base";
import type { Configuration } from "#configuration";
import type { AuditStore, ManifestRecord } from "#database";
import { parseManifest } from "#oci";
import { type IndexRule, isBeyondScanner, type Verdict } from "#policy";
import type { Judge, Judgement } from "../../context.ts";
import type { Access } from "../access/access.ts";
import { RegistryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import { LruMap } from "../lru-map.ts";
import type { BlobCatalog } from "../manifests/blob-catalog.ts";
import type { ManifestCatalog } from "../manifests/manifest-catalog.ts";
import type { RegistryMetrics } from "../metrics.ts";
import type { RegistrySettings } from "../settings/index.ts";
import type { DecisionLog } from "./decision-log.ts";
import { pullWarning } from "./pull-warning.ts";
import type { RecentPushes } from "./recent-pushes.ts";
import { refusal } from "./refusal.ts";
import { UnscannableContent, unscannable } from "./unscannable-content.ts";

/** Each child is judged again when it is pulled. */
const INDEX_RULE: IndexRule = "any-child";
const MAX_REMEMBERED_INDEXES = 10_000;
/** Indexes in indexes; deeper ones count as runnable, so they are judged. */
const MAX_INDEX_DEPTH = 4;
/** A pull waits for the services that know of signatures at least so long, also where it does not wait for scans. */
const MIN_SIGNATURE_WAIT_MS = 5_000;
/** Programs that read an image's manifest in order to sign it. */
const SIGNING_CLIENT = /^(?:cosign|notation)\//;

export interface PullGateOptions {
  readonly judge: Judge;
  readonly settings: Pick<RegistrySettings, "of">;
  readonly configuration: Pick<Configuration["registry"], "undecided" | "scanWaitMs">;
  /** The one name of this registry that policies are matched with; a client cannot choose it. */
  readonly registryName: () => string;
  readonly manifests: ManifestCatalog;
  readonly blobCatalog: BlobCatalog;
  readonly decisions: DecisionLog;
  readonly pushes: RecentPushes;
  readonly audit: AuditStore;
  readonly metrics: RegistryMetrics;
  readonly clock: Clock;
}

/** Who asks for something that the gate guards. */
export interface Puller {
  readonly exchange: Exchange;
  readonly access: Access;
}

/**
 * Decides which stored content is handed out. The verdict of the judge on a manifest decides about it and about blobs
 * that only such manifests hold. Nothing is exempt by name, by annotation or by what the client calls itself.
 */
export class PullGate {
  readonly #options: PullGateOptions;
  readonly #unscannable: UnscannableContent;
  readonly #runnableIndexes = new LruMap<string, boolean>(MAX_REMEMBERED_INDEXES);

  constructor(options: PullGateOptions) {
    this.#options = options;
    this.#unscannable = new UnscannableContent(options);
  }

  /** Returns when the manifest may be read. `reference` is the tag or digest asked for. Throws `DENIED` with the reasons. */
  async assertManifestAllowed(puller: Puller, record: ManifestRecord, reference: string): Promise<void> {
    const { exchange, access } = puller;
    if (
      access.allows("push", record.repository) &&
      (exchange.isHead || this.#options.pushes.has(access.actor, record))
    ) {
      // Clients look for the manifest that they are about to push again, which tells them only that it is there; and
      // oras reads back what it has just pushed. Its bytes are its own, and the blobs stay refused.
      return;
    }
    const isRefusedUnscanned = await this.#unscannable.isRefused(record);
    if (!isRefusedUnscanned && !(await this.#isRunnable(record))) {
      return;
    }
    const name = this.#nameOf(record.repository, reference);
    const startedAt = performance.now();
    const judgement = isRefusedUnscanned
      ? unscannable(record)
      : await this.#judge(record.repository, record.digest, name);
    const durationMs = performance.now() - startedAt;
    const isLet = this.#lets(record.repository, judgement.verdict);
    if (!isLet) {
      if (access.allows("inspect", record.repository)) {
        await this.#auditInspection(puller, record);
        return;
      }
      if (await this.#maySign(puller, record)) {
        return;
      }
    }
    this.#options.decisions.record({ exchange, reference: name, judgement, durationMs });
    this.#options.metrics.countDecision(judgement.verdict.outcome);
    if (!isLet) {
      throw this.#refusal(exchange, name, judgement);
    }
    const warning = pullWarning(judgement.verdict);
    if (warning !== undefined) {
      exchange.warn(warning);
    }
  }

  /**
   * Returns when the blob may be read in the repository, which has it. A blob of images needs one image that is
   * allowed: an artifact that lists the same blob does not free it. A blob that no manifest lists yet is its pushers'.
   */
  async assertBlobAllowed(puller: Puller, repository: string, digest: Digest): Promise<void> {
    const { exchange, access } = puller;
    if (exchange.isHead && access.allows("push", repository)) {
      return;
    }
    const refused = await this.#refusalOfBlob(access, repository, digest);
    if (refused === undefined) {
      return;
    }
    if (refused === "unlisted") {
      throw new RegistryError("BLOB_UNKNOWN", "blob unknown to registry", { details: { digest } });
    }
    if (access.allows("inspect", repository)) {
      await this.#auditInspection(puller, { repository, digest });
      return;
    }
    const name = this.#nameOf(repository, refused.digest);
    this.#options.decisions.record({ exchange, reference: name, judgement: refused, durationMs: 0 });
    this.#options.metrics.countDecision(refused.verdict.outcome);
    throw this.#refusal(exchange, name, refused);
  }

  /** Whether the blob may be mounted elsewhere by someone with this access to its repository. */
  async mayMount(access: Access, repository: string, digest: Digest): Promise<boolean> {
    return access.allows("pull", repository) && (await this.#refusalOfBlob(access, repository, digest)) === undefined;
  }

  async #refusalOfBlob(
    access: Access,
    repository: string,
    digest: Digest,
  ): Promise<Judgement | "unlisted" | undefined> {
    const holders = await this.#options.blobCatalog.holders(repository, digest);
    if (holders.length === 0) {
      return access.allows("push", repository) ? undefined : "unlisted";
    }
    let refused: Judgement | undefined;
    for (const holder of holders) {
      if (holder.kind === "image") {
        const reference = this.#nameOf(repository, holder.digest);
        const judgement = await this.#ask(repository, holder.digest, reference);
        if (this.#lets(repository, judgement.verdict)) {
          return undefined;
        }
        refused ??= judgement;
      }
    }
    return refused ?? (await this.#unscannable.refusalOfBlob(repository, holders));
  }

  async #judge(repository: string, digest: Digest, reference: string): Promise<Judgement> {
    const { judge, configuration } = this.#options;
    const first = await this.#ask(repository, digest, reference);
    const isWaiting = first.verdict.reasons.some(({ code }) => code === "SCAN_PENDING" || code === "SCAN_MISSING");
    const isMissing = this.#isUnasked(repository, first.verdict);
    if (first.verdict.outcome !== "undecided" || !isWaiting || isMissing || configuration.scanWaitMs === 0) {
      return first;
    }
    await judge.waitForScan(digest, configuration.scanWaitMs);
    return await this.#ask(repository, digest, reference);
  }

  async #ask(repository: string, digest: Digest, reference: string): Promise<Judgement> {
    const { judge, configuration } = this.#options;
    const timeoutMs = Math.max(configuration.scanWaitMs, MIN_SIGNATURE_WAIT_MS);
    return await judge.judge({ reference, repository, digest, indexRule: INDEX_RULE, timeoutMs });
  }

  /**
   * Whoever may push a signature must find the image that it is for: notation asks whether it is there, cosign reads the
   * manifest, both with a token for `pull` only. Whoever may push gets that much of a refused image, and not what it
   * takes to run it: a manifest only while its configuration is refused as well, and never one that carries content.
   * That is what makes it safe; what the client calls itself permits nothing, it spares everybody else a manifest whose
   * layers are refused without a reason that clients print.
   */
  async #maySign(puller: Puller, record: ManifestRecord): Promise<boolean> {
    const { exchange, access } = puller;
    if (!access.couldAllow("push", record.repository)) {
      return false;
    }
    if (exchange.isHead) {
      return true;
    }
    if (!SIGNING_CLIENT.test(exchange.header("user-agent") ?? "") || !(await this.#isUselessAlone(access, record))) {
      return false;
    }
    await this.#auditInspection(puller, record);
    return true;
  }

  /** An index names children that are judged each; it never carries one (`describeManifest` refuses that). */
  async #isUselessAlone(access: Access, record: ManifestRecord): Promise<boolean> {
    if (record.kind === "index" || record.sizeBytes > LIMITS.maxManifestBytes) {
      return record.kind === "index";
    }
    const manifest = parseManifest(await this.#options.manifests.read(record.digest), record.mediaType);
    if (manifest.kind !== "image" || [manifest.config, ...manifest.layers].some((each) => each.isEmbedded === true)) {
      return false;
    }
    const refused = await this.#refusalOfBlob(access, record.repository, manifest.config.digest);
    return refused !== undefined && refused !== "unlisted";
  }

  #lets(repository: string, verdict: Verdict): boolean {
    if (verdict.mode !== "enforce") {
      return true;
    }
    const { settings, configuration } = this.#options;
    const undecided = settings.of(repository).settings.undecided ?? configuration.undecided;
    const mayBeSettled = verdict.outcome === "undecided" && !isBeyondScanner(verdict, INDEX_RULE);
    return verdict.outcome === "allow" || (mayBeSettled && undecided === "allow");
  }

  /** Nobody will scan it before somebody asks for that, so there is nothing to wait for. */
  #isUnasked(repository: string, { reasons }: Verdict): boolean {
    const isOff = this.#options.settings.of(repository).settings.scanOnPush === false;
    return isOff && reasons.some(({ code }) => code === "SCAN_MISSING");
  }

  #refusal(exchange: Exchange, reference: string, { repository, digest, verdict }: Judgement): RegistryError {
    const { from } = this.#options.settings.of(repository);
    const prefix = from.scanOnPush === "" ? "*" : (from.scanOnPush ?? "*");
    const hint = this.#isUnasked(repository, verdict)
      ? exchange.translate("registry.scanOnPushOff", { prefix })
      : undefined;
    return refusal(exchange, { reference, digest, verdict, ...(hint === undefined ? {} : { hint }) });
  }

  /** Nothing is refused to a scanner, so there is no decision to record; that it looked is in the audit log. */
  async #auditInspection(
    { exchange, access }: Puller,
    content: { readonly repository: string; readonly digest: Digest },
  ): Promise<void> {
    await this.#options.audit.append({
      actor: access.actor,
      action: "refused-manifest-inspected",
      target: `${content.repository}@${content.digest}`,
      requestId: exchange.requestId,
      remoteAddress: exchange.remoteAddress,
      at: this.#options.clock.now().toISOString(),
    });
  }

  /** Images are; an index is when one of its children is. Artifacts (signatures, attestations, SBOMs) are only read. */
  async #isRunnable(record: ManifestRecord, depth: number = 0): Promise<boolean> {
    if (record.kind !== "index" || depth > MAX_INDEX_DEPTH) {
      return record.kind !== "artifact";
    }
    const key = `${record.repository}@${record.digest}`;
    const known = this.#runnableIndexes.get(key);
    if (known !== undefined) {
      return known;
    }
    let isRunnable = false;
    for (const reference of record.references) {
      if (reference.kind === "manifest" && !isRunnable) {
        const child = await this.#options.manifests.find(record.repository, reference.digest);
        isRunnable = child === undefined || (await this.#isRunnable(child, depth + 1));
      }
    }
    this.#runnableIndexes.set(key, isRunnable);
    return isRunnable;
  }

  #nameOf(repository: string, reference: string): string {
    return `${this.#options.registryName()}/${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
  }
}
