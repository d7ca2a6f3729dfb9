// SPDX-License-Identifier: Apache-2.0
import {
  type ExposedSubject,
  type ExposureFinding,
  type ExposureReport,
  type ExposureWay,
  renderObjectName,
  type UnreadObjects,
} from "#exposure";
import { isMessageId, type MessageId, type Translate } from "#messages";
import { renderRows } from "../render-rows.ts";

/** Of each kind of unread objects, this many are named. */
const MAX_UNREAD = 20;

/** The report for people: what is wrong first, then what could not be looked at. */
export function renderExposureTable(report: ExposureReport, translate: Translate): string {
  const { subjects, unread, counts } = report;
  const failed = countFindings(subjects, "fails");
  const undecided = countFindings(subjects, "undecided");
  return [
    ...subjects.map((subject) => renderSubject(subject, translate)),
    subjects.length === 0 ? `${translate("exposure.none", counts)}\n` : "",
    renderUnread(unread, translate),
    `${translate("exposure.total", { ...counts, subjects: subjects.length, failed, undecided })}\n`,
  ]
    .filter((each) => each !== "")
    .join("\n");
}

/** The sentence of a finding. */
export function findingText({ id, state, params, evidence }: ExposureFinding, translate: Translate): string {
  const message = state === "fails" ? `check.${id}` : `check.${id}.undecided`;
  return sentence(message, translate, {
    isDefault: "no",
    count: "0",
    product: "",
    ...params,
    evidence: evidence.join("; ") || "none",
  });
}

/** What to do about it. */
export function remedyText({ id }: ExposureFinding, translate: Translate): string {
  return sentence(`check.${id}.advice`, translate, {});
}

function countFindings(subjects: readonly ExposedSubject[], state: ExposureFinding["state"]): number {
  return subjects.reduce((sum, { findings }) => sum + findings.filter((each) => each.state === state).length, 0);
}

function renderSubject(subject: ExposedSubject, translate: Translate): string {
  const { kind, workload, certainty, product = "", evidence, reach, ways, hasMoreWays, findings } = subject;
  const title = translate(`exposure.subject.${kind}.${certainty}`, { product: product || "none" });
  const rows: readonly (readonly string[])[] = [
    [translate("exposure.row.reach"), translate(`exposure.reach.${reach}`)],
    [translate("exposure.row.evidence"), evidence.map(({ source, value }) => `${source} ${value}`).join(", ")],
    ...ways.map((way, at) => [at === 0 ? translate("exposure.row.ways") : "", renderWay(way, translate)]),
    ...(hasMoreWays ? [["", translate("exposure.moreWays")]] : []),
    [translate("exposure.row.policies"), translate(`exposure.policies.${subject.networkPolicies.limit}`)],
    ...patchRows(subject, translate),
    ...findings.flatMap((each) => [
      [
        `${each.id} ${each.state === "fails" ? each.severity : translate("exposure.undecided")}`,
        findingText(each, translate),
      ],
      ["", remedyText(each, translate)],
    ]),
  ];
  return `${renderObjectName(workload)}: ${title}\n${renderRows(rows, "  ")}`;
}

function renderWay(
  { kind, state, object, ports, hosts, addresses, notes, isEncrypted }: ExposureWay,
  translate: Translate,
): string {
  const places = [...hosts, ...addresses, ...ports.map(String)].join(", ");
  const said = [
    ...(isEncrypted === false ? [translate("exposure.unencrypted")] : []),
    ...notes.map((note) => translate(`exposure.note.${note}`)),
  ];
  // the Ingress is the object, the way and the word in one
  const name =
    kind === "ingress" ? renderObjectName(object) : `${translate(`exposure.way.${kind}`)} ${renderObjectName(object)}`;
  const head = places === "" ? name : `${name} (${places})`;
  return `${head}: ${[translate(`exposure.state.${state}`), ...said].join("; ")}`;
}

function patchRows({ patches }: ExposedSubject, translate: Translate): readonly (readonly string[])[] {
  return patches.map(({ image, state }, at) => [
    at === 0 ? translate("exposure.row.patches") : "",
    translate(`exposure.patches.${state}`, { image }),
  ]);
}

function renderUnread(unread: readonly UnreadObjects[], translate: Translate): string {
  if (unread.length === 0) {
    return "";
  }
  const rows = unread.slice(0, MAX_UNREAD).map((each) => {
    const { kind, namespace = "", name, reason, detail = "" } = each;
    const what =
      name === undefined
        ? namespace === ""
          ? kind
          : `${kind} ${namespace}/*`
        : `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
    const why = translate(`exposure.unread.${reason}`);
    return [what, detail === "" ? why : `${why} (${detail})`];
  });
  const rest = unread.length - rows.length;
  const more = rest === 0 ? "" : `  ${translate("exposure.unread.more", { count: rest })}\n`;
  return `${translate("exposure.unread")}\n${renderRows(rows, "  ")}${more}`;
}

/** Of a check that this program does not know, its number. */
function sentence(id: string, translate: Translate, params: Readonly<Record<string, string>>): string {
  return isMessageId(id) ? translate(id satisfies MessageId, params) : id;
}
