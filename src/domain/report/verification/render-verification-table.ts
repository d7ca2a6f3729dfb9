// SPDX-License-Identifier: Apache-2.0
import type { MessageId, Translate } from "#messages";
import { describeRequirement, type SignatureProblem, type SignatureState, type VerifiedSignature } from "#signatures";
import type { TableOptions } from "../table/render-scan-table.ts";
import { layOutColumns } from "../text/columns.ts";
import { indented, type Line, lineOf, type Tone, writeLines } from "../text/line.ts";
import { headingOf, worstHeading } from "./requirement-heading.ts";
import type { VerificationOutcome, VerifiedRequirement, VerifiedSubject } from "./verification-outcome.ts";

const STATE_TONE: Readonly<Record<SignatureState, Tone>> = {
  verified: "good",
  none: "high",
  bad: "critical",
  unknown: "medium",
};
const EFFECT_TONE: Readonly<Record<SignatureProblem["effect"], Tone>> = {
  bad: "critical",
  unknown: "medium",
  warning: "low",
};
const INDENT = 4;
/** Predicate types are longer than what tables otherwise hold, and seldom longer than this. */
const MAX_FOUND_COLUMN = 72;

/**
 * The outcome of a verification for people: each requirement with its state; below it each signature with what was
 * checked, and each that does not count with what failed and what to do; at the end what all of it comes to. Ends with a
 * line feed; text from registries and certificates is made visible and cannot control the terminal.
 */
export function renderVerificationTable(
  outcome: VerificationOutcome,
  translate: Translate,
  options: TableOptions & {
    /** The reasons of the policy as sentences; rendered by who has loaded policies anyway. */
    readonly reasonLines?: readonly string[];
  },
): string {
  const sections = [
    headerLines(outcome, translate),
    ...outcome.subjects.flatMap((subject) => subjectSections(subject, translate)),
    foundLines(outcome, translate),
    conclusionLines(outcome, options.reasonLines ?? [], translate),
  ];
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, index): readonly Line[] => (index === 0 ? section : [[], ...section]));
  return writeLines(lines, options.color);
}

function headerLines(outcome: VerificationOutcome, translate: Translate): readonly Line[] {
  return [
    ...rows(translate, [
      ["verify.label.image", outcome.reference],
      ["verify.label.digest", outcome.digest],
      ["verify.label.policy", outcome.policy?.name],
    ]),
    ...(outcome.isIndex && outcome.askedBy !== "nothing"
      ? [lineOf(translate(outcome.children === "covered" ? "verify.index.covered" : "verify.index"), "faint")]
      : []),
  ];
}

function subjectSections(subject: VerifiedSubject, translate: Translate): readonly (readonly Line[])[] {
  const title: readonly Line[] =
    subject.platform === undefined
      ? []
      : [
          [
            { text: `${translate("verify.child")} ${subject.platform}`, tone: "strong" },
            { text: `  ${subject.digest}`, tone: "faint" },
          ],
        ];
  const [first = [], ...rest] = subject.requirements.map((each) => requirementLines(each, translate));
  return [[...title, ...first], ...rest];
}

function requirementLines(each: VerifiedRequirement, translate: Translate): readonly Line[] {
  const { requirement, result } = each;
  return [
    [
      { text: translate(`verify.state.${headingOf(each)}`), tone: STATE_TONE[result.state] },
      { text: `  ${describeRequirement(requirement)}`, tone: "strong" },
    ],
    ...result.signatures.flatMap((signature) => indented(signatureLines(signature, translate), INDENT)),
    ...(result.validUntil === undefined
      ? []
      : indented(rows(translate, [["verify.label.validUntil", result.validUntil]]), INDENT)),
    ...result.problems.flatMap((problem) => indented(problemLines(problem, translate), INDENT)),
  ];
}

function signatureLines(signature: VerifiedSignature, translate: Translate): readonly Line[] {
  const { signedAt, timeSource = "signer", transparency } = signature;
  return [
    [
      { text: `✓ ${signature.identity}`, tone: "good" },
      { text: `  ${signature.location}`, tone: "faint" },
    ],
    ...indented(
      rows(translate, [
        ["verify.label.issuer", signature.issuer],
        ["verify.label.key", signature.keyId],
        ["verify.label.predicate", signature.predicateType],
        [
          "verify.label.time",
          signedAt === undefined ? undefined : translate(`verify.time.${timeSource}`, { time: signedAt }),
        ],
        [
          "verify.label.log",
          transparency === undefined ? undefined : `${transparency.logIndex} (${transparency.logId})`,
        ],
        ["verify.label.checked", signature.checks.join(", ")],
      ]),
      2,
    ),
  ];
}

function problemLines(problem: SignatureProblem, translate: Translate): readonly Line[] {
  return [
    [
      { text: `✗ ${translate(`verify.effect.${problem.effect}`)}: ${problem.code}`, tone: EFFECT_TONE[problem.effect] },
      { text: `  ${problem.location}`, tone: "faint" },
    ],
    ...indented(
      [
        lineOf(translate(`signature.${problem.code}`)),
        ...rows(translate, [
          ["verify.label.details", problem.message],
          ["verify.label.claims", problem.claimedIdentity],
        ]),
      ],
      2,
    ),
  ];
}

function foundLines({ found }: VerificationOutcome, translate: Translate): readonly Line[] {
  if (found === undefined) {
    return [];
  }
  if (found.length === 0) {
    return [lineOf(translate("verify.found.none"))];
  }
  const cells = found.map(
    (each): Line => [{ text: each.kind }, { text: each.predicateType ?? "" }, { text: each.location }],
  );
  return [
    lineOf(translate("verify.found.title"), "strong"),
    ...indented(layOutColumns(cells, undefined, MAX_FOUND_COLUMN).flat(), INDENT),
  ];
}

function conclusionLines(
  outcome: VerificationOutcome,
  reasonLines: readonly string[],
  translate: Translate,
): readonly Line[] {
  if (outcome.askedBy === "nothing") {
    return [lineOf(translate("verify.conclusion.unverified"), "medium"), lineOf(translate("verify.how"))];
  }
  const isAsked = outcome.subjects.some((subject) => subject.requirements.length > 0);
  const reasons = outcome.policy?.reasons ?? [];
  const isDenied =
    reasons.some((reason) => reason.effect === "deny") &&
    outcome.state !== "bad" &&
    !outcome.subjects.some(({ requirements }) => requirements.some(({ result }) => result.state === outcome.state));
  const id: MessageId = isDenied
    ? "verify.conclusion.denied"
    : isAsked || reasons.length > 0
      ? `verify.conclusion.${worstHeading(outcome)}`
      : "verify.conclusion.nothingAsked";
  const isChildBehind =
    outcome.subjects[0]?.requirements.every(({ result }) => result.state === "verified") === true &&
    outcome.subjects.slice(1).some((subject) => subject.requirements.some(({ result }) => result.state !== "verified"));
  return [
    lineOf(translate(id), isDenied ? "critical" : STATE_TONE[outcome.state]),
    ...(isChildBehind ? [lineOf(translate("verify.recursive"))] : []),
    ...reasonLines.map((text) => lineOf(`- ${text}`)),
  ];
}

function rows(translate: Translate, pairs: readonly (readonly [MessageId, string | undefined])[]): readonly Line[] {
  const present = pairs.filter((pair): pair is readonly [MessageId, string] => pair[1] !== undefined && pair[1] !== "");
  return layOutColumns(
    present.map(([label, text]): Line => [{ text: translate(label), tone: "faint" }, { text }]),
  ).flat();
}
