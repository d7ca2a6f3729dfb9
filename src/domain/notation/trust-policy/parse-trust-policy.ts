// SPDX-License-Identifier: Apache-2.0
import { LIMITS, messageOf, quote } from "#base";
import { isOverlapping, parseSubjectPattern, type SubjectPattern } from "./subject-pattern.ts";
import type { Enforcement, NotationTrustPolicy, TrustPolicyProblem, TrustPolicyStatement } from "./trust-policy.ts";

type Report = (path: string, message: string) => void;
type JsonObject = Readonly<Record<string, unknown>>;

const LEVELS: Readonly<Record<TrustPolicyStatement["level"], Enforcement>> = {
  strict: { authenticity: "enforce", authenticTimestamp: "enforce", expiry: "enforce", revocation: "enforce" },
  permissive: { authenticity: "enforce", authenticTimestamp: "log", expiry: "log", revocation: "log" },
  audit: { authenticity: "log", authenticTimestamp: "log", expiry: "log", revocation: "log" },
  skip: { authenticity: "log", authenticTimestamp: "log", expiry: "log", revocation: "skip" },
};
const OVERRIDES: Readonly<Record<keyof Enforcement, readonly string[]>> = {
  authenticity: ["enforce", "log"],
  authenticTimestamp: ["enforce", "log"],
  expiry: ["enforce", "log"],
  revocation: ["enforce", "log", "skip"],
};
const STATEMENT_KEYS = ["name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities"] as const;
const TRUST_STORE = /^(?:ca|signingAuthority|tsa):[A-Za-z0-9_.-]{1,255}$/;
/** A host with an optional port, then a path: what notation takes for a fully qualified repository. */
const REPOSITORY =
  /^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+){0,64}){1,32}$/;
const MAX_STATEMENTS = 1_000;
const SUBJECT_PREFIX = "x509.subject:";

/**
 * The trust policy in the text of a `trustpolicy.json`, or everything that is wrong with it. Strict: unknown fields are
 * problems, since a misspelled one would change what is checked. At most `LIMITS.maxPolicyBytes`. Source: Notary Project
 * "Trust Store and Trust Policy Specification", version 1.0 of the document.
 */
export function parseNotationTrustPolicy(
  text: string,
):
  | { readonly ok: true; readonly policy: NotationTrustPolicy }
  | { readonly ok: false; readonly problems: readonly TrustPolicyProblem[] } {
  const problems: TrustPolicyProblem[] = [];
  function report(path: string, message: string): void {
    if (problems.length < LIMITS.maxProblems) {
      problems.push({ path, message });
    }
  }
  const statements = readDocument(text, report);
  checkAcross(statements, report);
  return problems.length === 0 ? { ok: true, policy: { version: "1.0", statements } } : { ok: false, problems };
}

function readDocument(text: string, report: Report): readonly TrustPolicyStatement[] {
  if (Buffer.byteLength(text) > LIMITS.maxPolicyBytes) {
    report("", `expected at most ${LIMITS.maxPolicyBytes} bytes`);
    return [];
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    report("", `expected JSON: ${messageOf(error)}`);
    return [];
  }
  if (!isObject(document)) {
    report("", "expected an object with version and trustPolicies");
    return [];
  }
  reportUnknown(document, ["version", "trustPolicies"], "", report);
  if (document["version"] !== "1.0") {
    report("version", `expected "1.0", found ${describe(document["version"])}`);
  }
  const policies = document["trustPolicies"];
  if (!Array.isArray(policies) || policies.length === 0 || policies.length > MAX_STATEMENTS) {
    report("trustPolicies", `expected a list of 1 to ${MAX_STATEMENTS} trust policies`);
    return [];
  }
  return policies.map((each: unknown, index) => readStatement(each, `trustPolicies[${index}]`, report));
}

function readStatement(value: unknown, path: string, report: Report): TrustPolicyStatement {
  const statement = isObject(value) ? value : {};
  if (statement !== value) {
    report(path, `expected an object, found ${describe(value)}`);
  }
  reportUnknown(statement, STATEMENT_KEYS, path, report);
  const name = statement["name"];
  if (typeof name !== "string" || name === "") {
    report(`${path}.name`, "expected a name");
  }
  const verification = readVerification(statement["signatureVerification"], `${path}.signatureVerification`, report);
  const isSkipped = verification.level === "skip";
  return {
    name: typeof name === "string" ? name : "",
    registryScopes: readScopes(statement["registryScopes"], `${path}.registryScopes`, isSkipped, report),
    ...verification,
    trustStores: readTrustStores(statement["trustStores"], `${path}.trustStores`, isSkipped, report),
    trustedIdentities: readIdentities(statement["trustedIdentities"], `${path}.trustedIdentities`, isSkipped, report),
  };
}

function readVerification(
  value: unknown,
  path: string,
  report: Report,
): Pick<TrustPolicyStatement, "level" | "enforcement" | "verifyTimestamp"> {
  const verification = isObject(value) ? value : {};
  reportUnknown(verification, ["level", "override", "verifyTimestamp"], path, report);
  const given = verification["level"];
  const level = Object.hasOwn(LEVELS, String(given)) ? (String(given) as TrustPolicyStatement["level"]) : undefined;
  if (level === undefined || typeof given !== "string") {
    report(`${path}.level`, `expected strict, permissive, audit or skip, found ${describe(given)}`);
  }
  const verifyTimestamp = verification["verifyTimestamp"];
  if (verifyTimestamp !== undefined && verifyTimestamp !== "always" && verifyTimestamp !== "afterCertExpiry") {
    report(`${path}.verifyTimestamp`, `expected always or afterCertExpiry, found ${describe(verifyTimestamp)}`);
  }
  const override = readOverride(verification["override"], `${path}.override`, report);
  if (level === "skip" && Object.keys(override).length > 0) {
    report(`${path}.override`, "level skip cannot be overridden");
  }
  return {
    level: level ?? "strict",
    enforcement: { ...LEVELS[level ?? "strict"], ...override },
    verifyTimestamp: verifyTimestamp === "afterCertExpiry" ? "afterCertExpiry" : "always",
  };
}

