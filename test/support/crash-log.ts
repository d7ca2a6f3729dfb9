// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";

const PATH = new URL("../e2e/registry-crash-results.json", import.meta.url);

/** The content is checked in every so many rounds. */
export const CHECK_EVERY = 25;

/** What is killed in each round. */
export type CrashVictims = "the server" | "the server and PostgreSQL";

/** What had happened, and was looked at, when the content was checked. */
export interface CrashCheck {
  readonly round: number;
  /** Kills in the middle of work, and in the middle of a start. */
  readonly kills: number;
  readonly killedStarts: number;
  /** What clients were told is done. */
  readonly pushes: number;
  readonly deletions: number;
  /** Collections that came to their end, and files that they removed. */
  readonly collections: number;
  readonly collectedFiles: number;
  /** Acknowledged manifests and blobs that were read and had their digest; tags that led where they should; deleted ones that were gone. */
  readonly read: number;
  readonly tags: number;
  readonly gone: number;
}

/** One run of the crash test that went well. */
export interface CrashRun {
  readonly victims: CrashVictims;
  /** Day, `2026-11-23`. */
  readonly date: string;
  readonly rounds: number;
  readonly seed: number;
  readonly minutes: number;
  /** Files on disk at the end, each with its digest and held by a repository. */
  readonly files: number;
  readonly checks: readonly CrashCheck[];
}

/** The runs that were kept, of which `docs/reference/registry-crash-test.md` is made. */
export async function readCrashRuns(): Promise<readonly CrashRun[]> {
  return JSON.parse(await readFile(PATH, "utf8")) as readonly CrashRun[];
}

/** Puts the run in the place of the kept one of the same victims. */
export async function keepCrashRun(run: CrashRun): Promise<void> {
  const others = (await readCrashRuns()).filter(({ victims }) => victims !== run.victims);
  const runs = [...others, run].toSorted((a, b) => (a.victims < b.victims ? -1 : 1));
  await writeFile(PATH, `${JSON.stringify(runs, undefined, 2)}\n`);
}

/** One line for whoever watches. */
export function renderCrashCheck(victims: CrashVictims, check: CrashCheck): string {
  const { round, kills, killedStarts, pushes, deletions, collections, collectedFiles, read, tags, gone } = check;
  return `kill -9 of ${victims}, round ${round}: ${kills} kills at work and ${killedStarts} at a start; acknowledged ${pushes} pushes and ${deletions} deletions; ${collections} collections removed ${collectedFiles} files; ${read} manifests and blobs, ${tags} tags and ${gone} deletions checked, nothing lost\n`;
}
