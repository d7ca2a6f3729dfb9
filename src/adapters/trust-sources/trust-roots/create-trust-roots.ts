// SPDX-License-Identifier: Apache-2.0
import { statSync } from "node:fs";
import { messageOf, redactUrl } from "#base";
import type { TrustHttp } from "#signatures";
import { TrustSourceError } from "../errors.ts";
import { FileTrustRoot } from "./file-trust-root.ts";
import type { ResolvedTrustRoot, TrustRoots } from "./trust-roots.ts";

/** Sigstore's public good instance, by the names under which policies and people know it. */
const PUBLIC_GOOD_MIRROR = "https://tuf-repo-cdn.sigstore.dev";
const PUBLIC_GOOD: Readonly<Record<string, string>> = {
  sigstore: PUBLIC_GOOD_MIRROR,
  "public-good": PUBLIC_GOOD_MIRROR,
};

export interface TrustRootsOptions {
  /**
   * Name → where it is: a `trusted_root.json`; a folder with a TUF repository that was carried in; or the URL of a TUF
   * repository with, behind `#`, the file of its first root (`https://tuf.example/#/etc/haechi/root.json`).
   */
  readonly roots?: Readonly<Record<string, string>>;
  /** A folder of our own, for what was fetched of TUF repositories. */
  readonly cacheDir: string;
  readonly http: TrustHttp;
  /** How long a TUF repository is not asked again, in milliseconds; default 12 hours. */
  readonly refreshMs?: number;
}

const DEFAULT_REFRESH_MS = 12 * 3_600_000;

interface Source {
  resolve(options: {
    readonly now: Date;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Omit<ResolvedTrustRoot, "name">>;
}

/**
 * Trust roots by name; `sigstore` and `public-good` (the public instance, by its TUF repository) are known unless others
 * are configured under these names. Files are read again when they change. Nothing is read or fetched before a root is resolved.
 */
export function createTrustRoots(options: TrustRootsOptions): TrustRoots {
  const roots = new Map(Object.entries({ ...PUBLIC_GOOD, ...options.roots }));
  const sources = new Map<string, Promise<Source>>();
  return {
    names: [...roots.keys()],
    resolve: async (name, when) => {
      const location = roots.get(name);
      if (location === undefined) {
        throw new TrustSourceError("TRUST_ROOT_UNKNOWN", `no trust root "${name.slice(0, 100)}" is configured`);
      }
      let source = sources.get(name);
      if (source === undefined) {
        source = openSource(location, options);
        sources.set(name, source);
        // a folder that is not there yet may be there the next time
        source.catch(() => sources.delete(name));
      }
      return { name, ...(await (await source).resolve(when)) };
    },
  };
}

async function openSource(location: string, options: TrustRootsOptions): Promise<Source> {
  const { cacheDir, http, refreshMs = DEFAULT_REFRESH_MS } = options;
  const isUrl = /^https?:\/\//.test(location);
  const isFolder = !isUrl && isDirectory(location);
  if (!isUrl && !isFolder) {
    return new FileTrustRoot(location);
  }
  const [{ TufTrustRoot }, { createTufMirror }] = await Promise.all([
    import("./tuf-trust-root.ts"),
    import("./tuf-mirror.ts"),
  ]);
  const mirror = await createTufMirror(location, { http, isFolder, isBuiltIn: location === PUBLIC_GOOD_MIRROR });
  return new TufTrustRoot({ mirror, cacheDir, refreshMs, source: isUrl ? redactUrl(location) : location });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new TrustSourceError("TRUST_ROOT_UNREADABLE", `cannot read the trust root ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