function readOverride(value: unknown, path: string, report: Report): Partial<Enforcement> {
  if (value === undefined) {
    return {};
  }
  if (!isObject(value)) {
    report(path, `expected an object, found ${describe(value)}`);
    return {};
  }
  reportUnknown(value, Object.keys(OVERRIDES), path, report);
  for (const [key, actions] of Object.entries(OVERRIDES)) {
    const action = value[key];
    if (action !== undefined && !(typeof action === "string" && actions.includes(action))) {
      report(`${path}.${key}`, `expected ${actions.join(" or ")}, found ${describe(action)}`);
    }
  }
  return value;
}

function readScopes(value: unknown, path: string, isSkipped: boolean, report: Report): readonly string[] | "*" {
  const scopes = readTexts(value, path, report);
  if (scopes.length === 0) {
    report(path, 'expected at least one repository, or ["*"]');
  }
  if (scopes.includes("*")) {
    if (scopes.length > 1) {
      report(path, "* stands for every repository and must be alone");
    }
    if (isSkipped) {
      report(path, "level skip must name its repositories; * is not possible");
    }
    return "*";
  }
  return scopes.map((scope, index) => {
    if (!REPOSITORY.test(scope)) {
      report(
        `${path}[${index}]`,
        `expected a repository with its registry and without tag or digest, such as registry.example/team/app, found ${quote(scope)}`,
      );
    }
    return normalizeScope(scope);
  });
}

/** As image references are normalized: otherwise a scope with a capital would fall to the statement for `*`, which may ask for less. */
function normalizeScope(scope: string): string {
  const slash = scope.indexOf("/");
  const host = scope.slice(0, slash).toLowerCase();
  return `${host === "index.docker.io" ? "docker.io" : host}${scope.slice(slash)}`;
}

function readTrustStores(value: unknown, path: string, isSkipped: boolean, report: Report): readonly string[] {
  const stores = value === undefined ? [] : readTexts(value, path, report);
  reportPresence(stores, path, isSkipped, report);
  stores.forEach((store, index) => {
    if (!TRUST_STORE.test(store)) {
      report(`${path}[${index}]`, `expected ca:NAME, signingAuthority:NAME or tsa:NAME, found ${quote(store)}`);
    }
  });
  if (!isSkipped && stores.length > 0 && stores.every((store) => store.startsWith("tsa:"))) {
    report(path, "expected a ca or signingAuthority store; tsa stores hold timestamp authorities only");
  }
  return stores;
}

function readIdentities(
  value: unknown,
  path: string,
  isSkipped: boolean,
  report: Report,
): readonly SubjectPattern[] | "*" {
  const identities = value === undefined ? [] : readTexts(value, path, report);
  reportPresence(identities, path, isSkipped, report);
  if (identities.includes("*")) {
    if (identities.length > 1) {
      report(path, "* stands for every identity and must be alone");
    }
    return "*";
  }
  const patterns = identities.flatMap((identity, index) => {
    if (!identity.startsWith(SUBJECT_PREFIX)) {
      report(`${path}[${index}]`, `expected * or ${SUBJECT_PREFIX} C=…, ST=…, O=…, found ${quote(identity)}`);
      return [];
    }
    try {
      return [parseSubjectPattern(identity.slice(SUBJECT_PREFIX.length))];
    } catch (error) {
      report(`${path}[${index}]`, messageOf(error));
      return [];
    }
  });
  patterns.forEach((pattern, index) => {
    if (patterns.slice(0, index).some((earlier) => isOverlapping(earlier, pattern))) {
      report(path, `identities must not overlap: a certificate could match number ${index + 1} and an earlier one`);
    }
  });
  return patterns;
}

function reportPresence(values: readonly string[], path: string, isSkipped: boolean, report: Report): void {
  if (isSkipped && values.length > 0) {
    report(path, "level skip verifies nothing; remove this or choose another level");
  }
  if (!isSkipped && values.length === 0) {
    report(path, "expected at least one");
  }
}

/** Names are unique, and for each repository there is one statement. */
function checkAcross(statements: readonly TrustPolicyStatement[], report: Report): void {
  const names = new Set<string>();
  const scopes = new Set<string>();
  statements.forEach((statement, index) => {
    const path = `trustPolicies[${index}]`;
    if (statement.name !== "" && names.has(statement.name)) {
      report(`${path}.name`, `${quote(statement.name)} is the name of an earlier trust policy`);
    }
    names.add(statement.name);
    for (const scope of statement.registryScopes) {
      if (scopes.has(scope)) {
        report(`${path}.registryScopes`, `${quote(scope)} belongs to an earlier trust policy`);
      }
      scopes.add(scope);
    }
  });
}

function readTexts(value: unknown, path: string, report: Report): readonly string[] {
  if (!Array.isArray(value)) {
    report(path, `expected a list of texts, found ${describe(value)}`);
    return [];
  }
  return value.flatMap((each: unknown, index) => {
    if (typeof each === "string") {
      return [each];
    }
    report(`${path}[${index}]`, `expected a text, found ${describe(each)}`);
    return [];
  });
}

function reportUnknown(value: JsonObject, known: readonly string[], path: string, report: Report): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      report(path === "" ? key : `${path}.${key}`, `unknown field; expected ${known.join(", ")}`);
    }
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return typeof value === "string" ? quote(value) : value === undefined ? "nothing" : typeof value;
}
