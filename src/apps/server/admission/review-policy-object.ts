// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { API_GROUP } from "#base";
import type { KubeClient } from "#kube";
import type { AdmissionAnswer, AdmissionRequest } from "#kubernetes";
import type { Translate } from "#messages";
import { type PolicyException, type PolicyProblem, parsePolicyObject } from "#policy";
import { checkCondition } from "../check-condition.ts";
import type { ReviewOutcome } from "./admission-metrics.ts";
import { type ReviewContext, untilDeadline } from "./review-context.ts";

/** Problems that a message lists: what kubectl prints has to be read. */
const MAX_PROBLEMS = 20;
const ACCESS_REVIEW_MS = 5_000;

const GROUPS: ReadonlySet<string> = new Set([
  API_GROUP,
  "portieris.cloud.ibm.com",
  "securityenforcement.admission.cloud.ibm.com",
]);
const RESOURCES: ReadonlySet<string> = new Set(["imagepolicies", "clusterimagepolicies", "policyexceptions"]);

export interface PolicyReviewerOptions {
  /** Absent without a cluster: then nobody can say who may approve. */
  readonly client: KubeClient | undefined;
  readonly translate: Translate;
}

export interface PolicyReview {
  readonly answer: AdmissionAnswer;
  readonly outcome: ReviewOutcome;
}

const PASSED: PolicyReview = { answer: { allowed: true }, outcome: "allow" };

/**
 * A function that answers requests about our own kinds: what could not be read would leave every image of its level
 * undecided, so it is refused with what is wrong, by path. Of an exception nobody writes another's name as requester or
 * approver; with the schema, which keeps the two apart, it takes two users to grant one.
 */
export function createPolicyReviewer(
  options: PolicyReviewerOptions,
): (request: AdmissionRequest, context: ReviewContext) => Promise<PolicyReview> {
  const { client, translate } = options;

  function refuse(code: 403 | 503, message: string): PolicyReview {
    return { answer: { allowed: false, code, message }, outcome: code === 403 ? "deny" : "undecided" };
  }

  function problemText({ path, message }: PolicyProblem): string {
    return path === ""
      ? translate("admission.policyProblemWhole", { problem: message })
      : translate("admission.policyProblem", { path, problem: message });
  }

  /** `undefined`: nobody can tell. */
  async function mayApprove(request: AdmissionRequest, context: ReviewContext): Promise<boolean | undefined> {
    if (client === undefined) {
      return undefined;
    }
    try {
      const answer = await client.raw(
        "POST",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        accessReview(request),
        { signal: untilDeadline(context, ACCESS_REVIEW_MS) },
      );
      const { status } = answer as { readonly status?: { readonly allowed?: unknown } | null };
      return typeof status?.allowed === "boolean" ? status.allowed : undefined;
    } catch (error) {
      context.log().warn({ err: error }, "could not ask the Kubernetes API who may approve exceptions");
      return undefined;
    }
  }

  /**
   * Whoever asks for an exception, or makes one cover more than was asked for, is who asks. Whoever could write another's
   * name there, or change the request of another and approve it, would grant their own.
   */
  function reviewRequester({ requester }: PolicyException, request: AdmissionRequest): PolicyReview {
    const user = request.userName;
    const before = request.operation === "UPDATE" ? specOf(request.oldObject) : undefined;
    const isSameRequest = before !== undefined && asksForNoMore(specOf(request.object), before);
    const expected = isSameRequest ? before["requester"] : user;
    return requester === expected ? PASSED : refuse(403, translate("admission.requesterOther", { requester, user }));
  }

  async function reviewException(
    exception: PolicyException,
    request: AdmissionRequest,
    context: ReviewContext,
  ): Promise<PolicyReview> {
    const review = reviewRequester(exception, request);
    return review.outcome === "allow" ? await reviewApprover(exception, request, context) : review;
  }

  async function reviewApprover(
    exception: PolicyException,
    request: AdmissionRequest,
    context: ReviewContext,
  ): Promise<PolicyReview> {
    const { approver } = exception;
    const user = request.userName;
    if (approver === undefined) {
      return PASSED;
    }
    if (approver !== user) {
      return refuse(403, translate("admission.approverOther", { approver, user }));
    }
    switch (await mayApprove(request, context)) {
      case true:
        return PASSED;
      case false:
        return refuse(403, translate("admission.approverForbidden", { user }));
      default:
        return refuse(503, translate("admission.policyUndecided", { kind: request.kind.kind, user }));
    }
  }

  return async (request, context) => {
    const { group, resource } = request.resource;
    const isOurs = GROUPS.has(group) && RESOURCES.has(resource) && request.subResource === "";
    if (!isOurs || request.operation === "DELETE" || request.operation === "CONNECT") {
      return { ...PASSED, outcome: "untouched" };
    }
    // Labels, finalizers and the like of an object that is there, even of one that could not be read.
    if (request.operation === "UPDATE" && hasSameSpec(request.object, request.oldObject)) {
      return PASSED;
    }
    const { kind } = request.kind;
    const parsed = parsePolicyObject(request.object, `${kind} ${request.name}`, { checkCondition });
    if ("problems" in parsed) {
      const lines = parsed.problems.slice(0, MAX_PROBLEMS).map(problemText);
      return refuse(403, [translate("admission.policyInvalid", { kind }), ...lines].join("\n"));
    }
    const review = parsed.exception === undefined ? PASSED : await reviewException(parsed.exception, request, context);
    const warnings = parsed.warnings.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    return { ...review, answer: { ...review.answer, warnings } };
  };
}

/** With everything that the authenticator said of the user: an authorizer may look at any of it. */
function accessReview(request: AdmissionRequest): object {
  const extra = request.userExtra;
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: request.userName,
      ...(request.userUid === "" ? {} : { uid: request.userUid }),
      groups: request.userGroups,
      ...(typeof extra === "object" && extra !== null ? { extra } : {}),
      resourceAttributes: {
        group: API_GROUP,
        version: "v1",
        resource: "policyexceptions",
        verb: "approve",
        ...(request.namespace === "" ? {} : { namespace: request.namespace }),
        ...(request.name === "" ? {} : { name: request.name }),
      },
    },
  };
}

type WrittenSpec = Readonly<Record<string, unknown>>;

function specOf(object: unknown): WrittenSpec {
  const { spec } = (object ?? {}) as { readonly spec?: unknown };
  return typeof spec === "object" && spec !== null ? (spec as WrittenSpec) : {};
}

/** The same but for who asks and who approves; it may end earlier. */
function asksForNoMore(next: WrittenSpec, before: WrittenSpec): boolean {
  const { requester: _requester, approver: _approver, until, ...rest } = next;
  const { requester: _before, approver: _approved, until: untilBefore, ...restBefore } = before;
  return isDeepStrictEqual(rest, restBefore) && Date.parse(String(until)) <= Date.parse(String(untilBefore));
}

function hasSameSpec(object: unknown, oldObject: unknown): boolean {
  const [next, before] = [object, oldObject] as readonly ({
    readonly spec?: unknown;
    readonly apiVersion?: unknown;
  } | null)[];
  return (
    typeof next === "object" &&
    typeof before === "object" &&
    next?.spec !== undefined &&
    next.apiVersion === before?.apiVersion &&
    isDeepStrictEqual(next.spec, before?.spec)
  );
}
