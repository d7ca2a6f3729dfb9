// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from "#packages";

/** Distributions (ID of os-release) whose support is that of another name. */
const SAME_AS: Readonly<Record<string, string>> = { sled: "sles", sles_sap: "sles", mariner: "azurelinux" };

/** Under what a distribution's support is kept, the most exact first: `ubuntu` `24.04`, `rhel` `9.4` and then `9`. */
export function supportKeysOf(
  distribution: Distribution,
): readonly { readonly scope: string; readonly name: string }[] {
  const { id, versionId } = distribution;
  const scope = Object.hasOwn(SAME_AS, id) ? (SAME_AS[id] ?? id) : id;
  if (versionId === undefined || versionId.length > 64) {
    return [];
  }
  const parts = versionId.split(".");
  return parts.map((_, index) => ({ scope, name: parts.slice(0, parts.length - index).join(".") }));
}
