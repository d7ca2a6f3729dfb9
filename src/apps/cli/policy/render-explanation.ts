// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { Translate } from "#messages";
import { renderReason, renderVerdict } from "#policy";
import { nameObject } from "#policy-tools";
import { describeRequirement } from "#signatures";
import { renderRows } from "../render-rows.ts";
import type { ExplainedCheck, Explanation } from "./explanation.ts";

/** Lines of a written check that are shown; keys and certificates are long. */
const MAX_WIDTH = 100;

/** For people: who judges, who lost and why, each check, what would be looked up, the verdict. */
export function renderExplanationTable(explained: Explanation, translate: Translate): string {
  const { image, namespace, source, selection, problems } = explained;
  const head = renderRows([
    [`${translate("policyTools.explain.image")}:`, image],
    [`${translate("policyTools.explain.namespace")}:`, namespace ?? translate("policyTools.explain.noNamespace")],
    [`${translate("policyTools.explain.source")}:`, source],
    [`${translate("policyTools.explain.level")}:`, translate(`policyTools.explain.level.${selection.level}`)],
  ]);
  const entries = selection.entries.map(({ fate, document, index, name }) => [
    fate === "won" ? "→" : " ",
    name,
    `${nameObject(document)} [${index}]`,
    translate(`policyTools.explain.fate.${fate}`),
  ]);
  const sections = [
    head,
    entries.length === 0
      ? `${translate("policyTools.explain.noEntries")}\n`
      : `${translate("policyTools.explain.entries")}\n${renderRows(entries, "  ")}`,
    selection.misses === 0 ? "" : `${translate("policyTools.explain.misses", { count: selection.misses })}\n`,
    ...explained.entries.map(({ document, entry, checks }) =>
      checks.length === 0
        ? `${translate("policyTools.explain.checks", { document, entry })}\n  ${translate("policyTools.explain.noChecks")}\n`
        : `${translate("policyTools.explain.checks", { document, entry })}\n${checks.map((check) => renderCheck(check, translate)).join("")}`,
    ),
    renderNeeded(explained, translate),
    renderExceptions(explained, translate),
    problems.length === 0
      ? ""
      : `${translate("policyTools.explain.problems")}\n${problems.map(({ origin, path, message }) => `  ${origin} ${path}: ${message}\n`).join("")}`,
    `${translate("policyTools.explain.verdict")}\n${renderVerdict(
      { reference: image, verdict: withoutUnknown(explained) },
      translate,
    )
      .map((line) => `  ${line}\n`)
      .join("")}`,
  ];
  return sections.filter((section) => section !== "").join("\n");
}

/** For programs; the same facts, and nothing in a language. */
export function renderExplanationJson({ selection, needed, ...rest }: Explanation): string {
  const document = {
    ...rest,
    selection: {
      ...selection,
      entries: selection.entries.map(({ document: { kind, namespace, name: object }, ...entry }) => ({
        ...entry,
        object: { kind, ...(namespace === undefined ? {} : { namespace }), name: object },
      })),
    },
    lookUp: { digest: needed.digest, scan: needed.scan, signatures: needed.trust.map(describeRequirement) },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Nobody looked: that the image is not known is no fault of it. */
function withoutUnknown({ verdict, isChecked }: Explanation): Explanation["verdict"] {
  return isChecked
    ? verdict
    : {
        ...verdict,
        reasons: verdict.reasons.filter(({ code }) => code !== "IMAGE_UNKNOWN" && code !== "LOOKUP_FAILED"),
      };
}

const STATES = {
  holds: "policyTools.explain.holds",
  open: "policyTools.explain.notLookedAt",
} as const;

function renderCheck({ field, asked, state, reasons }: ExplainedCheck, translate: Translate): string {
  const said = stringify(asked, { collectionStyle: "flow", lineWidth: 0 }).trim().replaceAll(/\s+/g, " ");
  const short = said.length > MAX_WIDTH ? `${said.slice(0, MAX_WIDTH)}…` : said;
  const mark = state === "holds" ? "✓" : state === "open" ? "?" : "✗";
  const outcome = state === "fails" ? [] : [translate(STATES[state])];
  const lines = [...outcome, ...reasons.map((reason) => renderReason(reason, translate))];
  return `  ${mark} ${field}: ${short}\n${lines.map((line) => `      ${line}\n`).join("")}`;
}

function renderNeeded({ needed, isChecked }: Explanation, translate: Translate): string {
  if (isChecked) {
    return "";
  }
  if (!needed.digest) {
    return `${translate("policyTools.explain.lookUp.nothing")}\n`;
  }
  const lines = [
    translate("policyTools.explain.lookUp.digest"),
    ...(needed.scan ? [translate("policyTools.explain.lookUp.scan")] : []),
    ...needed.trust.map((requirement) =>
      translate("policyTools.explain.lookUp.trust", { requirement: describeRequirement(requirement) }),
    ),
  ];
  const list = lines.map((line) => `  - ${line}\n`).join("");
  return `${translate("policyTools.explain.lookUp")}\n${list}${translate("policyTools.explain.useCheck")}\n`;
}

function renderExceptions({ verdict }: Explanation, translate: Translate): string {
  const used = verdict.exceptions ?? [];
  const lines = used.map(({ namespace, name, until, approver = "-", exempted }) =>
    translate("policyTools.explain.exception", {
      name: namespace === undefined ? name : `${namespace}/${name}`,
      until,
      approver,
      exempted: exempted.join(", "),
    }),
  );
  return lines.length === 0
    ? ""
    : `${translate("policyTools.explain.exceptions")}\n${lines.map((line) => `  - ${line}\n`).join("")}`;
}
