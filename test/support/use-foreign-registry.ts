// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach } from "vitest";
import type { Verdict } from "#policy";
import { type ForeignRegistry, startForeignRegistry } from "./foreign-registry.ts";
import { type GateReplica, type GateReplicaOptions, IMAGE, SCANNED, startGateReplica } from "./remote-world.ts";

/**
 * Before each test a new registry that holds `app:1`, given to `onStart`; after it everything ends. Returns a function
 * that starts a gate, by default with the policy that asks for the scan.
 */
export function useForeignRegistry(
  onStart: (registry: ForeignRegistry) => void,
): (options?: Partial<GateReplicaOptions>) => Promise<GateReplica> {
  const opened: AsyncDisposable[] = [];

  beforeEach(async () => {
    const registry = await startForeignRegistry();
    opened.push(registry);
    registry.push("app", "1", IMAGE);
    onStart(registry);
  });

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) {
      await each[Symbol.asyncDispose]();
    }
  });

  return async (options = {}) => {
    const replica = await startGateReplica({ policies: [SCANNED], ...options });
    opened.push(replica);
    return replica;
  };
}

export function codesOf({ reasons }: Verdict): readonly string[] {
  return reasons.map((reason) => reason.code);
}
