// SPDX-License-Identifier: Apache-2.0
import type { TrustRequirement } from "#signatures";
import type { PolicyDocument } from "./policy-document.ts";

/**
 * Says of each address in the requirement who named it. A ClusterImagePolicy is the operator's, wherever it was read
 * from; an ImagePolicy belongs to a namespace, whose people must not lead the server to private addresses.
 */
export function withAddressAuthor(
  requirement: TrustRequirement,
  { kind }: Pick<PolicyDocument, "kind">,
): TrustRequirement {
  if (kind !== "ClusterImagePolicy") {
    return requirement;
  }
  if (requirement.kind === "any-of") {
    return {
      ...requirement,
      of: requirement.of.map((each) => withAddressAuthor(each, { kind })) as typeof requirement.of,
    };
  }
  const isAddressed =
    (requirement.kind === "notary" && requirement.server !== undefined) ||
    (requirement.kind === "gpg" && requirement.store !== undefined);
  return isAddressed ? { ...requirement, addressBy: "operator" } : requirement;
}
