// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import type { SuppressionStatement } from "#findings";
import { isCsaf, parseCsafVex } from "./csaf/parse-csaf-vex.ts";
import { isCycloneDx, parseCycloneDxVex } from "./cyclonedx/parse-cyclonedx-vex.ts";
import { SuppressionError } from "./errors.ts";
import { isOpenVex, parseOpenVex } from "./openvex/parse-openvex.ts";
import { VexFields } from "./vex-fields.ts";

/** A VEX document that was read. */
export interface VexDocument {
  readonly format: "openvex" | "csaf" | "cyclonedx";
  readonly statements: readonly SuppressionStatement[];
  /** Products that no image and no package can be recognised by, as the document names them, sorted: their statements match nothing. */
  readonly unknownProducts: readonly string[];
}

/** Where a VEX document came from. */
export interface VexOrigin {
  /** As people find it again: a file name, a referrer's digest, a hub's address. */
  readonly name: string;
  /** The image that it is attached to: the product of statements that name none. */
  readonly subject?: Digest;
}

/**
 * The statements of a VEX document in OpenVEX, CSAF or CycloneDX JSON. Throws `VEX_INVALID`, with the name and the place, for whatever is not a
 * whole and correct document, `LIMIT_EXCEEDED` for one that is too large: a document is used as a whole or not at all.
 */
export function parseVex(content: string | Uint8Array, origin: VexOrigin): VexDocument {
  const fields = new VexFields(origin.name);
  const document = fields.object(parseJson(content, fields), "");
  const read = readStatements();
  const unknown = read.statements.flatMap(({ products }) =>
    (products ?? []).flatMap((each) => (each.kind === "unknown" ? [each.id] : [])),
  );
  return { ...read, unknownProducts: [...new Set(unknown)].sort() };

  function readStatements(): Omit<VexDocument, "unknownProducts"> {
    const subject =
      origin.subject === undefined ? undefined : ({ kind: "image", image: { digest: origin.subject } } as const);
    if (isOpenVex(document)) {
      return { format: "openvex", statements: parseOpenVex(document, fields, subject) };
    }
    if (isCsaf(document)) {
      return { format: "csaf", statements: parseCsafVex(document, fields) };
    }
    if (isCycloneDx(document)) {
      return { format: "cyclonedx", statements: parseCycloneDxVex(document, fields, subject) };
    }
    return fields.fail("", "is neither OpenVEX nor CSAF nor CycloneDX");
  }
}

function parseJson(content: string | Uint8Array, fields: VexFields): unknown {
  if (content.length > LIMITS.maxVexBytes) {
    throw new SuppressionError("LIMIT_EXCEEDED", `${fields.origin}: has more than ${LIMITS.maxVexBytes} bytes`);
  }
  try {
    const text = typeof content === "string" ? content : new TextDecoder("utf-8", { fatal: true }).decode(content);
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    throw new SuppressionError("VEX_INVALID", `${fields.origin}: the document is not JSON in UTF-8`, { cause: error });
  }
}
