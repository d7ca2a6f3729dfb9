// SPDX-License-Identifier: Apache-2.0
import type { StatedProduct, StatementStatus, SuppressionStatement } from "#findings";
import { SuppressionError } from "../errors.ts";
import { JUSTIFICATIONS } from "../justifications.ts";
import type { JsonObject, VexFields } from "../vex-fields.ts";
import { readProductTree } from "./product-tree.ts";

/** A group may hold many products, and a document may name the group many times. */
const MAX_PRODUCTS = 1_000_000;

/** The status words of CSAF 2.0 (3.2.3.9) and what they mean; those that only advise which version to take say nothing here. */
const STATUSES: readonly (readonly [string, StatementStatus])[] = [
  ["known_affected", "affected"],
  ["first_affected", "affected"],
  ["last_affected", "affected"],
  ["under_investigation", "underInvestigation"],
  ["fixed", "fixed"],
  ["first_fixed", "fixed"],
  ["known_not_affected", "notAffected"],
];

/** Whether a JSON object says that it is CSAF. */
export function isCsaf(document: JsonObject): boolean {
  const inner = document["document"];
  return typeof inner === "object" && inner !== null && "csaf_version" in inner;
}

/** The statements of a CSAF 2.0 document (profile 5, VEX): one for each vulnerability and status. */
export function parseCsafVex(document: JsonObject, fields: VexFields): readonly SuppressionStatement[] {
  const head = fields.object(document["document"], "document");
  const version = fields.text(head["csaf_version"], "document.csaf_version");
  if (version !== "2.0" && version !== "2.1") {
    fields.fail("document.csaf_version", `must be 2.0 or 2.1, found ${version}`);
  }
  const tracking = fields.object(head["tracking"], "document.tracking");
  const released =
    fields.optionalTime(tracking["current_release_date"], "document.tracking.current_release_date") ??
    fields.fail("document.tracking.current_release_date", "is missing");
  const tree = readProductTree(fields.optionalObject(document["product_tree"], "product_tree") ?? {}, fields);
  if (!Array.isArray(document["vulnerabilities"])) {
    fields.fail("vulnerabilities", "is missing; expected a list");
  }
  const budget = { left: MAX_PRODUCTS };
  return fields.list(document["vulnerabilities"], "vulnerabilities").flatMap((each, index) => {
    const place = `vulnerabilities[${index}]`;
    const vulnerability = fields.object(each, place);
    const ids = idsOf(vulnerability, fields, place);
    const listed = fields.object(vulnerability["product_status"], `${place}.product_status`);
    const reasons = reasonsOf(vulnerability, tree.groups, fields, place);
    return STATUSES.flatMap(([word, status]): readonly SuppressionStatement[] => {
      const products = fields.texts(listed[word], `${place}.product_status.${word}`);
      return groupByReason(products, reasons, status).map(({ ids: productIds, reason }) => ({
        by: "vex",
        origin: `${fields.origin}#${index + 1}`,
        ids,
        status,
        ...(reason === undefined ? {} : status === "affected" ? { action: reason } : { justification: reason }),
        timestamp: released,
        products: productIds.flatMap((id) => productsOf(id, tree.products, budget, { fields, place })),
      }));
    });
  });
}

function idsOf(vulnerability: JsonObject, fields: VexFields, place: string): readonly string[] {
  const cve = fields.optionalText(vulnerability["cve"], `${place}.cve`);
  const others = fields.list(vulnerability["ids"], `${place}.ids`).map((each, index) => {
    const id = fields.object(each, `${place}.ids[${index}]`);
    return fields.text(id["text"], `${place}.ids[${index}].text`);
  });
  const ids = [...(cve === undefined ? [] : [cve]), ...others];
  return ids.length === 0 ? fields.fail(place, "has neither cve nor ids") : ids;
}

interface ReasonsByProduct {
  readonly notAffected: ReadonlyMap<string, string>;
  readonly affected: ReadonlyMap<string, string>;
}

/** Flags and impacts say why a product is not affected, remediations what to do about one that is. */
function reasonsOf(
  vulnerability: JsonObject,
  groups: ReadonlyMap<string, readonly string[]>,
  fields: VexFields,
  place: string,
): ReasonsByProduct {
  const notAffected = new Map<string, string>();
  const affected = new Map<string, string>();
  function add(reasons: Map<string, string>, entry: JsonObject, at: string, reason: string): void {
    const named = fields.texts(entry["product_ids"], `${at}.product_ids`);
    const grouped = fields.texts(entry["group_ids"], `${at}.group_ids`).flatMap((id) => groups.get(id) ?? []);
    for (const id of [...named, ...grouped]) {
      if (!reasons.has(id)) {
        reasons.set(id, reason);
      }
    }
  }
  for (const [index, each] of fields.list(vulnerability["flags"], `${place}.flags`).entries()) {
    const at = `${place}.flags[${index}]`;
    const flag = fields.object(each, at);
    add(notAffected, flag, at, fields.oneOf(flag["label"], JUSTIFICATIONS, `${at}.label`));
  }
  for (const [index, each] of fields.list(vulnerability["threats"], `${place}.threats`).entries()) {
    const at = `${place}.threats[${index}]`;
    const threat = fields.object(each, at);
    if (threat["category"] === "impact") {
      add(notAffected, threat, at, fields.text(threat["details"], `${at}.details`));
    }
  }
  for (const [index, each] of fields.list(vulnerability["remediations"], `${place}.remediations`).entries()) {
    const at = `${place}.remediations[${index}]`;
    const remediation = fields.object(each, at);
    add(affected, remediation, at, fields.text(remediation["details"], `${at}.details`));
  }
  return { notAffected, affected };
}

function groupByReason(
  products: readonly string[],
  reasons: ReasonsByProduct,
  status: StatementStatus,
): readonly { readonly ids: readonly string[]; readonly reason: string | undefined }[] {
  const relevant =
    status === "notAffected" ? reasons.notAffected : status === "affected" ? reasons.affected : undefined;
  const byReason = Map.groupBy(products, (id) => relevant?.get(id));
  return [...byReason].map(([reason, ids]) => ({ ids, reason }));
}

function productsOf(
  id: string,
  products: ReadonlyMap<string, readonly StatedProduct[]>,
  budget: { left: number },
  { fields, place }: { readonly fields: VexFields; readonly place: string },
): readonly StatedProduct[] {
  const found =
    products.get(id) ??
    fields.fail(place, `names the product ${JSON.stringify(id.slice(0, 100))}, which product_tree has not`);
  budget.left -= found.length;
  if (budget.left < 0) {
    throw new SuppressionError("LIMIT_EXCEEDED", `${fields.origin}: names products more than ${MAX_PRODUCTS} times`);
  }
  return found;
}
