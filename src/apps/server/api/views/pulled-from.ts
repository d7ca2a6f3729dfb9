// SPDX-License-Identifier: Apache-2.0
import { type Configuration, registryNamesOf } from "#configuration";

/** Where a workload's image comes from: our registry by a name of the cluster's network, by its public name, or another registry. */
export type PulledFrom = "private" | "public" | "foreign";

type Names = Pick<Configuration, "listen" | "registry" | "roles">;

/** First parts of references, in lower case. Docker Hub's, which may have none, are never among them. */
export interface RegistryNames {
  readonly private: ReadonlySet<string>;
  readonly public: ReadonlySet<string>;
}

/** By which names which of our listeners is known. */
export function pullNames(configuration: Names): RegistryNames {
  const { publicName } = configuration.registry;
  const { registryPublic } = configuration.listen;
  const address = registryPublic === undefined ? [] : [`${registryPublic.host}:${registryPublic.port}`];
  const ofPublic = spelledOut([...(publicName === undefined ? [] : [publicName]), ...address]);
  const all = spelledOut([...registryNamesOf(configuration), ...configuration.registry.names]);
  return { public: ofPublic, private: new Set([...all].filter((name) => !ofPublic.has(name))) };
}

export function pulledFrom(reference: string, names: RegistryNames): PulledFrom {
  const host = reference.slice(0, Math.max(0, reference.indexOf("/"))).toLowerCase();
  if (names.public.has(host)) {
    return "public";
  }
  return names.private.has(host) ? "private" : "foreign";
}

/** What `RunningImageQuery.registries` asks for. */
export function registriesOf(
  from: PulledFrom,
  names: RegistryNames,
): { readonly names: readonly string[]; readonly isOneOf: boolean } {
  return from === "foreign"
    ? { names: [...names.private, ...names.public], isOneOf: false }
    : { names: [...names[from]], isOneOf: true };
}

/** With and without the default port: both name the same. */
function spelledOut(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const host = name.toLowerCase();
      return host.endsWith(":443") ? [host, host.slice(0, -4)] : [host, ...(/:\d+$/.test(host) ? [] : [`${host}:443`])];
    }),
  );
}
