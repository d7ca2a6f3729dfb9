// SPDX-License-Identifier: Apache-2.0
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { MeasuredProgram } from "./measure-process.ts";
import { RELEASED } from "./release-program.ts";
import { installTrivyDatabase } from "./trivy-database.ts";

/** One scan of ours. */
export interface HaechiScan {
  /** As the command line takes it. */
  readonly location: string;
  readonly options: readonly string[];
  readonly output: string;
  /** What the cache of layers holds before; empty unless given. */
  readonly layers?: string;
  /** Of the advisories, so that it is not made during the scan. */
  readonly database: string;
}

/** Our command line with a cache of its own, which begins as `layers`. */
export function haechiScan({ location, options, output, layers, database }: HaechiScan): MeasuredProgram {
  return {
    command: "env",
    arguments: (scratch) => {
      if (layers !== undefined) {
        cpSync(layers, join(scratch, "haechi/layers"), { recursive: true });
      }
      return [
        ...[`XDG_CACHE_HOME=${scratch}`, process.execPath, RELEASED, "scan", location, ...options],
        ...["-o", output, "--db", database, "--no-progress"],
      ];
    },
    // 1: the image holds old npm packages, so it is refused
    expectedCodes: [0, 1, 3],
  };
}

/** One scan of Trivy. */
export interface TrivyScan {
  readonly program: string;
  /** `image --input PATH` or `sbom PATH`, and options. */
  readonly arguments: readonly string[];
  readonly output: string;
  readonly database?: string;
  /** What its cache holds before; empty unless given. */
  readonly cache?: string;
}

/** Trivy offline, with a cache of its own. */
export function trivyScan(scan: TrivyScan): MeasuredProgram {
  return {
    command: scan.program,
    arguments: (scratch) => {
      if (scan.cache !== undefined) {
        cpSync(scan.cache, scratch, { recursive: true });
      }
      if (scan.database !== undefined) {
        installTrivyDatabase(scan.database, scratch);
      }
      return [
        ...[...scan.arguments, "--output", scan.output, "--quiet", "--skip-db-update", "--skip-java-db-update"],
        ...["--offline-scan", "--skip-version-check", "--cache-dir", scratch],
      ];
    },
    expectedCodes: [0],
  };
}
