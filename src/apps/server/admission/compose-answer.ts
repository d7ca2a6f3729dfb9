// SPDX-License-Identifier: Apache-2.0
import type { AdmissionAnswer, PodImage, RefusalCause } from "#kubernetes";
import type { Translate } from "#messages";
import { renderCompatibleDenial, renderReason, renderVerdict, type Verdict } from "#policy";
import type { ReviewOutcome } from "./admission-metrics.ts";
import type { ImageAnswer } from "./image-judge.ts";

/** Reasons that a message gives for one image: what kubectl prints has to be read. */
const MAX_REASONS = 10;
/** Images that a message describes in full. */
const MAX_IMAGES = 20;

export interface JudgedImage extends ImageAnswer {
  readonly image: PodImage;
}

/**
 * What the verdicts on the images of a Pod come to: one that is denied refuses the Pod; one that is undecided is up to
 * the configuration, and is never called a denial. All of them are named.
 */
export function composeAnswer(
  judged: readonly JudgedImage[],
  options: { readonly kind: string; readonly failure: "deny" | "allow"; readonly translate: Translate },
): { readonly answer: AdmissionAnswer; readonly outcome: ReviewOutcome } {
  const { kind, failure, translate } = options;
  const enforced = judged.filter(({ verdict }) => verdict.mode === "enforce");
  const denied = enforced.filter(({ verdict }) => verdict.outcome === "deny");
  const undecided = enforced.filter(({ verdict }) => verdict.outcome === "undecided");
  const warnings = warningsOf(judged, translate);
  if (denied.length > 0) {
    const head = translate("admission.denied", { kind, refused: denied.length, images: judged.length });
    const refused = [...denied, ...undecided];
    const message = describeCompatibly(refused) ?? describe(head, refused, translate);
    const causes = causesOf(refused, translate);
    return { answer: { allowed: false, code: 403, message, causes, warnings }, outcome: "deny" };
  }
  if (undecided.length === 0) {
    return { answer: { allowed: true, warnings }, outcome: "allow" };
  }
  if (failure === "deny") {
    const message = describe(translate("admission.undecided", { kind }), undecided, translate);
    const causes = causesOf(undecided, translate);
    return { answer: { allowed: false, code: 503, message, causes, warnings }, outcome: "undecided" };
  }
  const passed = undecided.flatMap(({ image, verdict }) => [
    translate("admission.undecidedAllowed", { reference: image.reference }),
    firstReason(verdict, translate),
  ]);
  return { answer: { allowed: true, warnings: [...passed, ...warnings] }, outcome: "undecided" };
}

/** What to warn of when a workload is admitted whose Pods would not be. */
export function composeWarnings(judged: readonly JudgedImage[], kind: string, translate: Translate): readonly string[] {
  const enforced = judged
    .filter(({ verdict }) => verdict.mode === "enforce" && verdict.outcome !== "allow")
    .flatMap(({ image, verdict }) => {
      const [headline = ""] = renderVerdict({ reference: image.reference, verdict, maxReasons: 0 }, translate);
      const id = verdict.outcome === "deny" ? "admission.wouldBeDenied" : "admission.wouldBeUndecided";
      return [translate(id, { kind, text: headline }), firstReason(verdict, translate)];
    });
  return [...enforced, ...warningsOf(judged, translate)];
}

/** Of images in warn mode that break policy, and of reasons that only warn. Audit mode says nothing to the user. */
function warningsOf(judged: readonly JudgedImage[], translate: Translate): readonly string[] {
  return judged.flatMap(({ image, verdict }) => {
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
}

/** In the words of an older product, when that is the spelling of all policies which refuse: scripts look for its texts. */
function describeCompatibly(refused: readonly JudgedImage[]): string | undefined {
  const texts = refused.map(({ image, verdict }) => renderCompatibleDenial(verdict, image.reference));
  const known = [...new Set(texts.filter((text) => text !== undefined))];
  if (texts.includes(undefined)) {
    return undefined;
  }
  // Portieris begins each text with a line feed.
  return refused.some(({ verdict }) => verdict.spelling === "portieris") ? `\n${known.join("\n")}` : known.join("\n");
}

function describe(head: string, judged: readonly JudgedImage[], translate: Translate): string {
  const lines = judged.slice(0, MAX_IMAGES).flatMap(({ image, verdict }) => {
    const described = { reference: image.reference, verdict, maxReasons: MAX_REASONS };
    const [headline = "", ...rest] = renderVerdict(described, translate);
    return [
      image.label === "" ? headline : translate("admission.image", { label: image.label, text: headline }),
      ...rest,
    ];
  });
  const more = judged.slice(MAX_IMAGES).map(({ image }) => `- ${image.reference}`);
  return [head, ...lines, ...more].join("\n");
}

/** The same for programs: the codes are those of every other gate. */
function causesOf(judged: readonly JudgedImage[], translate: Translate): readonly RefusalCause[] {
  return judged.flatMap(({ image, verdict }) =>
    verdict.reasons
      .filter((reason) => reason.effect !== "warn")
      .map((reason) => ({ reason: reason.code, message: renderReason(reason, translate), field: image.pointer })),
  );
}

function firstReason(verdict: Verdict, translate: Translate): string {
  const first = verdict.reasons[0];
  return first === undefined ? "" : renderReason(first, translate);
}
