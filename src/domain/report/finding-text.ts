// SPDX-License-Identifier: Apache-2.0
import type { Finding, ObservationFinding, Suppression, VulnerabilityFinding } from "#findings";
import { isMessageId, type MessageId, type Translate } from "#messages";

/** An estimate below this says "hardly", and would only be noise. */
const MIN_EPSS = 0.1;

/** One line that says what was found, in the reader's language. */
export function findingTitle(finding: Finding, translate: Translate): string {
  return finding.kind === "vulnerability" ? finding.title : observationTitle(finding, translate);
}

/** What an analyzer noticed: the rule's sentence where the catalogue has one, else the words of the observation. */
export function observationTitle(finding: ObservationFinding, translate: Translate): string {
  const { title, line, params } = finding;
  const id = messageOfRule(finding);
  if (!isMessageId(id) || (params === undefined && finding.kind !== "configuration")) {
    return title;
  }
  const text = translate(id, { ...params, ...(line === undefined ? {} : { line: String(line) }) });
  // what another version stored may lack a value of the message: its own words say more than an id
  return text === id ? title : text;
}

/** What to do about it, where the catalogue says so. */
export function observationAdvice(finding: ObservationFinding, translate: Translate): string | undefined {
  const id = finding.kind === "configuration" ? `check.${finding.rule}.advice` : `${finding.kind}.advice`;
  return isMessageId(id) ? translate(id, finding.params ?? {}) : undefined;
}

function messageOfRule({ kind, rule }: ObservationFinding): string {
  switch (kind) {
    case "configuration":
      return `check.${rule}`;
    case "license":
      return rule === "license-denied" ? "license.denied" : "license.found";
    case "secret":
    case "malware":
      return `${kind}.found`;
  }
}

/** A whole sentence about a finding, for formats that have one text for each. */
export function findingSentence(finding: Finding, translate: Translate): string {
  if (finding.kind !== "vulnerability") {
    return observationTitle(finding, translate);
  }
  const fixed = finding.fixedVersions.join(", ");
  const values = { package: finding.package.name, version: finding.package.version, id: finding.id, fixed };
  const sentence =
    finding.state === "undecided"
      ? translate("report.finding.undecided", values)
      : translate(fixed === "" ? "report.finding.affected.noFix" : "report.finding.affected", values);
  return finding.title.trim() === "" ? sentence : `${sentence} ${finding.title.trim()}`;
}

/** What else is known about a vulnerability: attacks, what the vendor decided, who owns the file, advice. */
export function findingNotes(finding: VulnerabilityFinding, translate: Translate): readonly string[] {
  const { exploitation, status, coveredBy, advice } = finding;
  const known = exploitation?.knownExploited;
  const score = exploitation?.epss?.score ?? 0;
  return [
    ...(known === undefined ? [] : [translate("report.note.knownExploited", { added: known.added })]),
    ...(known?.isInRansomware === true ? [translate("report.note.ransomware")] : []),
    ...(score >= MIN_EPSS ? [translate("report.note.epss", { score })] : []),
    ...(status === undefined ? [] : [translate(`report.note.status.${status}`)]),
    ...(finding.isDeclared === true ? [translate("report.note.declared")] : []),
    ...(coveredBy === undefined
      ? []
      : [translate("report.note.coveredBy", { package: `${coveredBy.name} ${coveredBy.version}` })]),
    ...(advice === undefined
      ? []
      : [translate("report.note.advice", { origin: advice.origin, text: advice.text.slice(0, 300) })]),
  ];
}

/** Why a finding does not count. */
export function suppressionText(suppression: Suppression, translate: Translate): string {
  const { by, status, origin, justification, until } = suppression;
  const text = translate(messageOf(by, status, until), { origin, until: until ?? "" });
  return justification === undefined ? text : translate("report.suppressed.reason", { text, reason: justification });
}

function messageOf(by: Suppression["by"], status: Suppression["status"], until: string | undefined): MessageId {
  if (by === "ignoreFile") {
    return until === undefined ? "report.suppressed.ignoreFile" : "report.suppressed.ignoreFile.until";
  }
  const kind = status === "fixed" ? "fixed" : "notAffected";
  return by === "vex" ? `report.suppressed.vex.${kind}` : `report.suppressed.vendor.${kind}`;
}

/** Where a finding is, without the layer: a path with its line, an entry of the history, or the configuration. */
export function placeText(finding: Finding, translate: Translate): string {
  if (finding.kind === "vulnerability") {
    return finding.evidence.path;
  }
  const { evidence, line, historyIndex } = finding;
  if (evidence !== undefined) {
    return line === undefined ? evidence.path : `${evidence.path}:${line}`;
  }
  return historyIndex === undefined
    ? translate("report.others.config")
    : translate("report.others.history", { index: historyIndex + 1 });
}
