// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { CodedError, messageOf } from "#base";

/** The bytes of a file that an option or location names. Throws `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, also for one that is too large. */
export async function readSubjectFile(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const stats = statSync(path);
    if (stats.size > maxBytes) {
      throw new Error(`has ${stats.size} bytes, more than ${maxBytes} are not read`);
    }
    // a pipe may let us wait, and whoever waits wants to interrupt; for a file no thread has to be started
    return stats.isFile() ? readFileSync(path) : await readFile(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new CodedError(
      isMissing ? "SOURCE_NOT_FOUND" : "SOURCE_UNREADABLE",
      `cannot read ${path}: ${isMissing ? "no such file" : messageOf(error)}`,
      { cause: error },
    );
  }
}
