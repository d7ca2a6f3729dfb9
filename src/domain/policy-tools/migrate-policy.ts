// SPDX-License-Identifier: Apache-2.0
import { listOf, recordOf } from "#base";
import { type ImageChecks, POLICY_API_VERSION, type PolicyDocument } from "#policy";
import type { MigrationChange, SecretMove } from "./migration-change.ts";

/** An object of `haechi.dev/v1`, ready to be written. */
export interface MigratedPolicy {
  readonly object: {
    readonly apiVersion: typeof POLICY_API_VERSION;
    readonly kind: PolicyDocument["kind"];
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly spec: Readonly<Record<string, unknown>>;
  };
  readonly changes: readonly MigrationChange[];
  readonly moves: readonly SecretMove[];
}

/** What is carried over from the older object beside its policy. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Rewrites a document of an older spelling. `written` is the object as it was, for what the model does not keep. What is
 * asked of images stays the same to the letter: the checks are those that the parser reads out of the older spelling.
 */
export function migratePolicy(
  document: PolicyDocument,
  written: unknown,
  options: { readonly systemNamespace: string },
): MigratedPolicy {
  const { kind, name, namespace, spelling } = document;
  const { metadata } = recordOf(written);
  const entries = listOf(recordOf(recordOf(written)["spec"])["repositories"]);
  const parts = document.repositories.map(({ name: image, policy }, at) =>
    migrateEntry({ document, image, policy, written: recordOf(entries[at]), at, options }),
  );
  const perObject: readonly MigrationChange[] = [
    { code: "TEXTS", params: {} },
    { code: "DIGEST_REFERENCES", params: {} },
    { code: "REMOVE_OLDER", params: { kind, name, spelling: spelling ?? "" } },
  ];
  return {
    object: {
      apiVersion: POLICY_API_VERSION,
      kind,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...carriedMetadata(metadata) },
      spec: { repositories: parts.map(({ entry }) => entry) },
    },
    changes: [...parts.flatMap(({ changes }) => changes), ...perObject],
    moves: distinct(parts.flatMap(({ moves }) => moves)),
  };
}

interface EntryToMigrate {
  readonly document: PolicyDocument;
  readonly image: string;
  readonly policy: ImageChecks | undefined;
  readonly written: Readonly<Record<string, unknown>>;
  readonly at: number;
  readonly options: { readonly systemNamespace: string };
}

function migrateEntry(each: EntryToMigrate): {
  readonly entry: object;
  readonly changes: readonly MigrationChange[];
  readonly moves: readonly SecretMove[];
} {
  const { image, policy, written, at } = each;
  const path = `spec.repositories[${at}]`;
  const checks = recordOf(written["policy"]);
  const changes: MigrationChange[] = [];
  if (Object.hasOwn(written, "policies")) {
    changes.push({ code: "MISSPELT", path: `${path}.policies`, params: { name: image } });
  }
  if (!image.includes("/") && /[^*]\*+$/.test(image)) {
    changes.push({ code: "HOST_BOUNDARY", path: `${path}.name`, params: { name: image } });
  }
  changes.push(...advisorChanges(each, checks, `${path}.policy`));
  for (const field of ["trust", "va"]) {
    if (checks[field] !== undefined && checks[field] !== null && !Object.hasOwn(recordOf(checks[field]), "enabled")) {
      changes.push({ code: "SWITCHED_OFF", path: `${path}.policy.${field}`, params: { field } });
    }
  }
  if (policy?.trust?.enabled === true && policy.trust.trustOnFirstUse === true) {
    changes.push({ code: "FIRST_USE", path: `${path}.policy.trust`, params: { name: image } });
  }
  if (policy?.trust?.enabled === true && policy.simple !== undefined) {
    changes.push({ code: "SIMPLE_AND_TRUST", path: `${path}.policy`, params: { name: image } });
  }
  const moves = secretMoves(each);
  for (const { secret, from, to } of moves) {
    changes.push({
      code: from === undefined ? "SECRET_PLACE" : "SECRET_OF_OTHER_NAMESPACE",
      path: `${path}.policy`,
      params: { secret, to, from: from ?? "" },
    });
  }
  const kept = withOwnSecrets(withoutDisabled(policy), each.document.namespace ?? each.options.systemNamespace);
  return { entry: { name: image, ...(kept === undefined ? {} : { policy: kept }) }, changes, moves };
}

