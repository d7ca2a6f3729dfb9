// SPDX-License-Identifier: Apache-2.0
import type { CelRule, StructuralSchema } from "./structural-schema.ts";

/**
 * What the zod schemas say in code and a CRD says in CEL, or as a pattern. Keyed by the end of the path; the longest key
 * that fits counts. The API server estimates the cost of each rule times the longest lists around it and refuses a CRD
 * that could cost too much, so inside of lists of lists "exactly one" is said by the number of properties. What cannot
 * be said here at all (keys that parse, conditions that compile) the webhook for policies says.
 */
const RULES: Readonly<Record<string, Partial<StructuralSchema>>> = {
  "signatures[]": validations(exactlyOne(["cosign", "keyless", "notation", "notary", "gpg", "anyOf"]), {
    rule: "!has(self.atLeast) || (has(self.anyOf) && self.atLeast <= self.anyOf.size())",
    message: "atLeast asks for more than anyOf has alternatives",
  }),
  "anyOf[]": { minProperties: 1, maxProperties: 1 },
  "by[]": { minProperties: 1, maxProperties: 1 },
  "acceptVerdictsFrom[]": { minProperties: 1, maxProperties: 1 },
  "signatures[].cosign": validations(exactlyOne(["key", "keys", "keySecret"])),
  "signatures[].keyless": validations(
    exactlyOne(["issuer", "issuerPattern"]),
    exactlyOne(["subject", "subjectPattern"]),
  ),
  "signatures[].gpg": validations(exactlyOne(["keys", "keySecret"])),
  "policy.scan": validations({
    rule: "!has(self.acceptVerdictsFrom) || has(self.maxAge)",
    message: "acceptVerdictsFrom needs maxAge: a verdict without an end would count forever",
  }),
  "simple.requirements[]": validations({
    rule: "self.type != 'signedBy' || has(self.keySecret) || has(self.keys)",
    message: "signedBy needs keySecret or keys",
  }),
  "requirements[].signedIdentity": validations(
    ...needs("matchExactReference", ["dockerReference"]),
    ...needs("matchExactRepository", ["dockerRepository"]),
    ...needs("remapIdentity", ["prefix", "signedPrefix"]),
  ),
  maxAge: { pattern: "^([0-9]+[smhdw])+$", minLength: 2, maxLength: 64 },
  trustServer: { pattern: "^(?i:https?)://" },
  storeURL: { pattern: "^(?i:https?)://" },
  publicKey: { pattern: "-----BEGIN (PUBLIC KEY|CERTIFICATE)-----", maxLength: 65_536 },
  "cosign.key": { pattern: "-----BEGIN (PUBLIC KEY|CERTIFICATE)-----", maxLength: 65_536 },
  "cosign.keys[]": { pattern: "-----BEGIN (PUBLIC KEY|CERTIFICATE)-----", maxLength: 65_536 },
  "notation.certificates[]": { pattern: "-----BEGIN CERTIFICATE-----", maxLength: 65_536 },
  "notation.timestampCertificates[]": { pattern: "-----BEGIN CERTIFICATE-----", maxLength: 65_536 },
  "trustStores{}[]": { pattern: "-----BEGIN CERTIFICATE-----", maxLength: 65_536 },
  trustStores: { maxProperties: 64 },
  "gpg.keys[]": { pattern: "-----BEGIN PGP PUBLIC KEY BLOCK-----" },
  "requirements[].keys[]": { pattern: "-----BEGIN PGP PUBLIC KEY BLOCK-----" },
  "spec.workload": { minProperties: 1 },
  "policy.image": { minProperties: 1 },
  "policy.configuration": { minProperties: 1 },
  "spec.subject": validations(atLeastOne(["namespaces", "repositories", "digests", "workloads"])),
  "spec.findings": validations(atLeastOne(["vulnerabilities", "packages", "rules"])),
  predicateType: { pattern: "^[A-Za-z][A-Za-z0-9+.-]*:[^\\s\\x00-\\x1f\\x7f]+$" },
};

/** Of whole policies. */
export const POLICY_RULES: readonly CelRule[] = [
  {
    rule: "has(self.spec.repositories) || has(self.spec.workload)",
    message: "expected spec.repositories, spec.workload or both",
  },
];

/** Of whole exceptions; the webhook for policies also compares the approver with who writes it. */
export const EXCEPTION_RULES: readonly CelRule[] = [
  {
    rule: "!has(self.spec.approver) || self.spec.approver != self.spec.requester",
    message: "the approver must be somebody else than the requester",
  },
];

/** What the node at the path gets beside its zod schema. */
export function structuralRules(path: string): Partial<StructuralSchema> {
  return longestEnding(RULES, path) ?? {};
}

/** The value whose key is the longest ending of the path, at a boundary between names. */
export function longestEnding<T>(table: Readonly<Record<string, T>>, path: string): T | undefined {
  for (let rest: string | undefined = path; rest !== undefined; rest = withoutFirst(rest)) {
    if (Object.hasOwn(table, rest)) {
      return table[rest];
    }
  }
  return undefined;
}

function withoutFirst(path: string): string | undefined {
  const dot = path.indexOf(".");
  return dot === -1 ? undefined : path.slice(dot + 1);
}

function validations(...rules: readonly CelRule[]): Partial<StructuralSchema> {
  return { "x-kubernetes-validations": rules };
}

function exactlyOne(fields: readonly string[]): CelRule {
  const sum = fields.map((field) => `(has(self.${field}) ? 1 : 0)`).join(" + ");
  return { rule: `${sum} == 1`, message: `expected exactly one of ${fields.join(", ")}` };
}

function atLeastOne(fields: readonly string[]): CelRule {
  return {
    rule: fields.map((field) => `has(self.${field})`).join(" || "),
    message: `expected at least one of ${fields.join(", ")}`,
  };
}

function needs(type: string, fields: readonly string[]): readonly CelRule[] {
  return fields.map((field) => ({
    rule: `self.type != '${type}' || has(self.${field})`,
    message: `type ${type} needs ${field}`,
  }));
}
