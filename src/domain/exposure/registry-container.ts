// SPDX-License-Identifier: Apache-2.0

/** What of a container tells a registry. */
export interface RegistryContainer {
  readonly image: string;
  readonly ports: readonly { readonly number: number; readonly name: string }[];
  /** Without a value: from a Secret, a ConfigMap or the Pod itself. */
  readonly variables: ReadonlyMap<string, string | undefined>;
  /** Command and arguments. */
  readonly words: readonly string[];
  readonly mountPaths: readonly string[];
}
