// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";
import { canonicalEcosystem } from "../canonical-ecosystem.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";

/** A package in a product of a CSAF document. */
export interface CsafPackage {
  readonly ecosystem: string;
  readonly name: string;
  /** `epoch:version-release`; absent when the document speaks of the package as a whole. */
  readonly version?: string;
  readonly module?: string;
}

interface Product {
  readonly cpe?: string;
  readonly purl?: string;
  readonly name: string;
}

const MAX_DEPTH = 32;
const MAX_PRODUCTS = 500_000;

/**
 * The products of a document (CSAF 2.0 section 3.2.2): what a product id stands for, a package "as a component of" a platform
 * whose CPE says the release. `undefined` for platforms that have no ecosystem here, such as extended support streams.
 */
export class CsafProducts {
  readonly #products = new Map<string, Product>();
  readonly #relationships = new Map<string, { readonly component: string; readonly platform: string }>();

  /** Throws `Error` when the tree is deeper or larger than the limits. */
  constructor(tree: JsonObject | undefined) {
    const open = arrayOf(tree?.["branches"]).map((branch) => ({ branch, depth: 0 }));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const branch = objectOf(next.branch);
      this.#addProduct(objectOf(branch?.["product"]));
      for (const child of arrayOf(branch?.["branches"])) {
        if (next.depth >= MAX_DEPTH || open.length > MAX_PRODUCTS) {
          throw new Error("the product tree is too large");
        }
        open.push({ branch: child, depth: next.depth + 1 });
      }
    }
    for (const each of arrayOf(tree?.["full_product_names"])) {
      this.#addProduct(objectOf(each));
    }
    for (const each of arrayOf(tree?.["relationships"])) {
      const relationship = objectOf(each);
      const id = textOf(objectOf(relationship?.["full_product_name"])?.["product_id"], 2_048);
      const component = textOf(relationship?.["product_reference"], 2_048);
      const platform = textOf(relationship?.["relates_to_product_reference"], 2_048);
      if (id !== undefined && component !== undefined && platform !== undefined) {
        this.#relationships.set(id, { component, platform });
      }
    }
  }

  /** The package that a product id means; `undefined` when it is none that is known here. */
  find(id: string): CsafPackage | undefined {
    const relationship = this.#relationships.get(id);
    const platform = this.#products.get(relationship?.platform ?? "");
    const ecosystem = ecosystemOfCpe(platform?.cpe ?? "");
    if (relationship === undefined || ecosystem === undefined) {
      return undefined;
    }
    const component = this.#products.get(relationship.component);
    const found = fromPurl(component?.purl) ?? fromText(component?.name ?? relationship.component);
    return found === undefined ? undefined : { ecosystem, ...found };
  }

  #addProduct(product: JsonObject | undefined): void {
    const id = textOf(product?.["product_id"], 2_048);
    if (product === undefined || id === undefined) {
      return;
    }
    if (this.#products.size >= MAX_PRODUCTS) {
      throw new Error("the product tree is too large");
    }
    const helper = objectOf(product["product_identification_helper"]);
    const cpe = textOf(helper?.["cpe"], 512);
    const purl = textOf(helper?.["purl"], 2_048) ?? textOf(arrayOf(helper?.["purls"])[0], 2_048);
    this.#products.set(id, {
      name: textOf(product["name"], 2_048) ?? id,
      ...(cpe === undefined ? {} : { cpe }),
      ...(purl === undefined ? {} : { purl }),
    });
  }
}

const CPES: readonly { readonly pattern: RegExp; readonly name: (...parts: readonly string[]) => string }[] = [
  {
    pattern: /^cpe:\/[ao]:redhat:enterprise_linux:(\d{1,2})(?:\.\d{1,2})?(?::|$)/,
    name: (release = "") => `Red Hat:enterprise_linux:${release}`,
  },
  {
    pattern:
      /^cpe:\/[ao]:suse:(?:(?:suse_)?sle[sd](?:_ltss)?|sles_sap|sle_hpc|sle-module-[\w-]{1,64}|sle-ha|sle-we|sle-sdk)(?:-ltss|-bcl|-espos)?:(\d{2})(?::sp(\d{1,2}))?(?::|$)/,
    name: (release = "", pack = "") => `SUSE:Linux Enterprise Server ${release}${pack === "" ? "" : ` SP${pack}`}`,
  },
  {
    pattern: /^cpe:\/o:suse:sles:(1[6-9]\.\d)(?::|$)/,
    name: (release = "") => `SUSE:Linux Enterprise Server ${release}`,
  },
  {
    pattern: /^cpe:\/o:suse:sle-micro:(\d\.\d)(?::|$)/,
    name: (release = "") => `SUSE:Linux Enterprise Micro ${release}`,
  },
  { pattern: /^cpe:\/o:suse:sl-micro:(\d\.\d)(?::|$)/, name: (release = "") => `SUSE:Linux Micro ${release}` },
  { pattern: /^cpe:\/o:opensuse:leap:(\d{2}\.\d)(?::|$)/, name: (release = "") => `openSUSE:Leap ${release}` },
  { pattern: /^cpe:\/o:opensuse:tumbleweed(?::|$)/, name: () => "openSUSE:Tumbleweed" },
];

/** The ecosystem of a platform, by its CPE 2.2 name. */
function ecosystemOfCpe(cpe: string): string | undefined {
  for (const { pattern, name } of CPES) {
    const match = pattern.exec(cpe);
    if (match !== null) {
      return canonicalEcosystem(name(...match.slice(1).map((part) => part ?? "")));
    }
  }
  return undefined;
}

function fromPurl(text: string | undefined): Omit<CsafPackage, "ecosystem"> | undefined {
  if (text === undefined || !text.startsWith("pkg:rpm/") || text.length > 1_024) {
    return undefined;
  }
  try {
    const { name, version, qualifiers } = PackageURL.fromString(text);
    const epoch = qualifiers?.["epoch"];
    const module = /^[^:]{1,128}:[^:]{1,128}/.exec(qualifiers?.["rpmmod"] ?? "")?.[0];
    return {
      name,
      ...(version === undefined || version === null || version === ""
        ? {}
        : { version: epoch === undefined || epoch === "0" ? version : `${epoch}:${version}` }),
      ...(module === undefined ? {} : { module }),
    };
  } catch {
    // the name beside it says the same
    return undefined;
  }
}

/** `openssl-libs-1:3.0.7-6.el9.x86_64`, `nodejs:18/nodejs`, or the bare name. */
function fromText(text: string): Omit<CsafPackage, "ecosystem"> | undefined {
  if (text.length > 512) {
    return undefined;
  }
  const moduled = /^([\w.+-]+:[\w.+-]+)\/([\w.+-]+)$/.exec(text);
  if (moduled?.[1] !== undefined && moduled[2] !== undefined) {
    return { name: moduled[2], module: moduled[1] };
  }
  const plain = text.replace(
    /\.(?:src|noarch|nosrc|x86_64|aarch64|ppc64le|s390x|i[3-6]86|armv7hl|ppc64|ppc|s390|ia64|riscv64)$/,
    "",
  );
  const parts = plain.split("-");
  const [version, release] = [parts.at(-2), parts.at(-1)];
  const isNamed = plain !== text && parts.length >= 3 && /^(?:\d{1,6}:)?[\w.+~^]+$/.test(version ?? "");
  if (isNamed) {
    return { name: parts.slice(0, -2).join("-"), version: `${version?.replace(/^0:/, "") ?? ""}-${release ?? ""}` };
  }
  return /^[A-Za-z0-9][\w.+-]*$/.test(text) ? { name: text } : undefined;
}
