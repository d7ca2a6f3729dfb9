// SPDX-License-Identifier: Apache-2.0
import type { AdmissionAnswer, RefusalCause } from "#kubernetes";
import type { Translate } from "#messages";
import {
  isBeyondScanner,
  renderCompatibleDenial,
  renderReason,
  renderReportCommand,
  renderVerdict,
  type Verdict,
  type WorkloadVerdict,
  withLead,
} from "#policy";
import type { ReviewOutcome } from "./admission-metrics.ts";
import type { JudgedImage } from "./judged-image.ts";

/** Reasons that a message gives for one image: what kubectl prints has to be read. */
const MAX_REASONS = 10;
/** Images that a message describes in full. */
const MAX_IMAGES = 20;

export interface AnswerOptions {
  readonly kind: string;
  /** What `spec.workload` of policies says, if anything. */
  readonly clauses?: WorkloadVerdict | undefined;
  readonly failure: "deny" | "allow" | "allowIfKnown";
  /** Whether the webhook has a name of Container Image Security Enforcement. */
  readonly isCise?: boolean;
  readonly translate: Translate;
}

/**
 * What the verdicts on a workload come to: one that is denied refuses it; one that is undecided is up to the
 * configuration, and is never called a denial. All of them are named.
 */
export function composeAnswer(
  judged: readonly JudgedImage[],
  options: AnswerOptions,
): { readonly answer: AdmissionAnswer; readonly outcome: ReviewOutcome } {
  const { failure, translate } = options;
  const enforced = judged.filter(({ verdict, passedAs }) => verdict.mode === "enforce" && passedAs === undefined);
  const denied = enforced.filter(({ verdict }) => verdict.outcome === "deny");
  const undecided = enforced.filter(({ verdict }) => verdict.outcome === "undecided");
  const clauses = options.clauses?.mode === "enforce" ? options.clauses : undefined;
  const warnings = [...passWarnings(judged, translate), ...warningsOf(judged, options.clauses, translate)];
  if (denied.length > 0 || clauses?.outcome === "deny") {
    return { answer: refuse(judged, { denied, undecided, clauses, warnings, options }), outcome: "deny" };
  }
  if (undecided.length === 0 && clauses?.outcome !== "undecided") {
    return { answer: { allowed: true, warnings }, outcome: "allow" };
  }
  const isHopeless = undecided.some(({ verdict }) => isBeyondScanner(verdict));
  if (failure !== "allow" || isHopeless) {
    const head = translate(isHopeless ? "admission.beyondScanner" : "admission.undecided", { kind: options.kind });
    const message = [describe(head, undecided, translate), ...describeClauses(clauses, translate)].join("\n");
    const causes = [...causesOf(undecided, translate), ...clauseCauses(clauses, translate)];
    return { answer: { allowed: false, code: 503, message, causes, warnings }, outcome: "undecided" };
  }
  const passed = undecided.flatMap(({ image, verdict }) => [
    translate("admission.undecidedAllowed", { reference: image.reference }),
    firstReason(verdict, translate),
  ]);
  const rules = describeClauses(clauses, translate).map((text) => text.replace(/^- /, ""));
  return { answer: { allowed: true, warnings: [...passed, ...rules, ...warnings] }, outcome: "undecided" };
}

function refuse(
  judged: readonly JudgedImage[],
  refusal: {
    readonly denied: readonly JudgedImage[];
    readonly undecided: readonly JudgedImage[];
    readonly clauses: WorkloadVerdict | undefined;
    readonly warnings: readonly string[];
    readonly options: AnswerOptions;
  },
): AdmissionAnswer {
  const { denied, undecided, warnings, options } = refusal;
  const { kind, translate, isCise = false } = options;
  const clauses = refusal.clauses?.outcome === "allow" ? undefined : refusal.clauses;
  const refused = [...denied, ...undecided];
  const compatible = clauses === undefined ? describeCompatibly(refused, isCise) : undefined;
  const head =
    denied.length > 0
      ? translate("admission.denied", { kind, refused: denied.length, images: judged.length })
      : translate("admission.deniedWorkload", { kind });
  return {
    allowed: false,
    code: 403,
    message: compatible ?? [describe(head, refused, translate), ...describeClauses(clauses, translate)].join("\n"),
    causes: [...causesOf(refused, translate), ...clauseCauses(clauses, translate)],
    warnings,
  };
}

/** What to warn of when a workload is admitted whose Pods would not be. */
export function composeWarnings(
  judged: readonly JudgedImage[],
  options: Pick<AnswerOptions, "kind" | "clauses" | "translate">,
): readonly string[] {
  const { kind, clauses, translate } = options;
  const enforced = judged
    .filter(({ verdict }) => verdict.mode === "enforce" && verdict.outcome !== "allow")
    .flatMap(({ image, verdict }) => {
      const [headline = ""] = renderVerdict({ reference: image.reference, verdict, maxReasons: 0 }, translate);
      const id = verdict.outcome === "deny" ? "admission.wouldBeDenied" : "admission.wouldBeUndecided";
      return [translate(id, { kind, text: headline }), firstReason(verdict, translate)];
    });
  const rules =
    clauses?.mode === "enforce" && clauses.outcome !== "allow"
      ? decisiveReasons(clauses).map((reason) => {
          const id = clauses.outcome === "deny" ? "admission.wouldBeDenied" : "admission.wouldBeUndecided";
          return translate(id, { kind, text: renderReason(reason, translate) });
        })
      : [];
  return [...enforced, ...rules, ...warningsOf(judged, clauses, translate)];
}

