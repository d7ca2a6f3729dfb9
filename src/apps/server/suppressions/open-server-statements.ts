// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { LIMITS, messageOf } from "#base";
import { ConfigurationError } from "#configuration";
import type { DatabaseLog } from "#database";
import { parseIgnoreFile, parseVex, type SuppressionStatement } from "#suppressions";

/** Mounted ConfigMaps change within a minute; looking costs one call per file. */
const LOOK_INTERVAL_MS = 10_000;

/** What the server's operator says about findings. Only files that the configuration names are trusted for that. */
export interface ServerStatements extends Disposable {
  /** The same list until a file changes. */
  current(): readonly SuppressionStatement[];
  /**
   * Reads the files again when one changed; says whether the statements are others now. A file that is wrong changes nothing; one
   * that is gone was taken back, and says nothing any more.
   */
  look(): Promise<boolean>;
}

/** Reads `scan.vex`. Throws ConfigurationError for a file that cannot be read or is not right. */
export async function openServerStatements(options: {
  readonly files: readonly string[];
  readonly log: Pick<DatabaseLog, "info" | "error">;
  /** After the statements became others. */
  readonly onChange: () => void;
  readonly lookIntervalMs?: number;
}): Promise<ServerStatements> {
  const { files, log, onChange } = options;
  let identity = await identityOf(files);
  let statements = await readAll(files).catch((error: unknown) => {
    throw new ConfigurationError([`scan.vex: ${messageOf(error)}`]);
  });
  async function look(): Promise<boolean> {
    // before reading: what changes in between is seen the next time
    const seen = await identityOf(files);
    if (seen === identity) {
      return false;
    }
    identity = seen;
    try {
      statements = await readAll(files, (file) => {
        log.error({ file }, "a file of scan.vex is gone; what it cleared counts again");
      });
    } catch (error) {
      log.error({ err: error }, "a file of scan.vex is wrong now; what was read before stays in force");
      return false;
    }
    log.info({ statements: statements.length }, "the statements of scan.vex changed");
    onChange();
    return true;
  }
  let looking: Promise<unknown> | undefined;
  const timer =
    files.length === 0
      ? undefined
      : setInterval(() => {
          looking ??= look().finally(() => {
            looking = undefined;
          });
        }, options.lookIntervalMs ?? LOOK_INTERVAL_MS);
  timer?.unref();
  return {
    current: () => statements,
    look,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

async function readAll(
  files: readonly string[],
  onGone?: (file: string) => void,
): Promise<readonly SuppressionStatement[]> {
  const read = await Promise.all(
    files.map(async (file) => {
      try {
        return await readStatements(file);
      } catch (error) {
        if (onGone === undefined || !(error instanceof Error && "code" in error && error.code === "ENOENT")) {
          throw error;
        }
        onGone(file);
        return [];
      }
    }),
  );
  return read.flat();
}

async function readStatements(file: string): Promise<readonly SuppressionStatement[]> {
  const isIgnoreFile = /\.ya?ml$/u.test(file);
  const { size } = await stat(file);
  const maxBytes = isIgnoreFile ? LIMITS.maxPolicyBytes : LIMITS.maxVexBytes;
  if (size > maxBytes) {
    throw new Error(`${file} has ${size} bytes, more than ${maxBytes}`);
  }
  const bytes = await readFile(file);
  return isIgnoreFile ? parseIgnoreFile(bytes.toString("utf8"), file) : parseVex(bytes, { name: file }).statements;
}

/** Changes whenever a file may have; one that is not there is told apart, too. */
async function identityOf(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(files.map(async (file) => await stat(file).catch(() => undefined)));
  return JSON.stringify(stats.map((each) => (each === undefined ? 0 : [each.ino, each.size, each.mtimeMs])));
}
