// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import {
  type AdmissionAnswer,
  type AdmissionRequest,
  buildPinPatch,
  type PodImage,
  readOriginalImages,
  readPodImages,
  recognizeWorkload,
  type WorkloadKind,
} from "#kubernetes";
import type { MessageId, MessageValues, Translate } from "#messages";
import type { ReviewOutcome } from "./admission-metrics.ts";
import { composeAnswer, composeWarnings, type JudgedImage } from "./compose-answer.ts";
import type { ImageAnswer, ImageJudge, ImageQuestion } from "./image-judge.ts";

/** Images that one workload may name: far more than anybody runs, few enough to be looked up. */
const MAX_IMAGES = 500;

/** `admit` may change the object; `validate` sees what came of it and changes nothing. */
export type Webhook = "admit" | "validate";

export interface ReviewContext {
  readonly webhook: Webhook;
  /** `performance.now()` at which the answer must be there. */
  readonly deadline: number;
  readonly log: Logger;
}

/** The answer, what it is counted as, and the images that were judged for a Pod. */
export interface Review {
  readonly answer: AdmissionAnswer;
  readonly outcome: ReviewOutcome;
  /** Of a Pod; what makes Pods is only warned about, which decides nothing. */
  readonly decided: readonly JudgedImage[];
}

export interface ReviewerOptions {
  readonly judgeImage: ImageJudge;
  /** What an undecided image comes to. */
  readonly failure: "deny" | "allow";
  readonly translate: Translate;
}

const UNTOUCHED: Review = { answer: { allowed: true }, outcome: "untouched", decided: [] };

/** A function that answers admission requests. It rejects only because of a bug. */
export function createReviewer(
  options: ReviewerOptions,
): (request: AdmissionRequest, context: ReviewContext) => Promise<Review> {
  const { judgeImage, translate } = options;

  function refuse(code: 400 | 403, id: MessageId, values: MessageValues): Review {
    const outcome = code === 400 ? "malformed" : "deny";
    return { answer: { allowed: false, code, message: translate(id, values) }, outcome, decided: [] };
  }

  async function judgeAll(
    images: readonly PodImage[],
    question: Omit<ImageQuestion, "reference" | "claimedOriginal">,
    originals: ReadonlyMap<string, string>,
  ): Promise<readonly JudgedImage[]> {
    const answers = new Map<string, Promise<ImageAnswer>>();
    return await Promise.all(
      images.map(async (image) => {
        const { reference } = image;
        const claimed = originals.get(image.label);
        const key = JSON.stringify([reference, claimed]);
        const answer =
          answers.get(key) ??
          judgeImage({ ...question, reference, ...(claimed === undefined ? {} : { claimedOriginal: claimed }) });
        answers.set(key, answer);
        return { image, ...(await answer) };
      }),
    );
  }

  return async (request, context) => {
    const recognized = recognizeWorkload(request);
    if (recognized.state === "foreign" || request.operation === "DELETE" || request.operation === "CONNECT") {
      return UNTOUCHED;
    }
    if (recognized.state === "unsupported") {
      return refuse(403, "admission.unsupportedResource", { resource: resourceName(request) });
    }
    const { workload } = recognized;
    const { kind } = workload;
    const all = readPodImages(workload, request.object);
    if (all === undefined) {
      return refuse(400, "admission.malformedObject", { kind });
    }
    const images = withoutUnchanged(all, workload, request);
    if (images.length === 0) {
      return { ...UNTOUCHED, outcome: all.length === 0 ? "untouched" : "allow" };
    }
    if (images.length > MAX_IMAGES) {
      return refuse(403, "admission.tooManyImages", { kind, images: images.length, limit: MAX_IMAGES });
    }
    const isPod = kind === "Pod";
    const question = {
      namespace: request.namespace === "" ? undefined : request.namespace,
      deadline: context.deadline,
      waits: isPod,
      log: context.log,
    };
    const originals = isPod && context.webhook === "validate" ? readOriginalImages(request.object) : new Map();
    const judged = await judgeAll(images, question, originals);
    if (!isPod) {
      return {
        answer: { allowed: true, warnings: composeWarnings(judged, kind, translate) },
        outcome: "allow",
        decided: [],
      };
    }
    const checked = context.webhook === "validate" ? judged.map(requireDigest) : judged;
    const { answer, outcome } = composeAnswer(checked, { ...options, kind });
    return { answer: context.webhook === "admit" ? pin(answer, checked, request) : answer, outcome, decided: checked };
  };
}

/** Images that the object had before pass, so that what runs can be scaled, labelled and ended whatever its verdict is now. */
function withoutUnchanged(
  images: readonly PodImage[],
  workload: WorkloadKind,
  request: AdmissionRequest,
): readonly PodImage[] {
  if (request.operation !== "UPDATE") {
    return images;
  }
  const before = new Set(readPodImages(workload, request.oldObject)?.map((image) => image.reference));
  return images.filter((image) => !before.has(image.reference));
}

/** At validation, an image that the first webhook would have pinned must still be pinned: a later webhook may have swapped it. */
function requireDigest(judged: JudgedImage): JudgedImage {
  if (judged.pinned === undefined) {
    return judged;
  }
  const reason = { code: "DIGEST_REQUIRED", effect: "deny", params: {} } as const;
  return { ...judged, verdict: { ...judged.verdict, outcome: "deny", reasons: [reason, ...judged.verdict.reasons] } };
}

function pin(answer: AdmissionAnswer, judged: readonly JudgedImage[], request: AdmissionRequest): AdmissionAnswer {
  if (!answer.allowed) {
    return answer;
  }
  const pins = judged.flatMap(({ image, pinned }) => (pinned === undefined ? [] : [{ image, pinned }]));
  return { ...answer, patch: buildPinPatch(request.object, pins) };
}

function resourceName({ resource, subResource, kind }: AdmissionRequest): string {
  const name = [resource.group, resource.version, resource.resource, subResource]
    .filter((part) => part !== "")
    .join("/");
  return `${name} (${kind.kind})`;
}
