// SPDX-License-Identifier: Apache-2.0
import { NotApplicableError, UnsupportedError } from "./check.ts";
import type { Reply } from "./registry-under-test.ts";

/** distribution-spec, "Error Codes"; the last two are of "Legacy Docker support error codes". */
const CODES: readonly string[] = [
  "BLOB_UNKNOWN",
  "BLOB_UPLOAD_INVALID",
  "BLOB_UPLOAD_UNKNOWN",
  "DIGEST_INVALID",
  "MANIFEST_BLOB_UNKNOWN",
  "MANIFEST_INVALID",
  "MANIFEST_UNKNOWN",
  "NAME_INVALID",
  "NAME_UNKNOWN",
  "SIZE_INVALID",
  "UNAUTHORIZED",
  "DENIED",
  "UNSUPPORTED",
  "TOOMANYREQUESTS",
  "TAG_INVALID",
  "MANIFEST_UNVERIFIED",
];

/** Throws unless the status is one of those. */
export function expectStatus(reply: Reply, ...statuses: readonly number[]): Reply {
  if (!statuses.includes(reply.status)) {
    const body = reply.body.subarray(0, 200).toString();
    throw new Error(`expected status ${statuses.join(" or ")}, found ${reply.status} ${body}`);
  }
  return reply;
}

/** Throws unless both are the same; `what` names them. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) {
    throw new Error(`${what}: expected ${String(b).slice(0, 300)}, found ${String(a).slice(0, 300)}`);
  }
}

/** The value of a header that must be there. */
export function expectHeader(reply: Reply, name: string): string {
  const value = reply.headers[name];
  if (typeof value !== "string" || value === "") {
    throw new Error(`expected a header ${name}`);
  }
  return value;
}

/** The case that a clause is about, which does not come up at every registry. */
export function notApplicableIf(isOtherCase: boolean, why: string): void {
  if (isOtherCase) {
    throw new NotApplicableError(why);
  }
}

/** A feature that a registry may leave out, and this one does by such an answer. */
export function unsupportedIf(reply: Reply, ...statuses: readonly number[]): Reply {
  if (statuses.includes(reply.status)) {
    throw new UnsupportedError(`status ${reply.status}`);
  }
  return reply;
}

/** Throws unless the body, if it is JSON, is of the specified form ("Error Codes"). */
export function expectErrorForm(reply: Reply): void {
  if (/json/i.test(String(reply.headers["content-type"] ?? ""))) {
    expectErrorBody(reply);
  }
}

/** Throws unless the body is of the specified form ("Error Codes"); gives the codes. */
export function expectErrorBody(reply: Reply): readonly string[] {
  const { errors } = JSON.parse(reply.body.toString()) as {
    readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
  };
  if (!Array.isArray(errors) || errors.length === 0) {
    throw new Error("expected a list of errors");
  }
  return errors.map(({ code, message }) => {
    if (typeof code !== "string" || !/^[A-Z_]+$/.test(code)) {
      throw new Error(`expected a code of upper-case letters and underscores, found ${String(code)}`);
    }
    if (!CODES.includes(code)) {
      throw new Error(`expected a code of the specification, found ${code}`);
    }
    if (message !== undefined && typeof message !== "string") {
      throw new Error("expected a message that is text");
    }
    return code;
  });
}
