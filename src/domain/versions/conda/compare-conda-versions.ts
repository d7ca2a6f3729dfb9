// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";

const CHARACTERS = /^[*.+!_0-9a-z]+$/;
const RUN = /[0-9]+|[*]+|[^0-9*]+/g;

/** A component as its runs of digits and of other characters, which starts with digits. */
type Component = readonly string[];

interface CondaVersion {
  /** The epoch first. */
  readonly main: readonly Component[];
  readonly local: readonly Component[];
}

/**
 * The order of two Conda versions as `conda.models.version.VersionOrder` sees it, or `undefined` when one is none: components at
 * dots and underscores, in each digits and words in turn; words are older than numbers, `dev` is oldest and `post` newest.
 */
export function compareCondaVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseCondaVersion(a);
  const right = parseCondaVersion(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  return compareComponents(left.main, right.main) || compareComponents(left.local, right.local);
}

function parseCondaVersion(text: string): CondaVersion | undefined {
  let version = text.trim().toLowerCase();
  if (version.includes("-") && !version.includes("_")) {
    version = version.replaceAll("-", "_");
  }
  const epochs = version.split("!");
  const [mainText = "", ...locals] = (epochs.at(-1) ?? "").split("+");
  const epoch = epochs.length === 1 ? "0" : (epochs[0] ?? "");
  if (!CHARACTERS.test(version) || epochs.length > 2 || locals.length > 1 || !/^[0-9]+$/.test(epoch)) {
    return undefined;
  }
  const main = componentsOf(mainText, true);
  const local = locals[0] === undefined ? [] : componentsOf(locals[0], false);
  return main === undefined || local === undefined ? undefined : { main: [[epoch], ...main], local };
}

function componentsOf(text: string, isMain: boolean): readonly Component[] | undefined {
  // an underscore at the end stays with its component: openssl's way of saying that 1.0.1_ comes before 1.0.1a
  const isMarked = isMain && text.endsWith("_");
  const parts = (isMarked ? text.slice(0, -1) : text).split(/[._]/);
  if (isMarked) {
    parts.push(`${parts.pop() ?? ""}_`);
  }
  const components: Component[] = [];
  for (const part of parts) {
    const runs = part.match(RUN);
    if (runs === null) {
      return undefined;
    }
    components.push(isDigits(runs[0]) ? runs : ["0", ...runs]);
  }
  return components;
}

function compareComponents(a: readonly Component[], b: readonly Component[]): -1 | 0 | 1 {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a[index] ?? [];
    const right = b[index] ?? [];
    const runs = Math.max(left.length, right.length);
    for (let run = 0; run < runs; run += 1) {
      const order = compareRuns(left[run] ?? "0", right[run] ?? "0");
      if (order !== 0) {
        return order;
      }
    }
  }
  return 0;
}

function compareRuns(a: string, b: string): -1 | 0 | 1 {
  const left = rankOf(a);
  const right = rankOf(b);
  if (left !== right) {
    return left < right ? -1 : 1;
  }
  return left === 1 ? compareDigits(a, b) : compareText(spelled(a), spelled(b));
}

function rankOf(run: string): number {
  return isDigits(run) ? 1 : run === "post" ? 2 : 0;
}

/** `*` before `DEV` before `_` before every other word. */
function spelled(run: string): string {
  return run === "dev" ? "DEV" : run;
}

function isDigits(run: string): boolean {
  const code = run.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}