/** A check that is off is left out: nothing is easier to read than nothing. */
function withoutDisabled(policy: ImageChecks | undefined): ImageChecks | undefined {
  if (policy?.trust?.enabled !== false) {
    return policy;
  }
  const { trust: _off, ...rest } = policy;
  return rest;
}

/** Only the namespace of the policy is read; naming another one would deny every image even after its Secret was copied. */
function withOwnSecrets(policy: ImageChecks | undefined, own: string): ImageChecks | undefined {
  if (policy?.simple === undefined) {
    return policy;
  }
  const requirements = policy.simple.requirements.map(({ keySecretNamespace, ...rest }) =>
    keySecretNamespace === undefined || keySecretNamespace !== own ? rest : { ...rest, keySecretNamespace },
  );
  return { ...policy, simple: { ...policy.simple, requirements } };
}

function advisorChanges(
  { document, image }: EntryToMigrate,
  checks: Readonly<Record<string, unknown>>,
  path: string,
): readonly MigrationChange[] {
  const advisors = [
    { field: "va", value: recordOf(checks["va"]) },
    { field: "vulnerability.ICCRVA", value: recordOf(recordOf(checks["vulnerability"])["ICCRVA"]) },
  ];
  return advisors.flatMap(({ field, value }): readonly MigrationChange[] => [
    ...(value["enabled"] === true
      ? [{ code: "SCAN" as const, path: `${path}.${field}`, params: { field, name: image } }]
      : []),
    ...(value["enabled"] === true && field === "va" && document.spelling === "portieris"
      ? [{ code: "SCAN_NEWLY_ENFORCED" as const, path: `${path}.va`, params: { name: image } }]
      : []),
    ...(typeof value["account"] === "string"
      ? [
          {
            code: "ACCOUNT_DROPPED" as const,
            path: `${path}.${field}.account`,
            params: { account: value["account"].slice(0, 100) },
          },
        ]
      : []),
  ]);
}

function secretMoves({ document, policy, options }: EntryToMigrate): readonly SecretMove[] {
  const to = document.namespace ?? options.systemNamespace;
  const named = [
    ...(policy?.trust?.enabled === true ? (policy.trust.signerSecrets ?? []).map(({ name }) => ({ name })) : []),
    ...(policy?.simple?.storeSecret === undefined ? [] : [{ name: policy.simple.storeSecret }]),
    ...(policy?.simple?.requirements ?? []).flatMap(({ keySecret, keySecretNamespace }) =>
      keySecret === undefined
        ? []
        : [{ name: keySecret, ...(keySecretNamespace === undefined ? {} : { from: keySecretNamespace }) }],
    ),
  ];
  return distinct(
    named.flatMap(
      ({ name: secret, from }: { readonly name: string; readonly from?: string }): readonly SecretMove[] => {
        // the Secrets of a namespace's own policy lie with its workloads
        const isInPlace = from === undefined ? document.namespace !== undefined : from === to;
        return isInPlace ? [] : [{ secret, ...(from === undefined ? {} : { from }), to }];
      },
    ),
  );
}

function carriedMetadata(metadata: unknown): Readonly<Record<string, unknown>> {
  const { labels, annotations } = recordOf(metadata);
  const kept = Object.entries(recordOf(annotations)).filter(([name]) => name !== LAST_APPLIED);
  return {
    ...(Object.keys(recordOf(labels)).length === 0 ? {} : { labels }),
    ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
  };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
