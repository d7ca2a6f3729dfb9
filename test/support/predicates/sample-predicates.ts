// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** A predicate of each known type, with a condition that is true of it and one that is not. */
export const SAMPLE_PREDICATES: readonly {
  readonly cosignType: string;
  readonly predicateType: string;
  readonly file: string;
  readonly predicate: unknown;
  readonly isTrue: string;
  readonly isFalse: string;
}[] = [
  sample({
    cosignType: "slsaprovenance02",
    predicateType: "https://slsa.dev/provenance/v0.2",
    file: "slsa-provenance-v0.2.json",
    isTrue: "predicate.materials.all(m, m.uri.startsWith('git+https://github.com/example/'))",
    isFalse: "predicate.builder.id == 'https://github.com/example/other'",
  }),
  sample({
    cosignType: "slsaprovenance1",
    predicateType: "https://slsa.dev/provenance/v1",
    file: "slsa-provenance-v1.json",
    isTrue: "predicate.buildDefinition.externalParameters.workflow.ref == 'refs/heads/main'",
    isFalse: "predicate.runDetails.builder.id.matches('^https://gitlab[.]com/')",
  }),
  sample({
    cosignType: "spdxjson",
    predicateType: "https://spdx.dev/Document",
    file: "spdx.json",
    isTrue: "predicate.packages.exists(p, p.name == 'lodash' && p.licenseConcluded == 'MIT')",
    isFalse: "predicate.packages.all(p, !p.licenseConcluded.startsWith('GPL'))",
  }),
  sample({
    cosignType: "cyclonedx",
    predicateType: "https://cyclonedx.org/bom",
    file: "cyclonedx.json",
    isTrue: "size(predicate.components) == 2 && predicate.specVersion == '1.6'",
    isFalse: "predicate.components.exists(c, c.name == 'openssh-server')",
  }),
  sample({
    cosignType: "vuln",
    predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1",
    file: "vuln.json",
    isTrue: "predicate.scanner.result.Results.all(r, r.Vulnerabilities.all(v, v.Severity != 'CRITICAL'))",
    isFalse: "timestamp(predicate.metadata.scanFinishedOn) > timestamp('2026-11-21T00:00:00Z')",
  }),
  sample({
    cosignType: "openvex",
    predicateType: "https://openvex.dev/ns",
    file: "openvex.json",
    isTrue: "predicate.statements.all(s, s.status in ['not_affected', 'fixed'])",
    isFalse: "predicate.author == 'Somebody else'",
  }),
];

function sample(of: Omit<(typeof SAMPLE_PREDICATES)[number], "predicate" | "file"> & { readonly file: string }) {
  const file = new URL(of.file, import.meta.url).pathname;
  return { ...of, file, predicate: JSON.parse(readFileSync(file, "utf8")) as unknown };
}
