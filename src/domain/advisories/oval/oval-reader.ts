// SPDX-License-Identifier: Apache-2.0
import type { Advisory, AdvisoryStatus } from "../advisory.ts";
import { cvesOf, isPlain, MAX_VERSION_LENGTH, oneLine, safeUrl, timeOf, toAdvisory } from "../advisory-draft.ts";
import { advisoriesOfErratum, type ErratumPackage } from "../errata/erratum.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { severityOfLabel } from "../severity.ts";
import { ubuntuEcosystem } from "../ubuntu-release.ts";
import { childOf, createXmlCutter, descendantsOf, textOfChild, type XmlElement } from "../xml-elements.ts";
import type { XmlReadingOptions, XmlRecordReader } from "../xml-record-reader.ts";
import { readAzureDefinition } from "./azure-definition.ts";

/**
 * Reads OVAL definitions of Ubuntu (`com.ubuntu.jammy.cve.oval.xml`: one for each CVE), of Azure Linux (one for each CVE and
 * package) and of rpm distributions (`com.oracle.elsa-all.xml`, `com.vmware.phsa-photon5.xml`: one for each erratum). What a
 * test means stands in the comment of its criterion, in words that the vendors' generators have kept for years; a definition
 * in which no comment is understood is a problem.
 */
export function createOvalReader({ ecosystem }: XmlReadingOptions = {}): XmlRecordReader {
  const cutter = createXmlCutter("definition");
  let newest: string | undefined;
  let source = "oval";
  function read(definitions: readonly XmlElement[]): readonly ParsedRecords[] {
    return definitions.flatMap((definition) => {
      const id = definition.attributes["id"] ?? "";
      const parsed = readDefinition(definition, id, ecosystem);
      source = parsed?.source ?? source;
      for (const { modified } of parsed?.advisories ?? []) {
        newest = newest === undefined || modified > newest ? modified : newest;
      }
      return parsed === undefined ? [] : [parsed];
    });
  }
  return {
    get source() {
      return source;
    },
    write: (text) => read(cutter.write(text)),
    end: () => read(cutter.end()),
    newest: () => newest,
  };
}

function readDefinition(definition: XmlElement, id: string, ecosystem: string | undefined): ParsedRecords | undefined {
  if (definition.attributes["class"] === "vulnerability" && id.startsWith("oval:com.microsoft.")) {
    return readAzureDefinition(definition, { id, ecosystem });
  }
  return id.startsWith("oval:com.ubuntu")
    ? readUbuntu(definition, id, ecosystem)
    : readErratum(definition, id, ecosystem);
}

function readUbuntu(definition: XmlElement, id: string, given: string | undefined): ParsedRecords | undefined {
  if (definition.attributes["class"] !== "vulnerability") {
    return undefined;
  }
  const metadata = childOf(definition, "metadata");
  const [cve] = cvesOf(textOfChild(metadata, "title"));
  const ecosystem = given ?? ubuntuEcosystem(/^oval:com\.ubuntu\.([a-z]+):/.exec(id)?.[1] ?? "");
  if (cve === undefined || ecosystem === undefined) {
    return {
      source: "ubuntu-oval",
      problems: [{ message: `${id.slice(0, 100)} names no CVE or no release` }],
      skipped: {},
    };
  }
  const advisory = childOf(metadata, "advisory");
  const severity = severityOfLabel(textOfChild(advisory, "severity"));
  const found = descendantsOf(childOf(definition, "criteria"), "criterion").flatMap(({ attributes }) => {
    const judged = judgeUbuntuComment(attributes["comment"] ?? "");
    return judged === undefined ? [] : [judged];
  });
  const shared = {
    id: cve,
    ecosystem,
    summary: oneLine(textOfChild(metadata, "description")),
    url: `https://ubuntu.com/security/${cve}`,
    modified: timeOf(textOfChild(advisory, "public_date").replace(/ UTC$/, "Z").replace(" ", "T")),
  };
  const byName = new Map<string, Advisory>();
  for (const { name, ...said } of found) {
    const { modified, ...rest } = shared;
    const known = byName.get(name);
    if (known !== undefined && said.status === "notAffected") {
      continue;
    }
    // said twice of one package, the stricter holds
    const ranges = known === undefined || known.status === "notAffected" ? [] : known.ranges;
    byName.set(
      name,
      toAdvisory({
        ...rest,
        packageName: name,
        ...(modified === undefined ? {} : { modified }),
        ...(severity === undefined ? {} : { severity, severitySource: "Ubuntu" }),
        ...said,
        ranges: [...ranges, ...said.ranges],
      }),
    );
  }
  const problems = found.length === 0 ? [{ message: `${cve}: no criterion is understood` }] : [];
  return { id: cve, source: "ubuntu-oval", advisories: [...byName.values()], problems, skipped: {} };
}

