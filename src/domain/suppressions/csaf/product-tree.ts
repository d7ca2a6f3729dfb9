// SPDX-License-Identifier: Apache-2.0
import type { StatedPackage, StatedProduct } from "#findings";
import { toStatedPackage, toStatedProduct } from "../stated-product.ts";
import type { JsonObject, VexFields } from "../vex-fields.ts";

/** The products of a CSAF document by their ids, and groups of ids. */
export interface ProductTree {
  readonly products: ReadonlyMap<string, readonly StatedProduct[]>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads a product tree (CSAF 2.0, 3.2.2). A product counts by the package URL or the hash of its identification helper; a
 * relationship is the component inside of the product that it relates to. What has neither cannot be recognised in an image.
 */
export function readProductTree(tree: JsonObject, fields: VexFields): ProductTree {
  const purls = new Map<string, string | undefined>();
  const products = new Map<string, readonly StatedProduct[]>();
  function add(value: unknown, place: string, isOfVersions = false): void {
    const product = fields.object(value, place);
    const id = fields.text(product["product_id"], `${place}.product_id`);
    const named = identifierOf(product, fields, place);
    // "before 2.0" stands in the name of the branch: without a version the identifier would mean every version
    const identifier = isOfVersions && named !== undefined && hasNoVersion(named) ? undefined : named;
    purls.set(id, identifier);
    products.set(id, [identifier === undefined ? { kind: "unknown", id } : toStatedProduct(identifier, undefined)]);
  }
  for (const [index, each] of fields.list(tree["full_product_names"], "product_tree.full_product_names").entries()) {
    add(each, `product_tree.full_product_names[${index}]`);
  }
  // without recursion: branches may be nested as deep as JSON allows
  const branches: (readonly [unknown, string, boolean])[] = fields
    .list(tree["branches"], "product_tree.branches")
    .map((each, index) => [each, `product_tree.branches[${index}]`, false]);
  for (let next = branches.pop(); next !== undefined; next = branches.pop()) {
    const [value, place, isBelowVersions] = next;
    const branch = fields.object(value, place);
    const category = branch["category"];
    const isOfVersions = isBelowVersions || category === "product_version" || category === "product_version_range";
    if (branch["product"] !== undefined) {
      add(branch["product"], `${place}.product`, isOfVersions);
    }
    for (const each of fields.list(branch["branches"], `${place}.branches`)) {
      branches.push([each, "product_tree.branches[…]", isOfVersions]);
    }
  }
  for (const [index, each] of fields.list(tree["relationships"], "product_tree.relationships").entries()) {
    const place = `product_tree.relationships[${index}]`;
    const relationship = fields.object(each, place);
    const name = fields.object(relationship["full_product_name"], `${place}.full_product_name`);
    const id = fields.text(name["product_id"], `${place}.full_product_name.product_id`);
    const component = fields.text(relationship["product_reference"], `${place}.product_reference`);
    const whole = fields.text(relationship["relates_to_product_reference"], `${place}.relates_to_product_reference`);
    products.set(id, [within(id, purls.get(component), purls.get(whole))]);
  }
  return { products, groups: readGroups(tree, fields) };
}

function hasNoVersion(identifier: string): boolean {
  const stated = toStatedPackage(identifier);
  return stated !== undefined && stated.version === undefined;
}

/** A component of a product that nobody can recognise must not be cleared everywhere. */
function within(id: string, component: string | undefined, whole: string | undefined): StatedProduct {
  const part: StatedPackage | undefined = component === undefined ? undefined : toStatedPackage(component);
  return part === undefined || whole === undefined ? { kind: "unknown", id } : toStatedProduct(whole, [part]);
}

function identifierOf(product: JsonObject, fields: VexFields, place: string): string | undefined {
  const at = `${place}.product_identification_helper`;
  const helper = fields.optionalObject(product["product_identification_helper"], at);
  const purl = fields.optionalText(helper?.["purl"], `${at}.purl`) ?? fields.texts(helper?.["purls"], `${at}.purls`)[0];
  if (purl !== undefined) {
    return purl;
  }
  for (const [index, each] of fields.list(helper?.["hashes"], `${at}.hashes`).entries()) {
    const hashes = fields.object(each, `${at}.hashes[${index}]`);
    for (const value of fields.list(hashes["file_hashes"], `${at}.hashes[${index}].file_hashes`)) {
      const hash = fields.object(value, `${at}.hashes[${index}].file_hashes`);
      if (hash["algorithm"] === "sha256" && typeof hash["value"] === "string") {
        return `sha256:${hash["value"].toLowerCase()}`;
      }
    }
  }
  return undefined;
}

function readGroups(tree: JsonObject, fields: VexFields): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>();
  for (const [index, each] of fields.list(tree["product_groups"], "product_tree.product_groups").entries()) {
    const place = `product_tree.product_groups[${index}]`;
    const group = fields.object(each, place);
    const id = fields.text(group["group_id"], `${place}.group_id`);
    groups.set(id, fields.texts(group["product_ids"], `${place}.product_ids`));
  }
  return groups;
}
