// SPDX-License-Identifier: Apache-2.0
import { isDigest } from "#base";
import type { StatedPackage, StatedProduct, StatementStatus, SuppressionStatement } from "#findings";
import { toStatedPackage, toStatedProduct } from "../stated-product.ts";
import type { JsonObject, VexFields } from "../vex-fields.ts";

const STATES: Readonly<Record<string, StatementStatus>> = {
  resolved: "fixed",
  resolved_with_pedigree: "fixed",
  exploitable: "affected",
  in_triage: "underInvestigation",
  false_positive: "notAffected",
  not_affected: "notAffected",
};
const JUSTIFICATIONS = [
  ...[
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
  ],
  ...["protected_by_compiler", "protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control"],
];

/** Whether a JSON object says that it is CycloneDX. */
export function isCycloneDx(document: JsonObject): boolean {
  return document["bomFormat"] === "CycloneDX";
}

/**
 * The statements of a CycloneDX document (1.4 to 1.6): vulnerabilities with an analysis. Where the document is about something, what it
 * says about a component holds inside of that only, and nowhere when nobody can recognise it. `attachedTo` is the subject of a document
 * that is attached to an image and does not say it in words that can be recognised.
 */
export function parseCycloneDxVex(
  document: JsonObject,
  fields: VexFields,
  attachedTo?: StatedProduct,
): readonly SuppressionStatement[] {
  const metadata = fields.optionalObject(document["metadata"], "metadata");
  const published = fields.optionalTime(metadata?.["timestamp"], "metadata.timestamp");
  const components = new ComponentIndex(document, metadata, { fields, attachedTo });
  return fields
    .list(document["vulnerabilities"], "vulnerabilities")
    .flatMap((each, index): readonly SuppressionStatement[] => {
      const place = `vulnerabilities[${index}]`;
      const vulnerability = fields.object(each, place);
      const analysis = fields.optionalObject(vulnerability["analysis"], `${place}.analysis`);
      if (analysis?.["state"] === undefined) {
        // a finding of a scanner, not a statement
        return [];
      }
      const state = fields.oneOf(analysis["state"], Object.keys(STATES), `${place}.analysis.state`);
      const status = STATES[state] ?? "underInvestigation";
      const detail = fields.optionalText(analysis["detail"], `${place}.analysis.detail`);
      const justification =
        analysis["justification"] === undefined
          ? undefined
          : fields.oneOf(analysis["justification"], JUSTIFICATIONS, `${place}.analysis.justification`);
      const action = fields.optionalText(vulnerability["recommendation"], `${place}.recommendation`) ?? detail;
      const why = justification ?? detail ?? (state === "false_positive" ? "false_positive" : undefined);
      const timestamp =
        fields.optionalTime(analysis["lastUpdated"], `${place}.analysis.lastUpdated`) ??
        fields.optionalTime(analysis["firstIssued"], `${place}.analysis.firstIssued`) ??
        fields.optionalTime(vulnerability["updated"], `${place}.updated`) ??
        published;
      const affects = fields.list(vulnerability["affects"], `${place}.affects`);
      if (affects.length === 0) {
        fields.fail(place, "names no product in affects");
      }
      return [
        {
          by: "vex",
          origin: `${fields.origin}#${index + 1}`,
          ids: idsOf(vulnerability, fields, place),
          status,
          ...(status === "affected"
            ? action === undefined
              ? {}
              : { action }
            : why === undefined
              ? {}
              : { justification: why }),
          ...(timestamp === undefined ? {} : { timestamp }),
          products: affects.flatMap((target, at) => {
            const affected = fields.object(target, `${place}.affects[${at}]`);
            const product = components.productOf(fields.text(affected["ref"], `${place}.affects[${at}].ref`));
            return ofVersions(product, fields.list(affected["versions"], `${place}.affects[${at}].versions`), status);
          }),
        },
      ];
    });
}

/**
 * Where `affects` lists versions, what clears is said of those that are named as unaffected and of no other; a range is left to
 * nobody's guess. What does not clear holds for all.
 */
function ofVersions(
  product: StatedProduct,
  versions: readonly unknown[],
  status: StatementStatus,
): readonly StatedProduct[] {
  if (versions.length === 0 || (status !== "notAffected" && status !== "fixed")) {
    return [product];
  }
  const unaffected = (versions as readonly (JsonObject | null)[]).flatMap((each) =>
    each?.["status"] === "unaffected" && typeof each["version"] === "string" ? [each["version"]] : [],
  );
  return unaffected.flatMap((version) => withVersion(product, version) ?? []);
}

