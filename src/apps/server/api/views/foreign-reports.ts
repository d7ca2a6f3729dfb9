// SPDX-License-Identifier: Apache-2.0
import type { Digest, Severity } from "#base";
import { parseForeignScanner } from "#registry";
import type { ServerContext } from "../../context.ts";
import { parseStoredReport } from "../../registry/external-scan/index.ts";
import type { ForeignReportBody } from "../schemas/image-detail.ts";

const MAX_SHOWN = 200;

/** What scanners of others say of images; those that the settings do not name any more are left out. */
export async function describeForeignReports(
  { database }: Pick<ServerContext, "database">,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, readonly ForeignReportBody[]>> {
  const reports = await database.foreignReports.findMany(digests);
  if (reports.size === 0) {
    return new Map();
  }
  const scanners = new Map(
    (await database.registryObjects.list("scanner")).map(({ name, document }) => [name, parseForeignScanner(document)]),
  );
  return new Map(
    [...reports].map(([digest, ofImage]) => [
      digest,
      ofImage.flatMap(({ scanner: name, report, fetchedAt }): readonly ForeignReportBody[] => {
        const scanner = scanners.get(name);
        const stored = parseStoredReport(report);
        if (scanner === undefined || stored === undefined) {
          return [];
        }
        const { scannerName, scannerVersion, generatedAt, vulnerabilities, leftOut } = stored;
        return [
          {
            scanner: name,
            counts: scanner.isEnabled && scanner.counts === true,
            scannerName,
            scannerVersion,
            generatedAt,
            fetchedAt,
            severities: countBySeverity(vulnerabilities),
            vulnerabilities: vulnerabilities.slice(0, MAX_SHOWN).map(toBody),
            total: vulnerabilities.length,
            leftOut,
          },
        ];
      }),
    ]),
  );
}

/** Worst first, as the vulnerabilities are. */
function countBySeverity(
  vulnerabilities: NonNullable<ReturnType<typeof parseStoredReport>>["vulnerabilities"],
): ForeignReportBody["severities"] {
  const counts = new Map<Severity, { total: number; fixable: number }>();
  for (const { severity, fixVersion } of vulnerabilities) {
    const count = counts.get(severity) ?? { total: 0, fixable: 0 };
    count.total += 1;
    count.fixable += fixVersion === undefined ? 0 : 1;
    counts.set(severity, count);
  }
  return [...counts].map(([severity, count]) => ({ severity, ...count }));
}

function toBody({
  id,
  package: name,
  version,
  fixVersion,
  severity,
  links,
}: NonNullable<
  ReturnType<typeof parseStoredReport>
>["vulnerabilities"][number]): ForeignReportBody["vulnerabilities"][number] {
  const url = links?.[0];
  return {
    id,
    package: name,
    version,
    severity,
    ...(fixVersion === undefined ? {} : { fixVersion }),
    ...(url === undefined ? {} : { url }),
  };
}
