// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import { imageUrl, type VexAuthorship, vexClaimsOf } from "./vex-claims.ts";

/** The claims of a report as OpenVEX 0.2.0; equal input gives equal bytes. */
export function renderOpenVex(report: ScanReport, authorship: VexAuthorship): string {
  const product = imageUrl(report, authorship);
  const document = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": authorship.id,
    author: authorship.author,
    timestamp: authorship.timestamp,
    version: 1,
    tooling: "haechi",
    statements: vexClaimsOf(report).map(({ id, aliases, status, justification, impact, action, packages }) => ({
      vulnerability: { name: id, ...(aliases.length === 0 ? {} : { aliases }) },
      products: [
        {
          "@id": product,
          ...(packages.length === 0 ? {} : { subcomponents: packages.map((url) => ({ "@id": url })) }),
        },
      ],
      status,
      ...(justification === undefined ? {} : { justification }),
      ...(impact === undefined ? {} : { impact_statement: impact }),
      ...(action === undefined ? {} : { action_statement: action }),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
