// SPDX-License-Identifier: Apache-2.0
import type { AdmissionRequest } from "./admission-request.ts";

/** Kubernetes uses UUIDs; whatever comes is echoed, so it must be short. */
const MAX_UID_LENGTH = 256;
const MAX_TEXT_LENGTH = 1_024;
const MAX_GROUPS = 10_000;

type Members = Readonly<Record<string, unknown>>;

/** Where a review is not what it should be, and how; caught where reviews are parsed. */
export class UnreadableReview extends Error {
  override readonly name: string = "UnreadableReview";
}

/**
 * The request of an AdmissionReview (`admission.k8s.io/v1`). By hand and not by a schema: every review comes through here,
 * and a schema takes longer than parsing the JSON. Members that we do not read may come and go with the version of the
 * API server. Throws {@link UnreadableReview}.
 */
export function readAdmissionRequest(review: unknown): AdmissionRequest {
  const { apiVersion, kind, request } = members(review, "review");
  if (apiVersion !== "admission.k8s.io/v1" || kind !== "AdmissionReview") {
    throw new UnreadableReview("expected apiVersion admission.k8s.io/v1 and kind AdmissionReview");
  }
  const read = members(request, "request");
  const user = read["userInfo"] === undefined ? {} : members(read["userInfo"], "request.userInfo");
  return {
    uid: readUid(read["uid"]),
    kind: readNames(read["kind"], "kind", "kind"),
    resource: readNames(read["resource"], "resource", "resource"),
    subResource: optionalText(read["subResource"], "request.subResource"),
    name: optionalText(read["name"], "request.name"),
    namespace: optionalText(read["namespace"], "request.namespace"),
    operation: readOperation(read["operation"]),
    userName: optionalText(user["username"], "request.userInfo.username"),
    userGroups: readGroups(user["groups"]),
    userUid: optionalText(user["uid"], "request.userInfo.uid"),
    userExtra: user["extra"],
    isDryRun: readDryRun(read["dryRun"]),
    object: read["object"] ?? null,
    // The API server writes null; who tries the gate by hand leaves it out.
    oldObject: read["oldObject"] ?? null,
  };
}

/** The uid of a review, if that much of it can be read. */
export function findUid(review: unknown): string | undefined {
  try {
    return readUid(members(members(review, "review")["request"], "request")["uid"]);
  } catch {
    return undefined;
  }
}

function members(value: unknown, path: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UnreadableReview(`${path}: expected an object`);
  }
  return value as Members;
}

function text(value: unknown, path: string, maxLength: number = MAX_TEXT_LENGTH): string {
  if (typeof value !== "string" || value.length > maxLength) {
    throw new UnreadableReview(`${path}: expected a text of at most ${maxLength} characters`);
  }
  return value;
}

function optionalText(value: unknown, path: string): string {
  return value === undefined ? "" : text(value, path);
}

function readUid(value: unknown): string {
  const uid = text(value, "request.uid", MAX_UID_LENGTH);
  if (uid === "") {
    throw new UnreadableReview("request.uid: must not be empty");
  }
  return uid;
}

/** `kind` and `resource` are of one shape, but for the last member. */
function readNames<L extends string>(
  value: unknown,
  name: string,
  last: L,
): { readonly group: string; readonly version: string } & { readonly [key in L]: string } {
  const read = members(value, `request.${name}`);
  const group = text(read["group"], `request.${name}.group`);
  const version = text(read["version"], `request.${name}.version`);
  const names: unknown = { group, version, [last]: text(read[last], `request.${name}.${last}`) };
  return names as ReturnType<typeof readNames<L>>;
}

function readOperation(value: unknown): AdmissionRequest["operation"] {
  if (value !== "CREATE" && value !== "UPDATE" && value !== "DELETE" && value !== "CONNECT") {
    throw new UnreadableReview("request.operation: expected CREATE, UPDATE, DELETE or CONNECT");
  }
  return value;
}

function readGroups(value: unknown): readonly string[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value) || value.length > MAX_GROUPS) {
    throw new UnreadableReview(`request.userInfo.groups: expected at most ${MAX_GROUPS} texts`);
  }
  return value.map((group) => text(group, "request.userInfo.groups"));
}

function readDryRun(value: unknown): boolean {
  if (value !== undefined && value !== null && typeof value !== "boolean") {
    throw new UnreadableReview("request.dryRun: expected true or false");
  }
  return value === true;
}
