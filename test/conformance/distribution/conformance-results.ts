// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import type { CheckOutcome } from "./check.ts";

const PATH = new URL("results.json", import.meta.url);

/** Registries whose results are kept. */
export type TestedRegistry = "haechi" | "docker-registry";

/** What did not pass at the last run that was kept, by registry and check; everything else passed. */
export interface ConformanceResults {
  readonly versions: Readonly<Record<TestedRegistry, string>>;
  readonly notPassed: Readonly<Record<TestedRegistry, Readonly<Record<string, Exclude<CheckOutcome, "pass">>>>>;
}

export async function readConformanceResults(): Promise<ConformanceResults> {
  return JSON.parse(await readFile(PATH, "utf8")) as ConformanceResults;
}

/** Puts the results of one registry in the place of the kept ones. */
export async function keepConformanceResults(
  registry: TestedRegistry,
  version: string,
  outcomes: ReadonlyMap<string, CheckOutcome>,
): Promise<void> {
  const kept = await readConformanceResults();
  const notPassed = Object.fromEntries(
    [...outcomes].filter(([, outcome]) => outcome !== "pass").toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const results = {
    versions: { ...kept.versions, [registry]: version },
    notPassed: { ...kept.notPassed, [registry]: notPassed },
  };
  await writeFile(PATH, `${JSON.stringify(results, undefined, 2)}\n`);
}
