// SPDX-License-Identifier: Apache-2.0
import { isDigest } from "#base";
import type { StatedPackage, StatedProduct, StatementStatus, SuppressionStatement } from "#findings";
import { JUSTIFICATIONS } from "../justifications.ts";
import { toStatedPackage, toStatedProduct } from "../stated-product.ts";
import type { JsonObject, VexFields } from "../vex-fields.ts";

const STATUSES: Readonly<Record<string, StatementStatus>> = {
  not_affected: "notAffected",
  affected: "affected",
  fixed: "fixed",
  under_investigation: "underInvestigation",
};

/** Whether a JSON object says that it is OpenVEX. */
export function isOpenVex(document: JsonObject): boolean {
  const context = document["@context"];
  return typeof context === "string" && context.startsWith("https://openvex.dev/ns");
}

/**
 * The statements of an OpenVEX document (specification 0.2.0, and 0.0.1 in which products are texts), judged by its rules: a
 * `not_affected` says why, an `affected` says what to do, and neither borrows the words of the other. `subject` is the product of
 * statements that name none, in a document that is attached to an image.
 */
export function parseOpenVex(
  document: JsonObject,
  fields: VexFields,
  subject: StatedProduct | undefined,
): readonly SuppressionStatement[] {
  fields.text(document["@id"], "@id");
  fields.text(document["author"], "author");
  const issued = fields.optionalTime(document["timestamp"], "timestamp") ?? fields.fail("timestamp", "is missing");
  const updated = fields.optionalTime(document["last_updated"], "last_updated") ?? issued;
  if (!Array.isArray(document["statements"])) {
    fields.fail("statements", "is missing; expected a list");
  }
  return fields.list(document["statements"], "statements").map((each, index) => {
    const place = `statements[${index}]`;
    const statement = fields.object(each, place);
    const status = fields.oneOf(statement["status"], Object.keys(STATUSES), `${place}.status`);
    const { justification, impact, action } = readReasons(statement, status, fields, place);
    const timestamp =
      fields.optionalTime(statement["last_updated"], `${place}.last_updated`) ??
      fields.optionalTime(statement["timestamp"], `${place}.timestamp`) ??
      updated;
    const why = justification ?? impact;
    return {
      by: "vex",
      origin: `${fields.origin}#${index + 1}`,
      ids: vulnerabilityIds(statement["vulnerability"], fields, `${place}.vulnerability`),
      status: STATUSES[status] ?? "underInvestigation",
      ...(why === undefined ? {} : { justification: why }),
      ...(action === undefined ? {} : { action }),
      timestamp,
      products: readProducts(statement, fields, place, subject),
    };
  });
}

interface Reasons {
  readonly justification?: string;
  readonly impact?: string;
  readonly action?: string;
}

/** OpenVEX 0.2.0, "Status labels" and "Status justifications". */
function readReasons(statement: JsonObject, status: string, fields: VexFields, place: string): Reasons {
  const justification = fields.optionalText(statement["justification"], `${place}.justification`);
  const impact = fields.optionalText(statement["impact_statement"], `${place}.impact_statement`);
  const action = fields.optionalText(statement["action_statement"], `${place}.action_statement`);
  if (status === "not_affected") {
    if (justification === undefined && impact === undefined) {
      fields.fail(place, "says not_affected without justification or impact_statement");
    }
    if (justification !== undefined) {
      fields.oneOf(justification, JUSTIFICATIONS, `${place}.justification`);
    }
  } else if (justification !== undefined || impact !== undefined) {
    fields.fail(place, `says ${status} and has a justification, which only not_affected may have`);
  }
  if (status === "affected") {
    if (action === undefined) {
      fields.fail(place, "says affected without action_statement");
    }
  } else if (action !== undefined) {
    fields.fail(place, `says ${status} and has an action_statement, which only affected may have`);
  }
  return {
    ...(justification === undefined ? {} : { justification }),
    ...(impact === undefined ? {} : { impact }),
    ...(action === undefined ? {} : { action }),
  };
}

function vulnerabilityIds(value: unknown, fields: VexFields, place: string): readonly string[] {
  if (typeof value === "string") {
    return [fields.text(value, place)];
  }
  const vulnerability = fields.object(value, place);
  const name = fields.text(vulnerability["name"], `${place}.name`);
  return [name, ...fields.texts(vulnerability["aliases"], `${place}.aliases`)];
}

function readProducts(
  statement: JsonObject,
  fields: VexFields,
  place: string,
  subject: StatedProduct | undefined,
): readonly StatedProduct[] {
  const shared = readParts(statement["subcomponents"], fields, `${place}.subcomponents`);
  const listed = fields.list(statement["products"], `${place}.products`);
  if (listed.length === 0) {
    if (subject === undefined) {
      fields.fail(place, "names no product");
    }
    return [shared === undefined || subject.kind === "unknown" ? subject : { ...subject, parts: shared }];
  }
  return listed.flatMap((each, index) => {
    const at = `${place}.products[${index}]`;
    if (typeof each === "string") {
      return [toStatedProduct(fields.text(each, at), shared)];
    }
    const product = fields.object(each, at);
    const parts = readParts(product["subcomponents"], fields, `${at}.subcomponents`) ?? shared;
    const ids = identifiersOf(product, fields, at);
    if (ids.length === 0) {
      fields.fail(at, "has neither @id nor identifiers");
    }
    // one product under several names: any that can be recognised will do
    const products = ids.map((id) => toStatedProduct(id, parts));
    const known = products.filter(({ kind }) => kind !== "unknown");
    return known.length === 0 ? products.slice(0, 1) : known;
  });
}

function readParts(value: unknown, fields: VexFields, place: string): readonly StatedPackage[] | undefined {
  const listed = fields.list(value, place);
  if (listed.length === 0) {
    return undefined;
  }
  return listed.flatMap((each, index) => {
    const at = `${place}[${index}]`;
    const ids = typeof each === "string" ? [fields.text(each, at)] : identifiersOf(fields.object(each, at), fields, at);
    return ids.flatMap((id) => toStatedPackage(id) ?? []);
  });
}

function identifiersOf(component: JsonObject, fields: VexFields, place: string): readonly string[] {
  const id = fields.optionalText(component["@id"], `${place}.@id`);
  const identifiers = fields.optionalObject(component["identifiers"], `${place}.identifiers`);
  const purl = fields.optionalText(identifiers?.["purl"], `${place}.identifiers.purl`);
  const hashes = fields.optionalObject(component["hashes"], `${place}.hashes`);
  const sha256 = fields.optionalText(hashes?.["sha-256"], `${place}.hashes.sha-256`);
  const digest = sha256 === undefined ? undefined : `sha256:${sha256.toLowerCase()}`;
  // a digest names one image; the other identifiers of the same product may say less
  return digest !== undefined && isDigest(digest) && purl === undefined && id === undefined
    ? [digest]
    : [...new Set([purl, id].filter((each) => each !== undefined))];
}
