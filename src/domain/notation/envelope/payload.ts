// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from "node:buffer";
import { quote } from "#base";
import { SignatureRejected } from "#signatures";
import { PAYLOAD_MEDIA_TYPE } from "./envelope.ts";
import { malformed } from "./signed-attributes.ts";

/**
 * Throws `SignatureRejected` unless the payload's `targetArtifact` is a descriptor of the digest. Only to be called for a
 * payload whose signature holds.
 */
export function assertPayloadNames(
  digest: string,
  envelope: { readonly contentType: string; readonly payload: Uint8Array },
): void {
  if (envelope.contentType !== PAYLOAD_MEDIA_TYPE) {
    throw malformed(`expected a payload of type ${PAYLOAD_MEDIA_TYPE}, found ${quote(envelope.contentType)}`);
  }
  const target = targetOf(envelope.payload);
  if (target["digest"] !== digest) {
    throw new SignatureRejected(
      "DIGEST_MISMATCH",
      `expected a signature over ${digest}, found one over ${quote(String(target["digest"]))}`,
    );
  }
}

function targetOf(payload: Uint8Array): Readonly<Record<string, unknown>> {
  const target = isUtf8(payload) ? readTarget(Buffer.from(payload).toString("utf8")) : undefined;
  const { mediaType, digest, size } = target ?? {};
  const isDescriptor =
    typeof mediaType === "string" && mediaType !== "" && typeof digest === "string" && Number.isSafeInteger(size);
  if (target === undefined || !isDescriptor || Number(size) < 0) {
    throw malformed("the payload has no targetArtifact with media type, digest and size");
  }
  return target;
}

function readTarget(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload: unknown = JSON.parse(text);
    const target: unknown =
      typeof payload === "object" && payload !== null && "targetArtifact" in payload
        ? payload.targetArtifact
        : undefined;
    return typeof target === "object" && target !== null ? (target as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
