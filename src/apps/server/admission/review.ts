// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import type { Configuration } from "#configuration";
import {
  type AdmissionRequest,
  buildPinPatch,
  buildServiceAccountPatch,
  isMirrorPod,
  type JsonPatchOperation,
  type PodImage,
  pinReference,
  readPodImages,
  readPodTemplate,
  recognizeWorkload,
  type WorkloadKind,
} from "#kubernetes";
import type { MessageId, MessageValues, Translate } from "#messages";
import {
  type PolicySet,
  renderCompatibleResource,
  shareOf,
  spellingFor,
  type Verdict,
  type WorkloadVerdict,
} from "#policy";
import type { PolicySource } from "../context.ts";
import type { ReviewOutcome } from "./admission-metrics.ts";
import type { AdmittedOwners } from "./admitted-owners.ts";
import { type AtOnce, follow } from "./at-once.ts";
import { composeAnswer, composeWarnings } from "./compose-answer.ts";
import { Deadlines } from "./deadlines.ts";
import type { ImagesJudge } from "./judge-images.ts";
import type { JudgedImage } from "./judged-image.ts";
import type { PassQuestion } from "./passes.ts";
import type { ReviewContext } from "./review-context.ts";
import type { Review } from "./review-result.ts";
import { partOf } from "./webhook.ts";
import type { WorkloadQuestion } from "./workload-clauses.ts";
import type { createWorkloadIdentity, WorkloadIdentity } from "./workload-identity.ts";

/** Images that one workload may name: far more than anybody runs, few enough to be looked up. */
const MAX_IMAGES = 500;

export interface ReviewerOptions {
  readonly judgeImages: ImagesJudge;
  readonly identify: ReturnType<typeof createWorkloadIdentity>;
  readonly judgeWorkload: (question: WorkloadQuestion) => WorkloadVerdict | undefined;
  readonly passes: (question: PassQuestion) => AtOnce<readonly JudgedImage[]>;
  readonly owners: AdmittedOwners;
  readonly policies: PolicySource;
  readonly settings: Pick<Configuration["admission"], "failure" | "enforceAt" | "pinnedForm">;
  readonly translate: Translate;
}

const UNTOUCHED: Review = { answer: { allowed: true }, outcome: "untouched", decided: [], isEnforced: false };

