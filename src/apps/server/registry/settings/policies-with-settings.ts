// SPDX-License-Identifier: Apache-2.0
import { createPolicySet, type PolicySet } from "#policy";
import { addSettings, type SettingsTree } from "#registry";
import type { GatePolicies, PolicySource } from "../../context.ts";
import type { RegistrySettings } from "./registry-settings.ts";

/** The policies with what the registry's settings ask for, at both gates: an image gets one verdict wherever somebody asks. */
export function policiesWithSettings(
  source: PolicySource,
  settings: Pick<RegistrySettings, "tree" | "subscribe">,
  registryName: string,
): PolicySource & Disposable {
  let made: { readonly of: GatePolicies; readonly by: SettingsTree; readonly gates: GatePolicies } | undefined;
  const listeners = new Set<() => void>();
  function changed(): void {
    for (const onChange of listeners) {
      onChange();
    }
  }
  const ends = [source.subscribe(changed), settings.subscribe(changed)];
  return {
    current() {
      const base = source.current();
      const { tree } = settings;
      if (made?.of !== base || made.by !== tree) {
        made = { of: base, by: tree, gates: withSettings(base, tree, registryName) };
      }
      return made.gates;
    },
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    get isReady() {
      return source.isReady;
    },
    [Symbol.dispose]() {
      for (const end of ends) {
        end();
      }
      listeners.clear();
    },
  };
}

function withSettings(base: GatePolicies, tree: SettingsTree, registryName: string): GatePolicies {
  function add({ generation: _, ...set }: PolicySet): PolicySet {
    return createPolicySet(addSettings(set, tree, registryName));
  }
  return tree.prefixes.length === 0 ? base : { registry: add(base.registry), admission: add(base.admission) };
}
