// SPDX-License-Identifier: Apache-2.0
import type { AffectedRange } from "../advisory.ts";
import { cvesOf, isPlain, MAX_VERSION_LENGTH, oneLine, timeOf, toAdvisory } from "../advisory-draft.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { severityOfLabel } from "../severity.ts";
import { childOf, descendantsOf, textOfChild, type XmlElement } from "../xml-elements.ts";

const SOURCE = "azure-linux-oval";

/**
 * A definition of Azure Linux or CBL-Mariner (AzureLinuxVulnerabilityData on GitHub): one CVE in one package. Which release
 * it is about stands in the name of the file alone, so `ecosystem` has to be given; without it the definition is a problem.
 */
export function readAzureDefinition(
  definition: XmlElement,
  { id, ecosystem }: { readonly id: string; readonly ecosystem: string | undefined },
): ParsedRecords {
  const metadata = childOf(definition, "metadata");
  const [cve] = cvesOf(textOfChild(metadata, "title"));
  if (cve === undefined || ecosystem === undefined) {
    const message =
      cve === undefined
        ? `${id.slice(0, 100)} names no CVE`
        : `${cve}: the file does not say its release; name it, such as “--about 'Azure Linux:3'”`;
    return { source: SOURCE, problems: [{ message }], skipped: {} };
  }
  const severity = severityOfLabel(textOfChild(metadata, "severity"));
  const modified = timeOf(textOfChild(metadata, "advisory_date"));
  const advisories = descendantsOf(childOf(definition, "criteria"), "criterion").flatMap(({ attributes }) => {
    const { name, range } = judgeComment(attributes["comment"] ?? "") ?? {};
    return name === undefined || range === undefined
      ? []
      : toAdvisory({
          id: cve,
          ecosystem,
          packageName: name,
          ranges: [range],
          summary: oneLine(textOfChild(metadata, "title")),
          ...(severity === undefined ? {} : { severity, severitySource: "Azure Linux" }),
          ...(modified === undefined ? {} : { modified }),
        });
  });
  const problems = advisories.length === 0 ? [{ message: `${cve}: no criterion is understood` }] : [];
  return { id: cve, source: SOURCE, advisories, problems, skipped: {} };
}

function judgeComment(comment: string): { readonly name: string; readonly range: AffectedRange } | undefined {
  const [, name, words = ""] = /^Package ([A-Za-z0-9][\w.+-]{0,255}) is (.{1,600})$/.exec(comment) ?? [];
  if (name === undefined) {
    return undefined;
  }
  const fixed = /^earlier than ([^\s,]{1,256}),? affected by /.exec(words)?.[1];
  if (fixed !== undefined) {
    return isPlain(fixed, MAX_VERSION_LENGTH) ? { name, range: { introduced: "0", fixed } } : undefined;
  }
  // "No patch is available currently": the newest version that is known is affected, and nothing says which one will not be
  return /^installed with version \S{1,256} or earlier$/.test(words) ? { name, range: { introduced: "0" } } : undefined;
}
