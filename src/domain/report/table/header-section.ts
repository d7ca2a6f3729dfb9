// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import type { MessageId, Translate } from "#messages";
import { platformText } from "../platform-text.ts";
import type { Line, Tone } from "../text/line.ts";

/** Enough of a database's digest to tell two apart; the JSON report has all of it. */
const DIGEST_LENGTH = "sha256:".length + 12;

const STATUS_TONE: Readonly<Record<ScanReport["inventory"]["status"], Tone>> = {
  complete: "plain",
  partial: "medium",
  failed: "critical",
};

/** What was scanned, how far the scan came, and with which advisories: rows of label and value. */
export function headerRows(report: ScanReport, translate: Translate): readonly Line[] {
  const { image, inventory, database } = report;
  const distribution = inventory.distribution;
  const name = distribution?.prettyName ?? [distribution?.id, distribution?.versionId].filter(Boolean).join(" ");
  const rows: Line[] = [
    row("scan.label.platform", platformText(image.platform), translate),
    row("scan.label.digest", image.digest, translate),
    row("scan.label.distribution", name === "" ? translate("scan.distribution.unknown") : name, translate),
    ...(report.support === undefined ? [] : [supportRow(report.support, database.date, translate)]),
    row("scan.label.scan", statusText(report, translate), translate, STATUS_TONE[inventory.status]),
    row("scan.label.advisories", databaseText(database, translate), translate),
  ];
  if (database.isBundled) {
    rows.push([{ text: "" }, { text: translate("scan.database.bundled"), tone: "medium" }]);
  }
  return rows;
}

function row(label: MessageId, text: string, translate: Translate, tone: Tone = "plain"): Line {
  return [
    { text: translate(label), tone: "strong" },
    { text, tone },
  ];
}

function statusText({ inventory }: ScanReport, translate: Translate): string {
  const values = { packages: inventory.packages.length, problems: inventory.problems.length };
  return translate(`scan.status.${inventory.status}`, values);
}

/** Reports hold no clock: ended is what had ended when the newest advisory was written. */
function supportRow(support: NonNullable<ScanReport["support"]>, date: string, translate: Translate): Line {
  const { release, until = "", extendedUntil = "" } = support;
  const hasEnded = until !== "" && until < date.slice(0, until.length);
  const isExtended = extendedUntil !== "" && extendedUntil >= date.slice(0, extendedUntil.length);
  const id: MessageId = hasEnded
    ? isExtended
      ? "report.support.extended"
      : "report.support.ended"
    : extendedUntil === ""
      ? "report.support.until"
      : "report.support.both";
  const text = until === "" ? release : translate(id, { release, until, extendedUntil });
  return row("report.label.support", text, translate, hasEnded ? (isExtended ? "medium" : "critical") : "plain");
}

function databaseText(database: ScanReport["database"], translate: Translate): string {
  if (database.isNotAsked === true) {
    return translate("report.database.notAsked");
  }
  return translate("scan.database.summary", {
    advisories: database.advisories,
    date: database.date.slice(0, "2026-01-01".length),
    digest: database.digest.slice(0, DIGEST_LENGTH),
  });
}
