// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { ScanReport } from "#findings";
import { imageUrl, type VexAuthorship, type VexClaim, vexClaimsOf } from "./vex-claims.ts";

const STATUSES: Readonly<Record<VexClaim["status"], string>> = {
  not_affected: "known_not_affected",
  affected: "known_affected",
  fixed: "fixed",
  under_investigation: "under_investigation",
};
const IMAGE = "IMAGE";

/** The claims of a report as CSAF 2.0, profile 5 (VEX), or profile 1 where there are none; equal input gives equal bytes. */
export function renderCsafVex(report: ScanReport, authorship: VexAuthorship): string {
  const claims = vexClaimsOf(report);
  const product = imageUrl(report, authorship);
  const urls = [...new Set(claims.flatMap((claim) => claim.packages))].sort(compareText);
  const idOf = new Map(urls.map((url, index) => [url, `PACKAGE-${index + 1}`]));
  const byVulnerability = Map.groupBy(claims, (claim) => JSON.stringify([claim.id, claim.aliases]));
  const vulnerabilities = [...byVulnerability.values()].map((group) =>
    toVulnerability(group, (url) => `${IMAGE}:${idOf.get(url) ?? ""}`),
  );
  const document = {
    document: {
      // profile 5 has to name a vulnerability, and no list of them may be empty
      category: vulnerabilities.length === 0 ? "csaf_base" : "csaf_vex",
      csaf_version: "2.0",
      publisher: { category: "vendor", name: authorship.author, namespace: authorship.namespace },
      title: `Vulnerabilities of ${authorship.image?.repository ?? "an image"} ${report.image.digest}`,
      tracking: {
        id: authorship.id,
        status: "final",
        version: "1",
        initial_release_date: authorship.timestamp,
        current_release_date: authorship.timestamp,
        revision_history: [{ date: authorship.timestamp, number: "1", summary: "First version" }],
        generator: { engine: { name: "haechi" } },
      },
    },
    product_tree: {
      full_product_names: [
        { product_id: IMAGE, name: product, product_identification_helper: { purl: product } },
        ...urls.map((url) => ({
          product_id: idOf.get(url),
          name: url,
          product_identification_helper: { purl: url },
        })),
      ],
      ...(urls.length === 0
        ? {}
        : {
            relationships: urls.map((url) => ({
              category: "default_component_of",
              product_reference: idOf.get(url),
              relates_to_product_reference: IMAGE,
              full_product_name: { product_id: `${IMAGE}:${idOf.get(url) ?? ""}`, name: `${url} in ${product}` },
            })),
          }),
    },
    ...(vulnerabilities.length === 0 ? {} : { vulnerabilities }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function toVulnerability(claims: readonly VexClaim[], toProduct: (url: string) => string): object {
  const [{ id, aliases } = { id: "", aliases: [] }] = claims;
  const ids = [id, ...aliases];
  const cve = ids.find((each) => /^CVE-[0-9]{4}-[0-9]{4,}$/.test(each));
  const others = ids.filter((each) => each !== cve);
  const stated = claims.map((claim) => ({
    claim,
    products: claim.packages.length === 0 ? [IMAGE] : claim.packages.map(toProduct),
  }));
  const status: Record<string, string[]> = {};
  for (const { claim, products } of stated) {
    const word = STATUSES[claim.status];
    status[word] = [...new Set([...(status[word] ?? []), ...products])].sort(compareText);
  }
  const flags = stated.flatMap(({ claim, products }) =>
    claim.justification === undefined ? [] : [{ label: claim.justification, product_ids: products }],
  );
  const threats = stated.flatMap(({ claim, products }) =>
    claim.impact === undefined ? [] : [{ category: "impact", details: claim.impact, product_ids: products }],
  );
  const remediations = stated.flatMap(({ claim, products }) =>
    claim.action === undefined
      ? []
      : [
          {
            category: claim.action.startsWith("Update ") ? "vendor_fix" : "none_available",
            details: claim.action,
            product_ids: products,
          },
        ],
  );
  return {
    ...(cve === undefined ? {} : { cve }),
    ...(others.length === 0 ? {} : { ids: others.map((text) => ({ system_name: systemOf(text), text })) }),
    notes: [{ category: "description", text: id }],
    product_status: status,
    ...(flags.length === 0 ? {} : { flags }),
    ...(threats.length === 0 ? {} : { threats }),
    ...(remediations.length === 0 ? {} : { remediations }),
  };
}

function systemOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf("-"))) || "other";
}
