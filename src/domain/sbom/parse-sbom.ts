// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestOf, LIMITS, type Limits, messageOf } from "#base";
import { readCycloneDx } from "./cyclonedx/read-cyclonedx.ts";
import { SbomError } from "./errors.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { Sbom } from "./sbom-image.ts";
import { parseTagValue } from "./spdx/parse-tag-value.ts";
import { readSpdx } from "./spdx/read-spdx.ts";

/**
 * The images that a bill of materials describes: CycloneDX 1.2 to 1.7 as JSON, SPDX 2.2 and 2.3 as JSON or tag-value. One of ours
 * gives the inventory of the image it came from; another's gives what it says, and what it does not say is unknown. An entry that
 * cannot be read is a problem of the inventory. Throws `SbomError` for a document that is no bill of materials.
 */
export function parseSbom(bytes: Uint8Array, limits: Limits = LIMITS): Sbom {
  if (bytes.byteLength > limits.maxSbomBytes) {
    throw new SbomError(
      "SBOM_TOO_LARGE",
      `the document has ${bytes.byteLength} bytes, more than ${limits.maxSbomBytes} are not read`,
    );
  }
  const text = decode(bytes);
  let known: Digest | undefined;
  // one of ours names the layer of each package, so nobody asks
  function digest(): Digest {
    known ??= digestOf(bytes);
    return known;
  }
  if (/^\s*SPDXVersion:/m.test(text.slice(0, 4_096))) {
    return readSpdx(parseTagValue(text, limits), digest, limits);
  }
  const document = parseJson(text);
  if (document["bomFormat"] === "CycloneDX") {
    return readCycloneDx(document, digest, limits);
  }
  if (typeof document["spdxVersion"] === "string") {
    return readSpdx(document, digest, limits);
  }
  throw new SbomError("SBOM_UNSUPPORTED", "expected CycloneDX as JSON, or SPDX as JSON or tag-value");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SbomError("SBOM_INVALID", "the document is not UTF-8", { cause: error });
  }
}

function parseJson(text: string): Fields {
  if (!/^\s*\{/.test(text.slice(0, 1_000))) {
    throw new SbomError("SBOM_UNSUPPORTED", "expected CycloneDX as JSON, or SPDX as JSON or tag-value");
  }
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    throw new SbomError("SBOM_INVALID", `the document is not JSON: ${messageOf(error).slice(0, 200)}`, {
      cause: error,
    });
  }
}
