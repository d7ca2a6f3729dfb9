// SPDX-License-Identifier: Apache-2.0
import type { CodedError } from "#base";
import { ImageSourceError } from "#image-source";
import type { ProxyCacheErrorCode } from "./errors.ts";

/** What a failure of a fetch means for whoever pulls. */
export function cacheErrorCode(error: CodedError<string>): ProxyCacheErrorCode {
  if (!(error instanceof ImageSourceError)) {
    return "UPSTREAM_INVALID";
  }
  switch (error.code) {
    case "RATE_LIMITED":
      return "UPSTREAM_LIMITED";
    case "UNAUTHORIZED":
    case "DENIED":
    case "CREDENTIALS_INVALID":
    case "PLAIN_HTTP_REFUSED":
    case "ADDRESS_REFUSED":
      return "UPSTREAM_REFUSED";
    case "REGISTRY_UNREACHABLE":
    case "REGISTRY_TIMEOUT":
    case "REGISTRY_FAILED":
      return "UPSTREAM_AWAY";
    case "MANIFEST_UNKNOWN":
      return "UPSTREAM_UNKNOWN";
    default:
      return "UPSTREAM_INVALID";
  }
}
