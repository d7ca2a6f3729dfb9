// SPDX-License-Identifier: Apache-2.0

/**
 * What a document of the registry's settings is about: `settings` of a repository prefix (the name; empty: all), a `replication` rule,
 * a `webhook`, a `scanner` of somebody else, a `promotion` rule, a `backup` rule, or the `service` itself (name empty).
 */
export type RegistryObjectKind =
  | "settings"
  | "replication"
  | "webhook"
  | "scanner"
  | "promotion"
  | "backup"
  | "service";

/** A stored document. Who reads it validates it: an earlier version may have written it. Nothing in it is secret. */
export interface RegistryObject {
  readonly kind: RegistryObjectKind;
  readonly name: string;
  readonly document: unknown;
  readonly updatedBy: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** Each change is told to every process as `registry-changed`. */
export interface RegistryObjectStore {
  list(kind: RegistryObjectKind): Promise<readonly RegistryObject[]>;
  find(kind: RegistryObjectKind, name: string): Promise<RegistryObject | undefined>;
  put(object: Pick<RegistryObject, "kind" | "name" | "document" | "updatedBy">): Promise<void>;
  /** False: there was none. */
  remove(kind: RegistryObjectKind, name: string): Promise<boolean>;
}
