// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { hostname } from "node:os";

/** What a process on another machine (or in another container) leaves behind counts as abandoned after so long. */
const FOREIGN_LIFETIME_MS = 24 * 3_600_000;
const FORM = /^(\d{1,10})\.([0-9a-f]{8})\.([0-9a-f]{6})[0-9a-f]{6}$/;
/** A container that starts again has its old host name and, as its first process, its old number too. */
const LIFE = randomBytes(3).toString("hex");

/** A name that says which process made a thing: `<pid>.<host>.<its life><random>`. */
export function processMark(): string {
  return `${process.pid}.${hostMark()}.${LIFE}${randomBytes(3).toString("hex")}`;
}

/** Whether the thing at `path`, marked so, belongs to a process that is gone. */
export function isAbandoned(mark: string, path: string): boolean {
  const [, pid, host, life] = FORM.exec(mark) ?? [];
  if (pid === undefined) {
    return false;
  }
  if (host !== hostMark()) {
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return modified !== undefined && Date.now() - modified > FOREIGN_LIFETIME_MS;
  }
  return Number(pid) === process.pid ? life !== LIFE : !isRunning(Number(pid));
}

function hostMark(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