function withVersion(product: StatedProduct, version: string): StatedProduct | undefined {
  if (product.kind === "package") {
    const { version: stated = version } = product.package;
    return stated === version ? { ...product, package: { ...product.package, version } } : undefined;
  }
  if (product.kind === "unknown" || product.parts === undefined) {
    return undefined;
  }
  const parts = product.parts
    .filter((part) => part.version === undefined || part.version === version)
    .map((part) => ({ ...part, version }));
  return { ...product, parts };
}

function idsOf(vulnerability: JsonObject, fields: VexFields, place: string): readonly string[] {
  const id = fields.text(vulnerability["id"], `${place}.id`);
  const others = fields.list(vulnerability["references"], `${place}.references`).map((each, index) => {
    const reference = fields.object(each, `${place}.references[${index}]`);
    return fields.text(reference["id"], `${place}.references[${index}].id`);
  });
  return [...new Set([id, ...others])];
}

/** The components of a document by their references. */
class ComponentIndex {
  readonly #parts = new Map<string, StatedPackage | undefined>();
  readonly #root: StatedProduct | undefined;
  readonly #rootRef: string | undefined;

  constructor(
    document: JsonObject,
    metadata: JsonObject | undefined,
    { fields, attachedTo }: { readonly fields: VexFields; readonly attachedTo: StatedProduct | undefined },
  ) {
    const root = fields.optionalObject(metadata?.["component"], "metadata.component");
    this.#rootRef = fields.optionalText(root?.["bom-ref"], "metadata.component.bom-ref");
    const stated = root === undefined ? undefined : rootProduct(root, fields);
    this.#root = stated === undefined || stated.kind === "unknown" ? (attachedTo ?? stated) : stated;
    // without recursion: components may be nested as deep as JSON allows
    const waiting = [root?.["components"], document["components"]].flatMap((each) => [
      ...fields.list(each, "components"),
    ]);
    if (root !== undefined) {
      this.#add(root, fields);
    }
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const component = fields.object(next, "components[…]");
      this.#add(component, fields);
      for (const each of fields.list(component["components"], "components[…].components")) {
        waiting.push(each);
      }
    }
  }

  /** The product of a reference: within this document, or a BOM-Link whose last part is a package URL. */
  productOf(ref: string): StatedProduct {
    if (ref === this.#rootRef && this.#root !== undefined) {
      return this.#root;
    }
    const purl = purlIn(ref);
    const part = this.#parts.has(ref) ? this.#parts.get(ref) : purl === undefined ? undefined : toStatedPackage(purl);
    if (part === undefined) {
      return purl === undefined || this.#root !== undefined
        ? { kind: "unknown", id: ref }
        : toStatedProduct(purl, undefined);
    }
    // of another document, whose subject is not known here, only that link says so
    const root = ref.startsWith("urn:cdx:") ? undefined : this.#root;
    if (root === undefined) {
      return { kind: "package", package: part };
    }
    return root.kind === "unknown" ? root : { ...root, parts: [part] };
  }

  #add(component: JsonObject, fields: VexFields): void {
    const ref = fields.optionalText(component["bom-ref"], "components[…].bom-ref");
    const purl = fields.optionalText(component["purl"], "components[…].purl");
    if (ref === undefined || purl === undefined) {
      return;
    }
    const part = toStatedPackage(purl);
    const version = fields.optionalText(component["version"], "components[…].version") ?? part?.version;
    this.#parts.set(
      ref,
      part === undefined || version === undefined || part.version !== undefined ? part : { ...part, version },
    );
  }
}

/** What the document is about: by the package URL of its root, or, of an image, the digest that stands as its version. */
function rootProduct(root: JsonObject, fields: VexFields): StatedProduct {
  const purl = fields.optionalText(root["purl"], "metadata.component.purl");
  const version = fields.optionalText(root["version"], "metadata.component.version");
  const named = purl === undefined ? undefined : toStatedProduct(purl, undefined);
  if (named?.kind !== "image" && version !== undefined && isDigest(version)) {
    return { kind: "image", image: { digest: version } };
  }
  return (
    named ?? {
      kind: "unknown",
      id: fields.optionalText(root["name"], "metadata.component.name") ?? "the document's subject",
    }
  );
}

/** A package URL as the reference itself, or at the end of a BOM-Link (`urn:cdx:…/1#pkg:…`), perhaps percent-encoded. */
function purlIn(ref: string): string | undefined {
  const text = ref.startsWith("urn:cdx:") ? ref.slice(ref.indexOf("#") + 1) : ref;
  if (text.startsWith("pkg:")) {
    return text;
  }
  try {
    const decoded = decodeURIComponent(text);
    return decoded.startsWith("pkg:") ? decoded : undefined;
  } catch {
    // not percent-encoded: no package URL either
    return undefined;
  }
}