/** Who lets run what could not be judged, or was judged otherwise, has to see it. */
function passWarnings(judged: readonly JudgedImage[], translate: Translate): readonly string[] {
  return judged.flatMap(({ image, verdict, passedAs }) => {
    if (passedAs === undefined) {
      return [];
    }
    const id = passedAs === "known" ? "admission.passedAsKnown" : "admission.passedAsOwner";
    return [translate(id, { reference: image.reference, text: firstReason(verdict, translate) })];
  });
}

/** Of what is in warn mode and breaks policy, and of reasons that only warn. Audit mode says nothing to the user. */
function warningsOf(
  judged: readonly JudgedImage[],
  clauses: WorkloadVerdict | undefined,
  translate: Translate,
): readonly string[] {
  const images = judged.flatMap(({ image, verdict }) => {
    if (verdict.mode === "audit") {
      return [];
    }
    if (verdict.mode === "warn" && verdict.outcome !== "allow") {
      const text = firstReason(verdict, translate);
      return [translate("admission.warnMode", { reference: image.reference, text })];
    }
    return verdict.outcome === "allow"
      ? verdict.reasons.map((reason) => `${image.reference}: ${renderReason(reason, translate)}`)
      : [];
  });
  if (clauses === undefined || clauses.mode === "audit") {
    return images;
  }
  const isWarnMode = clauses.mode === "warn" && clauses.outcome !== "allow";
  const rules = isWarnMode ? decisiveReasons(clauses) : clauses.reasons.filter(({ effect }) => effect === "warn");
  return [
    ...images,
    ...rules.map((reason) => {
      const text = renderReason(reason, translate);
      return isWarnMode ? translate("admission.warnModeWorkload", { text }) : text;
    }),
  ];
}

/** In the words of an older product, when that is the spelling of all policies which refuse: scripts look for its texts. */
function describeCompatibly(refused: readonly JudgedImage[], isCise: boolean): string | undefined {
  const texts = refused.map(({ image, verdict }) =>
    renderCompatibleDenial(isCise ? inWordsOfCise(verdict) : verdict, image.reference),
  );
  const known = [...new Set(texts.filter((text) => text !== undefined))];
  if (texts.includes(undefined)) {
    return undefined;
  }
  const isOfPortieris = refused.some(({ verdict }) => verdict.spelling === "portieris");
  return withLead(isOfPortieris ? "portieris" : undefined, known.join("\n"));
}

/** Where there is no policy at all, only the name of the webhook says whose words are expected. */
function inWordsOfCise(verdict: Verdict): Verdict {
  const hasNoPolicy = verdict.spelling === undefined && verdict.reasons.some(({ code }) => code === "NO_POLICY");
  return hasNoPolicy ? { ...verdict, spelling: "cise" } : verdict;
}

function describe(head: string, judged: readonly JudgedImage[], translate: Translate): string {
  const lines = judged.slice(0, MAX_IMAGES).flatMap(({ image, verdict }) => {
    const described = { reference: image.reference, verdict, maxReasons: MAX_REASONS };
    const [headline = "", ...rest] = renderVerdict(described, translate);
    const command = renderReportCommand(described, translate);
    return [
      image.label === "" ? headline : translate("admission.image", { label: image.label, text: headline }),
      ...rest,
      ...(command === undefined ? [] : [command]),
    ];
  });
  const more = judged.slice(MAX_IMAGES).map(({ image }) => `- ${image.reference}`);
  return [head, ...lines, ...more].join("\n");
}

function describeClauses(clauses: WorkloadVerdict | undefined, translate: Translate): readonly string[] {
  return clauses === undefined
    ? []
    : decisiveReasons(clauses)
        .slice(0, MAX_REASONS)
        .map((reason) => `- ${renderReason(reason, translate)}`);
}

/** The same for programs: the codes are those of every other gate. */
function causesOf(judged: readonly JudgedImage[], translate: Translate): readonly RefusalCause[] {
  return judged.flatMap(({ image, verdict }) =>
    decisiveReasons(verdict).map((reason) => ({
      reason: reason.code,
      message: renderReason(reason, translate),
      field: image.pointer,
    })),
  );
}

function clauseCauses(clauses: WorkloadVerdict | undefined, translate: Translate): readonly RefusalCause[] {
  return clauses === undefined
    ? []
    : decisiveReasons(clauses).map((reason) => ({
        reason: reason.code,
        message: renderReason(reason, translate),
        field: String(reason.params["path"] ?? reason.params["field"] ?? ""),
      }));
}

function decisiveReasons({ reasons }: Pick<Verdict, "reasons">): Verdict["reasons"] {
  return reasons.filter(({ effect }) => effect === "deny" || effect === "undecided");
}

function firstReason(verdict: Verdict, translate: Translate): string {
  const first = verdict.reasons[0];
  return first === undefined ? "" : renderReason(first, translate);
}