/** A function that answers admission requests about workloads. It rejects only because of a bug. */
export function createReviewer(
  options: ReviewerOptions,
): (request: AdmissionRequest, context: ReviewContext) => AtOnce<Review> {
  const { settings, translate } = options;
  const deadlines = new Deadlines();

  function refuse(code: 400 | 403, id: MessageId, values: MessageValues): Review {
    const outcome: ReviewOutcome = code === 400 ? "malformed" : "deny";
    return {
      answer: { allowed: false, code, message: translate(id, values) },
      outcome,
      decided: [],
      isEnforced: true,
    };
  }

  return (request, context) => {
    const recognized = recognizeWorkload(request);
    if (recognized.state === "foreign" || request.operation === "DELETE" || request.operation === "CONNECT") {
      return UNTOUCHED;
    }
    if (recognized.state === "unsupported") {
      const { documents } = options.policies.current().admission;
      const { spelling } = spellingFor(documents, request.namespace);
      const refused = refuse(403, "admission.unsupportedResource", { resource: resourceName(request) });
      return spelling === undefined
        ? refused
        : { ...refused, answer: { ...refused.answer, message: renderCompatibleResource(spelling, request.resource) } };
    }
    const { workload } = recognized;
    const { kind } = workload;
    const all = readPodImages(workload, request.object);
    if (all === undefined) {
      return refuse(400, "admission.malformedObject", { kind });
    }
    if (isMirrorPod(request)) {
      return UNTOUCHED;
    }
    const images = withoutUnchanged(all, workload, request);
    if (images.length > MAX_IMAGES) {
      return refuse(403, "admission.tooManyImages", { kind, images: images.length, limit: MAX_IMAGES });
    }
    const policies = options.policies.current().admission;
    const isEnforced = kind === "Pod" || settings.enforceAt === "workload";
    return follow(options.identify(request, workload, { policies, review: context }), (identity) => {
      const clauses = hasNewTemplate(workload, request)
        ? options.judgeWorkload({ request, workload, policies, identity })
        : undefined;
      if (images.length === 0 && clauses === undefined) {
        return { ...UNTOUCHED, outcome: all.length === 0 ? "untouched" : "allow" };
      }
      const question = { request, workload, all, images, policies, clauses, identity };
      return isEnforced ? decide(question, context) : warn(question, context);
    });
  };

  async function warn(question: Question, context: ReviewContext): Promise<Review> {
    const { workload, clauses } = question;
    // What the others would say was said by the first.
    const isFirst = context.webhook === "admit" || context.webhook === "admit/trust";
    const judged = isFirst ? await options.judgeImages({ ...question, review: context, waits: false }) : [];
    const warnings = isFirst ? composeWarnings(judged, { kind: workload.kind, clauses, translate }) : [];
    return { answer: { allowed: true, warnings }, outcome: "allow", decided: [], isEnforced: false };
  }

  /** Judging goes on when an admitted owner has answered in its place: a registry that is down must not stop a service from growing. */
  function judgeOrPass(question: Question, context: ReviewContext): AtOnce<readonly JudgedImage[]> {
    const judging = options.judgeImages({ ...question, review: context, waits: true });
    return judging instanceof Promise && options.owners.mayKnow(question.request, question.workload)
      ? passMeanwhile(judging, question, context)
      : judging;
  }

  async function passMeanwhile(
    judging: Promise<readonly JudgedImage[]>,
    question: Question,
    context: ReviewContext,
  ): Promise<readonly JudgedImage[]> {
    const { request, workload, all, images, policies } = question;
    const judged = await deadlines.wait(judging, performance.now() + OWNER_PATIENCE_MS, () => undefined);
    if (judged !== undefined) {
      return judged;
    }
    const early = await options.passes({
      request,
      workload,
      images: all,
      judged: images.map((image) => ({ image, verdict: NOT_YET })),
      policyGeneration: shareOf(policies, request.namespace).generation,
      review: context,
      isEarly: true,
    });
    return early.every(({ passedAs }) => passedAs !== undefined) ? early : await judging;
  }

  function decide(question: Question, context: ReviewContext): AtOnce<Review> {
    const { request, workload, all, policies } = question;
    // Whoever may write policies of one namespace must not make void what is known in the others.
    const policyGeneration = shareOf(policies, request.namespace).generation;
    return follow(judgeOrPass(question, context), (whole) => {
      const parts = whole.map((each) => toPart(each, context.webhook));
      const checked = workload.kind === "Pod" && context.webhook === "validate" ? parts.map(requireDigest) : parts;
      const passing = options.passes({
        request,
        workload,
        images: all,
        judged: checked,
        policyGeneration,
        review: context,
      });
      return follow(passing, (judged) => conclude(question, context, { judged, policyGeneration }));
    });
  }

  function conclude(
    question: Question,
    context: ReviewContext,
    { judged, policyGeneration }: { readonly judged: readonly JudgedImage[]; readonly policyGeneration: string },
  ): Review {
    const { request, workload, all, images } = question;
    const { kind } = workload;
    const isPod = kind === "Pod";
    // Ours alone: the second of the older webhooks has nothing to say about it.
    const clauses = context.webhook === "admit/va" ? undefined : question.clauses;
    const { answer, outcome } = composeAnswer(judged, {
      kind,
      clauses,
      failure: settings.failure,
      isCise: context.webhook === "admit/trust" || context.webhook === "admit/va",
      translate,
    });
    const isFinal = context.webhook === "validate";
    const patch = isPod && answer.allowed && !isFinal ? patchOf(judged, clauses, request) : [];
    return {
      answer: answer.allowed ? { ...answer, patch } : answer,
      outcome,
      decided: judged,
      isEnforced: true,
      policyGeneration,
      workload,
      ...(clauses === undefined ? {} : { clauses }),
      isWhole: images.length === all.length,
    };
  }

  function patchOf(
    judged: readonly JudgedImage[],
    clauses: WorkloadVerdict | undefined,
    request: AdmissionRequest,
  ): readonly JsonPatchOperation[] {
    const pins = judged.flatMap((each) => {
      const pinned = writtenAs(each);
      return pinned === undefined ? [] : [{ image: each.image, pinned }];
    });
    const account = clauses?.assignServiceAccount;
    const accountPatch =
      account === undefined || request.operation !== "CREATE" ? [] : buildServiceAccountPatch(request.object, account);
    return [...buildPinPatch(request.object, pins), ...accountPatch];
  }

  function writtenAs({ image, verdict, pinned, passedAs }: JudgedImage): string | undefined {
    return pinned === undefined ||
      passedAs !== undefined ||
      settings.pinnedForm === "digest" ||
      verdict.digest === undefined
      ? pinned
      : pinReference(image.reference, verdict.digest, settings.pinnedForm);
  }
}

