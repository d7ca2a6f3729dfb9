// SPDX-License-Identifier: Apache-2.0
import { cvesOf, timeOf } from "../advisory-draft.ts";
import { advisoriesOfErratum, type ErratumPackage } from "../errata/erratum.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { childOf, createXmlCutter, descendantsOf, textOfChild, type XmlElement } from "../xml-elements.ts";
import type { XmlReadingOptions, XmlRecordReader } from "../xml-record-reader.ts";

/**
 * Reads `updateinfo.xml` of an rpm repository, in which Amazon, AlmaLinux, Rocky, Oracle, Fedora, openSUSE and others list
 * their errata. Only those of type `security` count. Where ids and releases do not say the distribution, `ecosystem` does.
 */
export function createUpdateinfoReader({ ecosystem }: XmlReadingOptions = {}): XmlRecordReader {
  const cutter = createXmlCutter("update");
  let newest: string | undefined;
  function read(updates: readonly XmlElement[]): readonly ParsedRecords[] {
    return updates.flatMap((update) => {
      if (update.attributes["type"] !== "security") {
        return [];
      }
      const modified = timeOfUpdate(update);
      if (modified !== undefined && (newest === undefined || modified > newest)) {
        newest = modified;
      }
      return [toRecords(update, modified, ecosystem)];
    });
  }
  return {
    source: "updateinfo",
    write: (text) => read(cutter.write(text)),
    end: () => read(cutter.end()),
    newest: () => newest,
  };
}

function toRecords(update: XmlElement, modified: string | undefined, ecosystem: string | undefined): ParsedRecords {
  const references = descendantsOf(childOf(update, "references"), "reference");
  const cves = references.flatMap(({ attributes }) =>
    attributes["type"] === "cve" ? cvesOf(`${attributes["id"] ?? ""} ${attributes["title"] ?? ""}`) : [],
  );
  const description = textOfChild(update, "description");
  return advisoriesOfErratum({
    id: textOfChild(update, "id"),
    ecosystem,
    title: textOfChild(update, "title"),
    severity: textOfChild(update, "severity"),
    modified,
    url: references.find(({ attributes }) => attributes["type"] === "self")?.attributes["href"],
    // some repositories list bugs alone as references
    cves: cves.length > 0 ? cves : cvesOf(`${textOfChild(update, "title")} ${description}`),
    packages: descendantsOf(childOf(update, "pkglist"), "collection").flatMap(toPackages),
  });
}

function toPackages(collection: XmlElement): readonly ErratumPackage[] {
  const module = childOf(collection, "module")?.attributes;
  return collection.children
    .filter((child) => child.name === "package" && child.attributes["arch"] !== "src")
    .map(({ attributes: { name, epoch, version, release } }) => ({
      name,
      epoch,
      version,
      release,
      ...(module?.["name"] === undefined ? {} : { module: `${module["name"]}:${module["stream"] ?? ""}` }),
    }));
}

function timeOfUpdate(update: XmlElement): string | undefined {
  for (const name of ["updated", "issued"]) {
    const date = childOf(update, name)?.attributes["date"];
    const time = timeOf(date !== undefined && /^\d+$/.test(date) ? Number(date) : date);
    if (time !== undefined) {
      return time;
    }
  }
  return undefined;
}
