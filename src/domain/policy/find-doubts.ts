// SPDX-License-Identifier: Apache-2.0
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";

/** Something that a document says and hardly means. */
export interface Doubt {
  readonly path: readonly (string | number)[];
  /** For people (English, no full stop). */
  readonly message: string;
}

const MISSPELT_POLICY = '"policies" is taken as an omitted policy: nothing is checked; write "policy"';
const WITHOUT_SWITCH = 'without "enabled" this is off';
const UNPINNED_ROOT = "no root key can be accepted: name rootKeyIds, or set trustOnFirstUse to true";

/** What loads although somebody meant something else by it. `value` is the document as it was written. */
export function findDoubts(document: PolicyDocument, value: unknown): readonly Doubt[] {
  const { spec } = value as { readonly spec: { readonly repositories: readonly object[] } };
  return document.repositories.flatMap(({ policy }, at): readonly Doubt[] => {
    const entry = ["spec", "repositories", at];
    const written = document.spelling === undefined ? {} : (spec.repositories[at] ?? {});
    return [
      ...(Object.hasOwn(written, "policies") ? [{ path: [...entry, "policies"], message: MISSPELT_POLICY }] : []),
      ...findSwitchless(written).map((path) => ({ path: [...entry, "policy", ...path], message: WITHOUT_SWITCH })),
      ...findUnpinned(policy).map((path) => ({ path: [...entry, "policy", ...path], message: UNPINNED_ROOT })),
      ...findForeignSecrets(document, policy).map(({ path, message }) => ({
        path: [...entry, "policy", ...path],
        message,
      })),
    ];
  });
}

/** Checks of an older spelling that say everything except that they are on. */
function findSwitchless(entry: object): readonly (readonly string[])[] {
  return [["trust"], ["va"], ["vulnerability", "ICCRVA"]].filter((path) => {
    const check = path.reduce<unknown>(
      (value, key) => (isObject(value) ? value[key] : undefined),
      (entry as { readonly policy?: unknown }).policy,
    );
    return isObject(check) && !Object.hasOwn(check, "enabled");
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Notary servers whose first root nothing can accept. */
function findUnpinned(policy: ImageChecks | undefined): readonly (readonly (string | number)[])[] {
  const checks = [
    ...(policy?.trust?.enabled === true ? [{ path: ["trust"], check: policy.trust }] : []),
    ...(policy?.signatures ?? []).flatMap(({ notary }, at) =>
      notary === undefined ? [] : [{ path: ["signatures", at, "notary"], check: notary }],
    ),
  ];
  return checks
    .filter(({ check }) => check.trustOnFirstUse !== true && (check.rootKeyIds ?? []).length === 0)
    .map(({ path }) => path);
}

/** An ImagePolicy may use Secrets of its own namespace only; what a ClusterImagePolicy may use is known where it applies. */
function findForeignSecrets(document: PolicyDocument, policy: ImageChecks | undefined): readonly Doubt[] {
  const { namespace } = document;
  const named = [
    ...(policy?.simple?.requirements ?? []).map(({ keySecretNamespace }, at) => ({
      path: ["simple", "requirements", at, "keySecretNamespace"],
      keySecretNamespace,
    })),
    ...(policy?.signatures ?? []).flatMap(({ cosign, gpg }, at) => [
      {
        path: ["signatures", at, "cosign", "keySecretNamespace"],
        keySecretNamespace: cosign?.keySecretNamespace,
      },
      { path: ["signatures", at, "gpg", "keySecretNamespace"], keySecretNamespace: gpg?.keySecretNamespace },
    ]),
  ];
  return named
    .filter((each) => each.keySecretNamespace !== undefined && namespace !== undefined)
    .filter((each) => each.keySecretNamespace !== namespace)
    .map(({ path }) => ({
      path,
      message: `the Secret is looked for in ${namespace ?? ""} only, and every image is denied until this names it`,
    }));
}
