// SPDX-License-Identifier: Apache-2.0
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import type { ParsedRecords, SupportRecord } from "../parsed-records.ts";

/** Products of endoflife.date → ID of os-release. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  "alma-linux": "almalinux",
  almalinux: "almalinux",
  alpaquita: "alpaquita",
  alpine: "alpine",
  "alpine-linux": "alpine",
  "amazon-linux": "amzn",
  "azure-linux": "azurelinux",
  centos: "centos",
  debian: "debian",
  fedora: "fedora",
  mageia: "mageia",
  opensuse: "opensuse-leap",
  "oracle-linux": "ol",
  photon: "photon",
  rhel: "rhel",
  rocky: "rocky",
  "rocky-linux": "rocky",
  sles: "sles",
  ubuntu: "ubuntu",
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads the releases of a product of endoflife.date: the list of `/api/PRODUCT.json`, or the answer of
 * `/api/v1/products/PRODUCT`. `product` is the name of the file where the content does not say it. Other products than
 * distributions are left out.
 */
export function parseEndOfLife(value: unknown, product: string): ParsedRecords {
  const result = objectOf(objectOf(value)?.["result"]);
  const name = textOf(result?.["name"], 64) ?? product;
  const scope = Object.hasOwn(DISTRIBUTIONS, name) ? DISTRIBUTIONS[name] : undefined;
  if (scope === undefined) {
    return {
      problems: [{ message: `"${name.slice(0, 64)}" is not a distribution that is known by end-of-life dates` }],
      skipped: {},
    };
  }
  const problems: { readonly message: string }[] = [];
  const support: SupportRecord[] = [];
  const releases = arrayOf(Array.isArray(value) ? value : result?.["releases"]);
  for (const [index, each] of releases.entries()) {
    const record = toRecord(objectOf(each) ?? {}, scope);
    if (record === undefined) {
      problems.push({ message: `release ${index} of ${name} has no name` });
    } else {
      support.push(record);
    }
  }
  return { source: `endoflife/${scope}`, support, problems, skipped: {} };
}

function toRecord(release: JsonObject, scope: string): SupportRecord | undefined {
  const cycle = textOf(release["cycle"], 64) ?? textOf(release["name"], 64);
  if (cycle === undefined || !/^[\w.-]+$/.test(cycle)) {
    return undefined;
  }
  // SLES and openSUSE: `15.6`; the same there and in os-release
  const until = dayOf(release["eol"]) ?? dayOf(release["eolFrom"]);
  const extendedUntil = dayOf(release["extendedSupport"]) ?? dayOf(release["eoesFrom"]);
  return {
    scope,
    name: cycle.replace(/^v/, ""),
    release: `${scope} ${cycle}`,
    ...(until === undefined ? {} : { until }),
    ...(extendedUntil === undefined ? {} : { extendedUntil }),
  };
}

/** `false` and `true` (no date known) say nothing about a day. */
function dayOf(value: unknown): string | undefined {
  return typeof value === "string" && DAY.test(value) ? value : undefined;
}
