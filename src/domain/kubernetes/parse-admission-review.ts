// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { LIMITS } from "#base";
import type { AdmissionRequest, ParsedReview } from "./admission-request.ts";
import { parseUnambiguousJson } from "./unambiguous-json.ts";

/** Kubernetes uses UUIDs; whatever comes is echoed, so it must be short. */
const uidSchema = z.string().min(1).max(256);

const identifier = z.string().max(1_024);

/** Members that we do not read may come and go with the version of the API server. */
const requestSchema: z.ZodType<AdmissionRequest> = z
  .object({
    uid: uidSchema,
    kind: z.object({ group: identifier, version: identifier, kind: identifier }),
    resource: z.object({ group: identifier, version: identifier, resource: identifier }),
    subResource: identifier.optional(),
    name: identifier.optional(),
    namespace: identifier.optional(),
    operation: z.enum(["CREATE", "UPDATE", "DELETE", "CONNECT"]),
    userInfo: z.object({ username: identifier.optional() }).optional(),
    dryRun: z.boolean().nullish(),
    object: z.unknown().optional(),
    // The API server writes null; who tries the gate by hand leaves it out.
    oldObject: z.unknown().optional(),
  })
  .transform((request) => ({
    uid: request.uid,
    kind: request.kind,
    resource: request.resource,
    subResource: request.subResource ?? "",
    name: request.name ?? "",
    namespace: request.namespace ?? "",
    operation: request.operation,
    userName: request.userInfo?.username ?? "",
    isDryRun: request.dryRun === true,
    object: request.object ?? null,
    oldObject: request.oldObject ?? null,
  }));

const reviewSchema = z.object({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  request: requestSchema,
});

const uidOnlySchema = z.object({ request: z.object({ uid: uidSchema }) });

/** The request in the bytes of an AdmissionReview v1, or what is wrong with them. Never throws. */
export function parseAdmissionReview(
  bytes: Uint8Array,
  limits: { readonly maxAdmissionReviewBytes: number; readonly maxJsonDepth: number } = LIMITS,
): ParsedReview {
  if (bytes.length > limits.maxAdmissionReviewBytes) {
    return { problem: `larger than ${limits.maxAdmissionReviewBytes} bytes` };
  }
  const json = parseUnambiguousJson(bytes, limits.maxJsonDepth);
  if ("problem" in json) {
    return json;
  }
  const review = reviewSchema.safeParse(json.value);
  if (review.success) {
    return { request: review.data.request };
  }
  const issue = review.error.issues[0];
  const problem = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not an AdmissionReview"}`;
  const known = uidOnlySchema.safeParse(json.value);
  return known.success ? { problem, uid: known.data.request.uid } : { problem };
}
