// SPDX-License-Identifier: Apache-2.0
import { timeOf } from "../advisory-draft.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { advisoriesOfErratum, type ErratumPackage } from "./erratum.ts";

/**
 * Reads an element of AlmaLinux's errata lists (https://errata.almalinux.org/9/errata.json, and `data` of errata.full.json);
 * `undefined` for what is none, and for errata that fix no vulnerability.
 */
export function parseAlmaErratum(value: unknown): ParsedRecords | undefined {
  const erratum = objectOf(value);
  if (erratum === undefined || textOf(erratum["type"], 32) !== "security") {
    return undefined;
  }
  const list = objectOf(erratum["pkglist"]);
  const references = arrayOf(erratum["references"]).map((each) => objectOf(each) ?? {});
  const modules = [list?.["module"], ...arrayOf(erratum["modules"])];
  const module = modules.map(moduleOf).find((each) => each !== undefined);
  const id = textOf(erratum["updateinfo_id"], 256) ?? textOf(erratum["id"], 256);
  return advisoriesOfErratum({
    id,
    title: textOf(erratum["title"], 10_000) ?? "",
    severity: textOf(erratum["severity"], 64) ?? "",
    modified: timeIn(erratum["updated_date"]) ?? timeIn(erratum["issued_date"]),
    url: references.find((each) => each["type"] === "self")?.["href"],
    cves: references.flatMap((each) => (each["type"] === "cve" ? (textOf(each["id"], 64) ?? []) : [])),
    packages: arrayOf(list?.["packages"] ?? erratum["packages"]).map((each) => toPackage(objectOf(each) ?? {}, module)),
  });
}

function toPackage({ name, epoch, version, release }: JsonObject, module: string | undefined): ErratumPackage {
  // an erratum of a module brings packages of it alone
  return { name, epoch, version, release, ...(module === undefined ? {} : { module }) };
}

function moduleOf(value: unknown): string | undefined {
  const { name, stream } = objectOf(value) ?? {};
  return textOf(name, 128) !== undefined && textOf(stream, 128) !== undefined
    ? `${String(name)}:${String(stream)}`
    : undefined;
}

/** Seconds, milliseconds inside `$date` (an export of MongoDB), or text. */
function timeIn(value: unknown): string | undefined {
  const date = objectOf(value)?.["$date"];
  return timeOf(typeof date === "number" ? date / 1_000 : (date ?? value));
}
