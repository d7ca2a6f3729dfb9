// SPDX-License-Identifier: Apache-2.0
import { CodedError, messageOf } from "#base";
import { ImageSourceError, type ImageSourceErrorCode } from "#image-source";
import { OciError } from "#oci";
import type { ImageFacts } from "#policy";
import { RemoteImageError } from "./errors.ts";

type Problem = NonNullable<Extract<ImageFacts, { kind: "unknown" }>["problem"]>;

const MAX_MESSAGE = 300;

/** Answers that mean "not with these credentials": others may do better. */
const REFUSALS: ReadonlySet<ImageSourceErrorCode> = new Set(["UNAUTHORIZED", "DENIED"]);
/** Content that is not what it is called: the fault of whoever keeps it, not of the way there. */
const LIES: ReadonlySet<ImageSourceErrorCode> = new Set([
  "BLOB_DIGEST_MISMATCH",
  "BLOB_TOO_LONG",
  "BLOB_TOO_SHORT",
  "LIMIT_EXCEEDED",
]);
/** What people are told about a registry that gave no answer (`reason.REGISTRY_UNAVAILABLE`). */
const PROBLEMS: Readonly<Partial<Record<ImageSourceErrorCode, string>>> = {
  REGISTRY_TIMEOUT: "timeout",
  RATE_LIMITED: "busy",
  PLAIN_HTTP_REFUSED: "plain",
  ADDRESS_REFUSED: "address",
};

/** Whether other credentials may do better. */
export function isRefusal(error: unknown): error is ImageSourceError {
  return error instanceof ImageSourceError && REFUSALS.has(error.code);
}

/** What was thrown while a registry was asked, as one of our errors; a bug stays what it is. */
export function toRemoteImageError(error: unknown, registry: string): unknown {
  if (error instanceof RemoteImageError) {
    return error;
  }
  const options = { cause: error, details: { registry } };
  if (error instanceof OciError || (error instanceof ImageSourceError && LIES.has(error.code))) {
    return new RemoteImageError("IMAGE_INVALID", error.message, options);
  }
  if (error instanceof ImageSourceError) {
    if (REFUSALS.has(error.code)) {
      return new RemoteImageError("REGISTRY_REFUSED", error.message, options);
    }
    if (error.code === "MANIFEST_UNKNOWN" || error.code === "BLOB_MISSING") {
      return new RemoteImageError("IMAGE_NOT_FOUND", error.message, options);
    }
    const problem = isAboutTls(error) ? "tls" : (PROBLEMS[error.code] ?? "other");
    return new RemoteImageError("REGISTRY_UNAVAILABLE", error.message, { ...options, details: { registry, problem } });
  }
  if (error instanceof CodedError || isAbort(error)) {
    const problem = isAbort(error) ? "timeout" : "other";
    return new RemoteImageError("REGISTRY_UNAVAILABLE", messageOf(error), {
      ...options,
      details: { registry, problem },
    });
  }
  return error;
}

/** What a verdict says in the place of facts. */
export function problemOf(error: RemoteImageError): Problem {
  const registry = textOf(error.details["registry"]);
  switch (error.code) {
    case "REGISTRY_UNAVAILABLE":
      return { code: error.code, effect: "undecided", params: { registry, problem: textOf(error.details["problem"]) } };
    case "IMAGE_INVALID":
      return { code: error.code, effect: "deny", params: { registry, message: error.message.slice(0, MAX_MESSAGE) } };
    default:
      return { code: error.code, effect: "undecided", params: { registry } };
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isAboutTls(error: ImageSourceError): boolean {
  const { reason } = error.details;
  return error.code === "REGISTRY_UNREACHABLE" && typeof reason === "string" && /CERT|TLS|SSL|SIGNATURE/.test(reason);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
}
