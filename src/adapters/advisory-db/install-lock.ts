// SPDX-License-Identifier: Apache-2.0
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdvisoryDatabaseError } from "./errors.ts";
import { isAbandoned, processMark } from "./process-mark.ts";

const LOCK_FILE = ".install.lock";
const PATIENCE_MS = 10_000;
const STEP_MS = 20;

/**
 * Lets one process at a time put a version in place: between the look at the index in use and its replacement, nobody else may
 * replace it or delete shards. Held for moments; the lock of a process that was killed is taken over.
 */
export function lockInstall(folder: string): Disposable {
  const path = join(folder, LOCK_FILE);
  const mark = processMark();
  for (let waited = 0; ; waited += STEP_MS) {
    try {
      writeFileSync(path, mark, { flag: "wx" });
      return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
        throw error;
      }
    }
    if (waited >= PATIENCE_MS) {
      throw new AdvisoryDatabaseError(
        "ADVISORY_DATABASE_CHANGED",
        `another process is putting a database in place in ${folder} (${LOCK_FILE}); nothing was changed, run it again`,
      );
    }
    removeAbandoned(path, mark);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STEP_MS);
  }
}

function removeAbandoned(path: string, mark: string): void {
  try {
    if (isAbandoned(readFileSync(path, "utf8"), path)) {
      const aside = `${path}.${mark}`;
      renameSync(path, aside);
      rmSync(aside, { force: true });
    }
  } catch {
    // its holder has just given it back, or somebody else has removed it
  }
}