function judgeUbuntuComment(
  comment: string,
): ({ readonly name: string } & Pick<Advisory, "ranges" | "status">) | undefined {
  const match = /^(?:\(CVE-[\d-]+\) )?([a-z0-9][a-z0-9+.-]*)(?: package)? in [a-z]+,? (.{1,400})$/.exec(comment);
  const [, name, words = ""] = match ?? [];
  if (name === undefined) {
    return undefined;
  }
  const fixed =
    /(?:was vulnerable but|is related to the CVE in some way and) has been fixed \(note: '([^']{1,256})'\)/.exec(
      words,
    )?.[1];
  if (fixed !== undefined) {
    return { name, ranges: [{ introduced: "0", fixed }] };
  }
  // a note is free text, and may well say that something else is not affected
  const [said = ""] = words.split(" (note: ", 1);
  if (/is not affected|was not affected/.test(said)) {
    return { name, ranges: [], status: "notAffected" };
  }
  return /affected/.test(said) ? { name, ranges: [{ introduced: "0" }], ...statusOfWords(words) } : undefined;
}

function statusOfWords(words: string): { readonly status?: AdvisoryStatus } {
  if (/defer/.test(words)) {
    return { status: "deferred" };
  }
  if (/(?:not|won't) (?:be )?(?:fix|address|updat)|ignore|end of life|end-of-life/.test(words)) {
    return { status: /end[- ]of[- ]life/.test(words) ? "endOfLife" : "willNotFix" };
  }
  return /may be affected|needs? (?:to be )?(?:evaluat|triag)/.test(words) ? { status: "underInvestigation" } : {};
}

/** "NAME is earlier than EVR", as Oracle, Photon, SUSE and Red Hat write it. */
function readErratum(definition: XmlElement, id: string, ecosystem: string | undefined): ParsedRecords | undefined {
  if (definition.attributes["class"] !== "patch") {
    return undefined;
  }
  const metadata = childOf(definition, "metadata");
  const title = textOfChild(metadata, "title");
  const references = (metadata?.children ?? []).filter((child) => child.name === "reference");
  const advisory = childOf(metadata, "advisory");
  const comments = descendantsOf(childOf(definition, "criteria"), "criterion").map(
    ({ attributes }) => attributes["comment"] ?? "",
  );
  const module = comments.map((each) => /^Module ([\w.+-]+:[\w.+-]+) is enabled$/.exec(each)?.[1]).find(Boolean);
  const erratum = references.find(({ attributes }) => attributes["source"]?.toUpperCase() !== "CVE")?.attributes;
  const issued = childOf(advisory, "issued")?.attributes["date"];
  const parsed = advisoriesOfErratum({
    id: photonId(erratum?.["ref_id"]) ?? erratum?.["ref_id"] ?? /^[A-Z]{2,8}-\d{4}[:-]\d{1,6}/.exec(title)?.[0],
    ecosystem,
    title,
    severity: textOfChild(advisory, "severity"),
    modified: timeOf(issued),
    ...safeUrl(erratum?.["ref_url"]),
    cves: references.flatMap(({ attributes }) =>
      attributes["source"] === "CVE" ? cvesOf(attributes["ref_id"] ?? "") : [],
    ),
    packages: comments.flatMap((comment) => toPackage(comment, module)),
  });
  return { ...parsed, source: sourceOf(id) };
}

/** Photon refers to its advisory as `PHSA:00001:3.0:0036`, where the advisory itself is called `PHSA-2019-3.0-0036`: without the year here. */
function photonId(reference: string | undefined): string | undefined {
  const [, release, number] = /^PHSA:\d{1,8}:(\d{1,2}\.\d):(\d{1,6})$/.exec(reference ?? "") ?? [];
  return release === undefined || number === undefined ? undefined : `PHSA-${release}-${number}`;
}

function sourceOf(id: string): string {
  if (id.startsWith("oval:com.oracle.")) {
    return "oracle-oval";
  }
  return id.startsWith("oval:com.vmware.phsa") ? "photon-oval" : "oval";
}

function toPackage(comment: string, module: string | undefined): readonly ErratumPackage[] {
  const [, name, epoch, version, release] =
    /^([A-Za-z0-9][\w.+-]*) is earlier than (?:(\d{1,6}):)?([^\s:-]+)-([^\s:-]+)$/.exec(comment) ?? [];
  return isPlain(name, 256) && isPlain(version, MAX_VERSION_LENGTH)
    ? [{ name, epoch, version, release, ...(module === undefined ? {} : { module }) }]
    : [];
}
