// SPDX-License-Identifier: Apache-2.0
import type { TrustRequirement } from "#signatures";
import type { Look } from "./requirement-findings.ts";

/**
 * Names the trust material that a requirement takes by name, as it is now; inline material is part of the requirement.
 * A root that cannot be had is a name of its own, so that nothing verified by it before is reused.
 */
export async function trustMaterial(requirement: TrustRequirement, look: Look): Promise<string> {
  const digests = await Promise.all(
    rootNames(requirement).map(async (name) => {
      try {
        const { digest } = await look.options.trustRoots.resolve(name, { now: look.subject.now, signal: look.signal });
        return `${name} ${digest}`;
      } catch {
        // said where the root is used
        return `${name} unavailable`;
      }
    }),
  );
  return digests.join("\n");
}

function rootNames(requirement: TrustRequirement): readonly string[] {
  switch (requirement.kind) {
    case "cosign-key":
    case "cosign-keyless":
      return requirement.trustRoot?.name === undefined ? [] : [requirement.trustRoot.name];
    case "attestation":
      return requirement.by.flatMap(rootNames);
    case "any-of":
      return requirement.of.flatMap(rootNames);
    default:
      return [];
  }
}
