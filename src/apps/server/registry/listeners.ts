// SPDX-License-Identifier: Apache-2.0
import type { Configuration, ListenAddress } from "#configuration";
import type { RegistrySettings } from "./settings/index.ts";

/** One address of the registry and how it is served there. */
export interface RegistryListener {
  /** Of the network of the cluster, or of everybody else. */
  readonly kind: "private" | "public";
  /** Its key below `listen`. */
  readonly setting: "registry" | "registryPublic";
  readonly address: ListenAddress;
  /** Host or host:port by which clients reach it; absent: its address. */
  readonly name?: string;
  /** PEM files; absent: plain HTTP, such as behind a proxy that ends TLS. */
  readonly certificateFiles?: { readonly certificate: string; readonly key: string };
}

/** The listeners that are switched on, the private one first. */
export function registryListeners({
  listen,
  registry,
}: Pick<Configuration, "listen" | "registry">): readonly RegistryListener[] {
  const { certificateFiles, publicCertificateFiles, publicName } = registry;
  const [privateName] = registry.names;
  const listeners: RegistryListener[] = [];
  if (listen.registry !== undefined) {
    listeners.push({
      kind: "private",
      setting: "registry",
      address: listen.registry,
      ...(privateName === undefined ? {} : { name: privateName }),
      ...(certificateFiles === undefined ? {} : { certificateFiles }),
    });
  }
  if (listen.registryPublic !== undefined) {
    listeners.push({
      kind: "public",
      setting: "registryPublic",
      address: listen.registryPublic,
      ...(publicName === undefined ? {} : { name: publicName }),
      ...(publicCertificateFiles === undefined ? {} : { certificateFiles: publicCertificateFiles }),
    });
  }
  return listeners;
}

/** Where clients reach it, e.g. `https://registry.example.com`. */
export function uriOf({ address, name, certificateFiles }: RegistryListener): string {
  return `${certificateFiles === undefined ? "http" : "https"}://${name ?? hostAndPort(address)}`;
}

/** As in a URL. */
export function hostAndPort({ host, port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Which repositories may be read there without an account: by their settings, else by the configuration. The public listener
 * has a switch of its own, so that what the cluster may pull without an account is not open to everybody.
 */
export function anonymousPullAt(
  { kind }: Pick<RegistryListener, "kind">,
  configuration: Pick<Configuration["registry"], "anonymousPull" | "publicAnonymousPull">,
  settings: Pick<RegistrySettings, "of">,
): (repository: string) => boolean {
  if (kind === "public" && !configuration.publicAnonymousPull) {
    return () => false;
  }
  const otherwise = kind === "public" ? configuration.publicAnonymousPull : configuration.anonymousPull;
  return (repository) => settings.of(repository).settings.anonymousPull ?? otherwise;
}
