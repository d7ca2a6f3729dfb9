// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS } from "#base";
import type { TufMirror } from "./tuf-mirror.ts";

/** A copy to work on, thrown away unless it is kept. */
export interface TufWork extends AsyncDisposable {
  readonly metadataDir: string;
  readonly targetDir: string;
  readTarget(path: string): Promise<string>;
  /** Puts the copy in the place of what was kept; `now` is when the mirror was asked. */
  keep(now: Date): Promise<void>;
}

/**
 * What was verified of one TUF repository, in a folder of our own. Each state is a folder that never changes; the file
 * `current` names the one in force and is replaced atomically, so that processes do not see halves of each other's work.
 */
export class TufCache {
  readonly #folder: string;
  readonly #mirror: TufMirror;

  constructor(cacheDir: string, mirror: TufMirror) {
    const identity = createHash("sha256").update(`${mirror.identity}\n`).update(mirror.firstRoot).digest("hex");
    this.#folder = join(cacheDir, "tuf", identity.slice(0, 32));
    this.#mirror = mirror;
  }

  /** When the mirror was last asked successfully. */
  async fetchedAt(): Promise<Date | undefined> {
    const current = await this.#current();
    if (current === undefined) {
      return undefined;
    }
    const time = Date.parse(await readFile(join(current, "fetched-at"), "utf8").catch(() => ""));
    return Number.isNaN(time) ? undefined : new Date(time);
  }

  async copy(): Promise<TufWork> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const work = await mkdtemp(join(this.#folder, "state-"));
    const current = await this.#current();
    if (current === undefined) {
      await mkdir(join(work, "metadata"));
      await mkdir(join(work, "targets"));
      await writeFile(join(work, "metadata/root.json"), this.#mirror.firstRoot);
    } else {
      await cp(current, work, { recursive: true });
    }
    let isKept = false;
    return {
      metadataDir: join(work, "metadata"),
      targetDir: join(work, "targets"),
      readTarget: async (path) => {
        const { size } = await stat(path);
        if (size > LIMITS.maxTrustMaterialBytes) {
          throw new Error(`the target has ${size} bytes, more than ${LIMITS.maxTrustMaterialBytes}`);
        }
        return await readFile(path, "utf8");
      },
      keep: async (now) => {
        await writeFile(join(work, "fetched-at"), now.toISOString());
        const name = work.slice(this.#folder.length + 1);
        const pointer = join(this.#folder, `${name}.pointer`);
        await writeFile(pointer, name);
        await rename(pointer, join(this.#folder, "current"));
        isKept = true;
        await this.#removeOthers([name, current?.slice(this.#folder.length + 1)]);
      },
      [Symbol.asyncDispose]: async () => {
        if (!isKept) {
          await rm(work, { recursive: true, force: true });
        }
      },
    };
  }

  async #current(): Promise<string | undefined> {
    try {
      const name = await readFile(join(this.#folder, "current"), "utf8");
      return /^state-[A-Za-z0-9]{6}$/.test(name) ? join(this.#folder, name) : undefined;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") {
        return undefined;
      }
      throw error;
    }
  }

  /** The state before stays, since another process may be reading it; what is older goes. */
  async #removeOthers(names: readonly (string | undefined)[]): Promise<void> {
    const kept = new Set(names);
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (name.startsWith("state-") && !kept.has(name) && age > ABANDONED_MS) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }
}

/** Longer than any work on a copy takes. */
const ABANDONED_MS = 3_600_000;

/** RFC 3339: when the first of the top-level roles ends, of metadata that was verified. */
export async function earliestExpiry(metadataDir: string): Promise<string | undefined> {
  const ends = await Promise.all(
    ["root", "timestamp", "snapshot", "targets"].map(async (role) => {
      const document: unknown = JSON.parse(await readFile(join(metadataDir, `${role}.json`), "utf8"));
      const { signed } = document as { readonly signed?: { readonly expires?: unknown } };
      return typeof signed?.expires === "string" ? signed.expires : [];
    }),
  );
  return ends.flat().toSorted((left, right) => Date.parse(left) - Date.parse(right))[0];
}
