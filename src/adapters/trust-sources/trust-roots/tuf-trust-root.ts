// SPDX-License-Identifier: Apache-2.0
import { Updater } from "tuf-js";
import { digestOf, LIMITS, messageOf } from "#base";
import { TrustSourceError } from "../errors.ts";
import type { ResolvedTrustRoot } from "./trust-roots.ts";
import { earliestExpiry, TufCache } from "./tuf-cache.ts";
import { TufFetcher } from "./tuf-fetcher.ts";
import type { TufMirror } from "./tuf-mirror.ts";

const TARGET = "trusted_root.json";
/** Never asked for: the fetcher takes paths, and this is what the library puts in front of them. */
const BASE = "https://mirror.invalid/";
const DEADLINE_MS = 60_000;
/** After a failure the mirror is left alone for so long. */
const RETRY_MS = 60_000;

export interface TufTrustRootOptions {
  readonly mirror: TufMirror;
  readonly cacheDir: string;
  readonly refreshMs: number;
  readonly source: string;
}

type Resolved = Omit<ResolvedTrustRoot, "name">;

/**
 * The `trusted_root.json` of a TUF repository, by the client workflow of the TUF specification (tuf-js). What was
 * verified once is used without the mirror until its metadata ends, and never beyond: whoever cuts us off must not be
 * able to freeze what we trust.
 */
export class TufTrustRoot {
  readonly #options: TufTrustRootOptions;
  readonly #cache: TufCache;
  #current: { readonly root: Resolved; readonly askAgain: number } | undefined;
  #refreshing: Promise<Resolved> | undefined;

  constructor(options: TufTrustRootOptions) {
    this.#options = options;
    this.#cache = new TufCache(options.cacheDir, options.mirror);
  }

  async resolve({ now }: { readonly now: Date }): Promise<Resolved> {
    const { root, askAgain } = this.#current ?? {};
    if (root !== undefined && askAgain !== undefined && now.getTime() < askAgain && isCurrent(root, now)) {
      return root;
    }
    // one deadline of its own: whoever waits first must not end it for the others
    this.#refreshing ??= this.#refresh(now).finally(() => {
      this.#refreshing = undefined;
    });
    return await this.#refreshing;
  }

  async #refresh(now: Date): Promise<Resolved> {
    const { refreshMs, source } = this.#options;
    const fetchedAt = await this.#cache.fetchedAt();
    const isFresh = fetchedAt !== undefined && now.getTime() - fetchedAt.getTime() < refreshMs;
    if (isFresh) {
      const kept = await this.#update({ isOffline: true, now }).catch(() => undefined);
      if (kept !== undefined && isCurrent(kept, now)) {
        this.#current = { root: kept, askAgain: fetchedAt.getTime() + refreshMs };
        return kept;
      }
    }
    const fetcher = new TufFetcher(this.#options.mirror, AbortSignal.timeout(DEADLINE_MS));
    try {
      const root = await this.#update({ isOffline: false, now, fetcher });
      assertCurrent(root, now, source);
      this.#current = { root, askAgain: now.getTime() + refreshMs };
      return root;
    } catch (error) {
      if (fetcher.failure === undefined) {
        throw refused(source, error);
      }
      // the mirror could not be read; that it would not verify is another matter
      const kept = await this.#update({ isOffline: true, now }).catch(() => undefined);
      if (kept === undefined || !isCurrent(kept, now)) {
        throw new TrustSourceError(
          "TRUST_ROOT_UNREACHABLE",
          `the trusted root cannot be fetched from ${source}, and nothing that was fetched before is still valid (${messageOf(fetcher.failure)}); without a network, give its trusted_root.json: --trusted-root FILE, or signatures.trustRoots`,
          { cause: fetcher.failure },
        );
      }
      this.#current = { root: kept, askAgain: now.getTime() + RETRY_MS };
      return kept;
    }
  }

  /** Works on a copy of what is kept, which takes its place when all of it was verified. */
  async #update(how: {
    readonly isOffline: boolean;
    readonly now: Date;
    readonly fetcher?: TufFetcher;
  }): Promise<Resolved> {
    await using work = await this.#cache.copy();
    const updater = new Updater({
      metadataDir: work.metadataDir,
      metadataBaseUrl: BASE,
      targetDir: work.targetDir,
      targetBaseUrl: `${BASE}targets/`,
      forceCache: how.isOffline,
      fetcher: how.fetcher ?? TufFetcher.offline(),
      config: { maxRootRotations: LIMITS.maxRootRotations, maxDelegations: LIMITS.maxDelegations },
    });
    await updater.refresh();
    const info = await updater.getTargetInfo(TARGET);
    if (info === undefined) {
      throw new Error(`the repository has no target ${TARGET}`);
    }
    const path = (await updater.findCachedTarget(info)) ?? (await updater.downloadTarget(info));
    const json = await work.readTarget(path);
    const fetchedAt = how.isOffline ? await this.#cache.fetchedAt() : how.now;
    const validUntil = await earliestExpiry(work.metadataDir);
    if (!how.isOffline) {
      await work.keep(how.now);
    }
    return {
      json,
      digest: digestOf(Buffer.from(json)),
      source: this.#options.source,
      ...(fetchedAt === undefined ? {} : { fetchedAt: fetchedAt.toISOString() }),
      ...(validUntil === undefined ? {} : { validUntil }),
    };
  }
}

function isCurrent(root: Resolved, now: Date): boolean {
  return root.validUntil === undefined || now.getTime() < Date.parse(root.validUntil);
}

function assertCurrent(root: Resolved, now: Date, source: string): void {
  if (!isCurrent(root, now)) {
    throw new TrustSourceError("TRUST_ROOT_REFUSED", `the metadata of ${source} ended at ${root.validUntil ?? ""}`);
  }
}

function refused(source: string, error: unknown): TrustSourceError {
  return error instanceof TrustSourceError
    ? error
    : new TrustSourceError("TRUST_ROOT_REFUSED", `the TUF repository ${source} does not verify: ${messageOf(error)}`, {
        cause: error,
      });
}
