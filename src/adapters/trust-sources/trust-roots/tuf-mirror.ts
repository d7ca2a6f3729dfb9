// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, normalize } from "node:path";
import { messageOf } from "#base";
import type { TrustHttp } from "#signatures";
import { TrustSourceError } from "../errors.ts";

/** Where the files of a TUF repository come from, and the root from which trust begins. */
export interface TufMirror {
  /** Names the mirror and its first root: what is kept of one must not be used for another. */
  readonly identity: string;
  readonly firstRoot: Buffer;
  /** A file by its path in the repository; `undefined` when it is certain that there is none. Throws when it cannot be read. */
  read(path: string, maxBytes: number, signal: AbortSignal): Promise<Buffer | undefined>;
}

const FIRST_ROOTS: readonly string[] = ["1.root.json", "root.json"];

/**
 * The mirror at a location. A folder brings its own first root, since whoever may write there may write the settings; a
 * URL names its file behind `#`; of the built-in repository it comes with `@sigstore/tuf`. Throws
 * `TRUST_ROOT_UNREADABLE` without one: the first root of a network is nothing to be trusted.
 */
export async function createTufMirror(
  location: string,
  options: { readonly http: TrustHttp; readonly isFolder: boolean; readonly isBuiltIn: boolean },
): Promise<TufMirror> {
  if (options.isFolder) {
    const firstRoot = await readFirstRoot(location);
    return { identity: `folder ${location}`, firstRoot, read: (path) => readFileIn(location, path) };
  }
  const url = new URL(location);
  const rootFile = decodeURIComponent(url.hash.slice(1));
  url.hash = "";
  if (rootFile === "" && !options.isBuiltIn) {
    throw new TrustSourceError(
      "TRUST_ROOT_UNREADABLE",
      "the URL of a TUF repository needs the file of its first root behind #, e.g. https://tuf.example/#/etc/haechi/root.json",
    );
  }
  return {
    identity: `url ${url.href}`,
    firstRoot: options.isBuiltIn && rootFile === "" ? builtInRoot(location) : await readRootFile(rootFile),
    read: async (path, maxBytes, signal) => {
      const base = url.href.endsWith("/") ? url.href : `${url.href}/`;
      const answer = await options.http.send(new URL(path, base), { maxBytes, origin: "operator", signal });
      // 403 is how object stores say that there is no such file (TUF client workflow 5.3.3)
      if (answer.status === 404 || answer.status === 403) {
        return undefined;
      }
      if (answer.status !== 200) {
        throw new Error(`${url.host} answered with status ${answer.status}`);
      }
      return Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.byteLength);
    },
  };
}

function builtInRoot(mirror: string): Buffer {
  const seeds = createRequire(import.meta.url)("@sigstore/tuf/seeds.json") as Readonly<
    Record<string, { readonly "root.json": string } | undefined>
  >;
  const seed = seeds[mirror];
  if (seed === undefined) {
    throw new TrustSourceError("TRUST_ROOT_UNREADABLE", "@sigstore/tuf brings no root for the public good repository");
  }
  return Buffer.from(seed["root.json"], "base64");
}

async function readFirstRoot(folder: string): Promise<Buffer> {
  for (const name of FIRST_ROOTS) {
    const found = await readFileIn(folder, name);
    if (found !== undefined) {
      return found;
    }
  }
  throw new TrustSourceError("TRUST_ROOT_UNREADABLE", `the folder ${folder} has no root.json: not a TUF repository`);
}

async function readRootFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new TrustSourceError("TRUST_ROOT_UNREADABLE", `cannot read the first root: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Paths come from metadata: none may leave the folder. */
async function readFileIn(folder: string, path: string): Promise<Buffer | undefined> {
  const relative = normalize(decodeURIComponent(path));
  if (relative.startsWith("..") || relative.startsWith("/") || relative.includes("\0")) {
    return undefined;
  }
  try {
    return await readFile(join(folder, relative));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
