// SPDX-License-Identifier: Apache-2.0
import type { KubeMetadata, KubeObject } from "./kube-client.ts";

/** What happened to one object, as a program sees it that keeps only a part of it. */
export type ObjectChange<T> =
  | { readonly kind: "set"; readonly key: string; readonly value: T; readonly previous?: T }
  | { readonly kind: "deleted"; readonly key: string; readonly previous: T };

/** `namespace/name`, or the name alone of an object of the cluster. */
export function objectKey({ namespace, name }: Pick<KubeMetadata, "namespace" | "name">): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** What is kept of the objects of one kind. */
export class WatchedObjects<T> {
  readonly #select: (object: KubeObject) => T | undefined;
  readonly #values = new Map<string, T>();
  /** What was seen last, also of objects that are of no interest. */
  readonly #versions = new Map<string, string>();
  /** While a list is read: what it held so far. */
  #listed: Map<string, { readonly version: string; readonly value: T | undefined }> | undefined;

  constructor(select: (object: KubeObject) => T | undefined) {
    this.#select = select;
  }

  get values(): ReadonlyMap<string, T> {
    return this.#values;
  }

  beginList(): void {
    this.#listed = new Map();
  }

  /** Nothing of a list counts before all of it was read. */
  addListed(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const key = objectKey(object.metadata);
      const version = object.metadata.resourceVersion ?? "";
      const isKnown = version !== "" && this.#versions.get(key) === version;
      this.#listed?.set(key, { version, value: isKnown ? this.#values.get(key) : this.#select(object) });
    }
  }

  /** The list replaces what was known; says what that changed. */
  endList(): readonly ObjectChange<T>[] {
    const listed = this.#listed ?? new Map<string, { readonly version: string; readonly value: T | undefined }>();
    this.#listed = undefined;
    const gone = [...this.#versions.keys()].filter((key) => !listed.has(key));
    return [
      ...gone.flatMap((key) => this.#forget(key)),
      ...[...listed].flatMap(([key, { version, value }]) =>
        version !== "" && this.#versions.get(key) === version ? [] : this.#put(key, version, value),
      ),
    ];
  }

  put(object: KubeObject): readonly ObjectChange<T>[] {
    return this.#put(objectKey(object.metadata), object.metadata.resourceVersion ?? "", this.#select(object));
  }

  remove(object: KubeObject): readonly ObjectChange<T>[] {
    return this.#forget(objectKey(object.metadata));
  }

  clear(): readonly ObjectChange<T>[] {
    this.#listed = undefined;
    return [...this.#versions.keys()].flatMap((key) => this.#forget(key));
  }

  #put(key: string, version: string, value: T | undefined): readonly ObjectChange<T>[] {
    this.#versions.set(key, version);
    const previous = this.#values.get(key);
    if (value !== undefined) {
      this.#values.set(key, value);
      return [{ kind: "set", key, value, ...(previous === undefined ? {} : { previous }) }];
    }
    this.#values.delete(key);
    return previous === undefined ? [] : [{ kind: "deleted", key, previous }];
  }

  #forget(key: string): readonly ObjectChange<T>[] {
    this.#versions.delete(key);
    const previous = this.#values.get(key);
    this.#values.delete(key);
    return previous === undefined ? [] : [{ kind: "deleted", key, previous }];
  }
}
