// SPDX-License-Identifier: Apache-2.0
import { type KubeResource, RESOURCES, resourceName, type SupervisedWatch } from "#kube";
import type { PolicyDocument, PolicyException } from "#policy";
import { PolicyObjects, type PolicyPart } from "./policy-objects.ts";
import { type WatchSurroundings, watchKind } from "./watch-kinds.ts";

const POLICY_KINDS: readonly KubeResource[] = [
  RESOURCES.imagePolicies,
  RESOURCES.clusterImagePolicies,
  RESOURCES.policyExceptions,
  RESOURCES.portierisImagePolicies,
  RESOURCES.portierisClusterImagePolicies,
  RESOURCES.ciseImagePolicies,
  RESOURCES.ciseClusterImagePolicies,
];

/** The policy objects of the cluster, in all spellings. */
export interface WatchedPolicies extends AsyncDisposable {
  readonly documents: readonly PolicyDocument[];
  readonly exceptions: readonly PolicyException[];
  /** Whether each kind was read once, or is not installed. */
  readonly isRead: boolean;
  readonly watches: ReadonlyMap<string, SupervisedWatch<unknown>>;
}

/** Watches every kind of policy; calls back after each change. */
export function watchPolicies(surroundings: WatchSurroundings, onChange: () => void): WatchedPolicies {
  const watches = new Map(
    POLICY_KINDS.map((resource): [string, SupervisedWatch<PolicyPart>] => {
      const objects = new PolicyObjects(surroundings.log);
      const watch = watchKind<PolicyPart>(surroundings, {
        resource,
        select: (object) => objects.read(object),
        onChange: (changes) => {
          for (const change of changes) {
            if (change.kind === "deleted") {
              objects.forget(change.key);
            }
          }
          onChange();
        },
        onState: onChange,
      });
      return [resourceName(resource), watch];
    }),
  );
  function parts(): readonly PolicyPart[] {
    return [...watches.values()].flatMap(({ objects }) => [...objects.values()]);
  }
  return {
    watches,
    get documents() {
      return parts().flatMap(({ document }) => document ?? []);
    },
    get exceptions() {
      return parts().flatMap(({ exception }) => exception ?? []);
    },
    get isRead() {
      return [...watches.values()].every(({ state }) => state !== "starting");
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...watches.values()].map((each) => each[Symbol.asyncDispose]()));
    },
  };
}
