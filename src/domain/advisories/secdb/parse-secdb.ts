// SPDX-License-Identifier: Apache-2.0
import type { Advisory } from "../advisory.ts";
import { isPlain, MAX_NAME_LENGTH, MAX_VERSION_LENGTH, toAdvisory } from "../advisory-draft.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import type { ParsedRecords } from "../parsed-records.ts";

/**
 * Reads a security database of Alpine's kind (https://secdb.alpinelinux.org/: package → fixed version → ids), which Wolfi and
 * Chainguard publish too. `0` as the version: never affected. Ids that are no CVE follow theirs on the same line, and are its
 * aliases. Nothing is said about what is not fixed.
 */
export function parseSecdb(value: unknown, ecosystem?: string): ParsedRecords {
  const root = objectOf(value);
  const scope = ecosystem ?? ecosystemOfSecdb(root);
  if (root === undefined || scope === undefined) {
    return { problems: [{ message: "the database does not say which distribution it is for" }], skipped: {} };
  }
  const repository = textOf(root["reponame"], 64) ?? "all";
  const problems: { readonly message: string }[] = [];
  const byKey = new Map<string, Advisory>();
  for (const [index, each] of arrayOf(root["packages"]).entries()) {
    const pkg = objectOf(objectOf(each)?.["pkg"]);
    const name = pkg?.["name"];
    const fixes = objectOf(pkg?.["secfixes"]);
    if (!isPlain(name, MAX_NAME_LENGTH) || fixes === undefined) {
      problems.push({ message: `packages[${index}] has no name, or no fixes` });
      continue;
    }
    for (const [version, ids] of Object.entries(fixes)) {
      if (!isPlain(version, MAX_VERSION_LENGTH) || !Array.isArray(ids)) {
        problems.push({ message: `${name}: the fixes of "${version.slice(0, 100)}" are no list` });
        continue;
      }
      for (const line of ids) {
        const found = toAdvisories(line, { name, version, ecosystem: scope });
        if (found.length === 0) {
          problems.push({
            message: `${name} ${version}: "${typeof line === "string" ? line.slice(0, 100) : typeof line}" names no vulnerability`,
          });
        }
        for (const advisory of found) {
          byKey.set(`${name}\0${advisory.id}\0${version}`, advisory);
        }
      }
    }
  }
  return { source: `secdb/${repository}`, advisories: merge([...byKey.values()]), problems, skipped: {} };
}

function ecosystemOfSecdb(root: JsonObject | undefined): string | undefined {
  const version = textOf(root?.["distroversion"], 32);
  if (version !== undefined && /^v\d{1,3}\.\d{1,3}$/.test(version)) {
    return `Alpine:${version}`;
  }
  const address = textOf(root?.["urlprefix"], 512) ?? textOf(root?.["apkurl"], 512) ?? "";
  if (/^https:\/\/(?:packages|apk)\.wolfi\.dev(?:\/|$)/.test(address)) {
    return "Wolfi";
  }
  return /^https:\/\/(?:packages\.cgr|apk\.cgr)\.dev(?:\/|$)/.test(address) ? "Chainguard" : undefined;
}

/** `CVE-2021-1 GHSA-… ALPINE-13661`: one vulnerability by several names; several CVEs on a line are several. */
function toAdvisories(
  line: unknown,
  { name, version, ecosystem }: { readonly name: string; readonly version: string; readonly ecosystem: string },
): readonly Advisory[] {
  const words = typeof line === "string" && line.length <= 1_024 ? line.split(/[\s,()]+/) : [];
  const ids = words.filter((word) => /^[A-Z][A-Z0-9]*-[A-Za-z0-9_:.-]{1,100}$/.test(word));
  const cves = ids.filter((id) => /^CVE-\d{4}-\d{4,}$/.test(id));
  // a CVE with too few digits is a slip of the pen, and no other name
  const others = ids.filter((id) => !id.startsWith("CVE-"));
  const [first, ...rest] = cves.length === 0 ? others : cves;
  if (first === undefined) {
    return [];
  }
  const fixed =
    version === "0"
      ? { ranges: [], status: "notAffected" as const }
      : { ranges: [{ introduced: "0", fixed: version }] };
  const named = cves.length === 0 ? [first] : [first, ...rest];
  return named.map((id) =>
    toAdvisory({
      id,
      aliases: named.length === 1 ? [...(cves.length === 0 ? rest : others)].sort() : [],
      ecosystem,
      packageName: name,
      ...(id.startsWith("CVE-") ? { url: `https://security.alpinelinux.org/vuln/${id}` } : {}),
      ...fixed,
    }),
  );
}

/** An id under several versions was fixed more than once: each fix counts on its branch, and the newest is the one that holds. */
function merge(advisories: readonly Advisory[]): readonly Advisory[] {
  const merged = new Map<string, Advisory>();
  for (const each of advisories) {
    const key = `${each.packageName}\0${each.id}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? each : join(known, each));
  }
  return [...merged.values()];
}

function join(a: Advisory, b: Advisory): Advisory {
  const { status: _, ...rest } = a.status === "notAffected" ? b : a;
  const ranges = [...a.ranges, ...b.ranges];
  return ranges.length === 0 ? a : { ...rest, aliases: [...new Set([...a.aliases, ...b.aliases])].sort(), ranges };
}
