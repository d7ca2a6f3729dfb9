// SPDX-License-Identifier: Apache-2.0
import {
  type KubeClient,
  KubeError,
  type KubeEvent,
  type KubeListPlace,
  type KubeObject,
  type KubePlace,
  type KubeResource,
} from "#kube";

interface Call {
  readonly method: string;
  readonly plural: string;
  readonly name?: string | undefined;
}

/**
 * The API server in memory, as far as our controllers use it: resource versions and their conflicts, merge patches and
 * applies, statuses, lists by label and name, and watches. The cluster tests do the same on the real one.
 */
export class MemoryKube implements KubeClient {
  readonly server: string = "https://memory.invalid";
  /** Writes in order. */
  readonly calls: Call[] = [];
  /** Kinds that are not installed. */
  readonly absent: Set<string> = new Set();
  /** Fails every call while it is there. */
  failure: KubeError | undefined;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<{ readonly place: KubeListPlace; readonly push: (event: KubeEvent) => void }>();
  #version = 0;

  async get(place: KubePlace): Promise<KubeObject> {
    this.#assertThere(place.resource);
    const found = this.#objects.get(keyOf(place));
    if (found === undefined) {
      throw new KubeError("NOT_FOUND", `no ${keyOf(place)}`);
    }
    return await Promise.resolve(structuredClone(found));
  }

  async list(
    place: KubeListPlace,
    options: { readonly query?: Readonly<Record<string, string>> } = {},
  ): Promise<{ items: readonly KubeObject[]; resourceVersion: string }> {
    this.#assertThere(place.resource);
    const prefix = prefixOf(place);
    const items = [...this.#objects]
      .filter(([key, object]) => key.startsWith(prefix) && isSelected(object, options.query ?? {}))
      .map(([, object]) => structuredClone(object));
    return await Promise.resolve({ items, resourceVersion: String(this.#version) });
  }

  async *pages(
    place: KubeListPlace,
    options: { readonly query?: Readonly<Record<string, string>> } = {},
  ): ReturnType<KubeClient["pages"]> {
    yield await this.list(place, options);
  }

  async *watch(place: KubeListPlace, options: Parameters<KubeClient["watch"]>[1]): ReturnType<KubeClient["watch"]> {
    const queue: KubeEvent[] = [];
    let wake: (() => void) | undefined;
    const watcher = {
      place,
      push: (event: KubeEvent) => {
        queue.push(event);
        wake?.();
      },
    };
    this.#watchers.add(watcher);
    options.signal?.addEventListener("abort", () => wake?.(), { once: true });
    options.onContact?.();
    // What happened since the list; a deletion in between would be lost, and no test makes one.
    for (const [key, object] of this.#objects) {
      if (
        key.startsWith(prefixOf(place)) &&
        Number(object.metadata.resourceVersion) > Number(options.resourceVersion)
      ) {
        queue.push(structuredClone({ type: "MODIFIED" as const, object }));
      }
    }
    try {
      while (options.signal?.aborted !== true) {
        const event = queue.shift();
        if (event !== undefined) {
          yield event;
          continue;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  async create(place: KubeListPlace, object: object): Promise<KubeObject> {
    this.#assertThere(place.resource);
    const made = object as KubeObject;
    const key = keyOf({ ...place, name: made.metadata.name });
    this.calls.push({ method: "create", plural: place.resource.plural, name: made.metadata.name });
    if (this.#objects.has(key)) {
      throw new KubeError("CONFLICT", `${key} exists`);
    }
    return await Promise.resolve(this.#put(place.resource, key, made, "ADDED"));
  }

  async replace(place: KubePlace, object: object): Promise<KubeObject> {
    const present = await this.get(place);
    const next = object as KubeObject;
    this.calls.push({ method: "replace", plural: place.resource.plural, name: place.name });
    this.#assertVersion(present, next.metadata.resourceVersion);
    return this.#put(place.resource, keyOf(place), next, "MODIFIED");
  }

  async patch(place: KubePlace, kind: "merge" | "apply" | "json", patch: unknown): Promise<KubeObject> {
    this.#assertThere(place.resource);
    this.calls.push({ method: kind, plural: place.resource.plural, name: place.name });
    const key = keyOf(place);
    const present = this.#objects.get(key);
    if (kind === "apply") {
      return this.#put(place.resource, key, patch as KubeObject, present === undefined ? "ADDED" : "MODIFIED");
    }
    const before = await this.get(place);
    const wanted = patch as { readonly metadata?: { readonly resourceVersion?: string } };
    this.#assertVersion(before, wanted.metadata?.resourceVersion);
    return this.#put(place.resource, key, merge(before, patch) as KubeObject, "MODIFIED");
  }

  async remove(place: KubePlace): Promise<void> {
    this.#assertThere(place.resource);
    this.calls.push({ method: "remove", plural: place.resource.plural, name: place.name });
    const key = keyOf(place);
    const object = this.#objects.get(key);
    if (object !== undefined) {
      this.#objects.delete(key);
      this.#tell(place.resource, { type: "DELETED", object });
    }
    await Promise.resolve();
  }

  raw(): Promise<unknown> {
    return Promise.reject(new KubeError("NOT_FOUND", "no such path"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }

  #put(resource: KubeResource, key: string, object: KubeObject, type: "ADDED" | "MODIFIED"): KubeObject {
    this.#version += 1;
    // as it comes over the wire: without fields that are undefined
    const stored = JSON.parse(
      JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } }),
    ) as KubeObject;
    this.#objects.set(key, stored);
    this.#tell(resource, { type, object: stored });
    return structuredClone(stored);
  }

  #tell(resource: KubeResource, event: KubeEvent): void {
    for (const { place, push } of this.#watchers) {
      if (place.resource.plural === resource.plural && place.resource.group === resource.group) {
        push(structuredClone(event));
      }
    }
  }

  #assertThere(resource: KubeResource): void {
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if (this.absent.has(resource.plural)) {
      throw new KubeError("NOT_FOUND", `no kind ${resource.plural}`);
    }
  }

  #assertVersion(present: KubeObject, version: string | undefined): void {
    if (version !== undefined && version !== present.metadata.resourceVersion) {
      throw new KubeError("CONFLICT", "changed in between");
    }
  }
}

function prefixOf({ resource, namespace }: KubeListPlace): string {
  return `${resource.group}/${resource.plural} ${namespace === undefined ? "" : `${namespace}/`}`;
}

function keyOf({ resource, namespace, name }: KubePlace): string {
  return `${resource.group}/${resource.plural} ${namespace ?? ""}/${name ?? ""}`;
}

function isSelected(object: KubeObject, query: Readonly<Record<string, string>>): boolean {
  const { labelSelector, fieldSelector } = query;
  const [label = "", value] = labelSelector?.split("=") ?? [];
  return (
    (labelSelector === undefined || object.metadata.labels?.[label] === value) &&
    (fieldSelector === undefined || fieldSelector === `metadata.name=${object.metadata.name}`)
  );
}

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
    return patch;
  }
  const base = typeof target === "object" && target !== null && !Array.isArray(target) ? target : {};
  const result = new Map(Object.entries(base as Record<string, unknown>));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      result.delete(name);
    } else {
      result.set(name, merge(result.get(name), value));
    }
  }
  return Object.fromEntries(result);
}