interface Question {
  readonly request: AdmissionRequest;
  readonly workload: WorkloadKind;
  readonly all: readonly PodImage[];
  readonly images: readonly PodImage[];
  readonly policies: PolicySet;
  readonly clauses: WorkloadVerdict | undefined;
  readonly identity: WorkloadIdentity;
}

const NOT_YET: Verdict = {
  outcome: "undecided",
  reasons: [{ code: "LOOKUP_FAILED", effect: "undecided", params: {} }],
  mode: "enforce",
  mutateImage: false,
};

/** How long judging is waited for before what was admitted for the owner answers in its place; judging goes on. */
const OWNER_PATIENCE_MS = 1_000;

/**
 * Images that the object had before pass, so that what runs can be scaled, labelled and ended whatever its verdict is now.
 * Of a Pod only those in the same container: an ephemeral container is new, whatever runs beside it.
 */
function withoutUnchanged(
  images: readonly PodImage[],
  workload: WorkloadKind,
  request: AdmissionRequest,
): readonly PodImage[] {
  if (request.operation !== "UPDATE") {
    return images;
  }
  const keyOf =
    workload.kind === "Pod"
      ? ({ label, reference }: PodImage) => `${label}\n${reference}`
      : ({ reference }: PodImage) => reference;
  const before = new Set(readPodImages(workload, request.oldObject)?.map(keyOf));
  return images.filter((image) => !before.has(keyOf(image)));
}

function toPart(judged: JudgedImage, webhook: ReviewContext["webhook"]): JudgedImage {
  const verdict = partOf(judged.verdict, webhook);
  return verdict === judged.verdict ? judged : { ...judged, verdict, whole: judged.verdict };
}

/** A Pod is judged when it is made, and when it gets an ephemeral container; others when their template changes. */
function hasNewTemplate(workload: WorkloadKind, request: AdmissionRequest): boolean {
  if (request.operation === "CREATE") {
    return true;
  }
  return workload.kind === "Pod"
    ? request.subResource === "ephemeralcontainers"
    : !isDeepStrictEqual(readPodTemplate(workload, request.object), readPodTemplate(workload, request.oldObject));
}

/** At validation, an image that the first webhook would have pinned must still be pinned: a later webhook may have swapped it. */
function requireDigest(judged: JudgedImage): JudgedImage {
  if (judged.pinned === undefined) {
    return judged;
  }
  const reason = { code: "DIGEST_REQUIRED", effect: "deny", params: {} } as const;
  return { ...judged, verdict: { ...judged.verdict, outcome: "deny", reasons: [reason, ...judged.verdict.reasons] } };
}

function resourceName({ resource, subResource, kind }: AdmissionRequest): string {
  const name = [resource.group, resource.version, resource.resource, subResource]
    .filter((part) => part !== "")
    .join("/");
  return `${name} (${kind.kind})`;
}
