// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_REGISTRY_POLICIES, type PolicyDocument, type PolicyException } from "#policy";
import { policiesOfSettings } from "./settings-policies.ts";
import type { SettingsTree } from "./settings-tree.ts";

interface Policies {
  readonly documents: readonly PolicyDocument[];
  readonly exceptions: readonly PolicyException[];
}

/**
 * Policies with what the registry's settings ask for beside them. Where nobody wrote a policy, settings take the place of the
 * registry's default: who says that pulls are refused from `critical` on does not mean that `high` is refused too.
 * `registryName`: see {@link policiesOfSettings}; without one nothing is known to be ours.
 */
export function addSettings<T extends Policies>(policies: T, tree: SettingsTree, registryName: string): T {
  if (registryName === "" || tree.prefixes.length === 0) {
    return policies;
  }
  const byDefault = DEFAULT_REGISTRY_POLICIES.find((each) => policies.documents.includes(each));
  const [everything] = byDefault?.repositories ?? [];
  const otherwise = everything === undefined ? undefined : (everything.policy ?? {});
  const { documents, exceptions } = policiesOfSettings(tree, registryName, otherwise);
  return {
    ...policies,
    documents: [...policies.documents, ...documents],
    exceptions: [...policies.exceptions, ...exceptions],
  };
}
