// SPDX-License-Identifier: Apache-2.0

/** A kind of object of the Kubernetes API, as its paths name it. */
export interface KubeResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** e.g. `deployments`. */
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** Where an object or a list of objects is. */
export interface KubePlace {
  readonly resource: KubeResource;
  /** Absent for cluster-scoped kinds and for lists over all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  readonly subResource?: string;
}

/** An object of the Kubernetes API; all but the metadata is unchecked. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

export interface KubeCallOptions {
  readonly signal?: AbortSignal;
  readonly query?: Readonly<Record<string, string>>;
  /** For each answer; default 30 s. */
  readonly timeoutMs?: number;
}

/** Objects of one kind: all of them, or those of a namespace. */
export type KubeListPlace = Omit<KubePlace, "name">;

/** A part of a list, and the state of the cluster that the whole list shows. */
export interface KubePage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

/** What happened to an object; of a bookmark only `metadata.resourceVersion` counts. */
export interface KubeEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubeObject;
}

export interface KubeWatchOptions {
  /** The state after which events are wanted. */
  readonly resourceVersion: string;
  readonly signal?: AbortSignal;
  readonly query?: Readonly<Record<string, string>>;
  /** When the server shall end the watch by itself. */
  readonly timeoutSeconds: number;
  /** Without any byte for this long the connection counts as lost. */
  readonly silenceMs: number;
  /** Called when the server agreed, and whenever bytes arrive. */
  readonly onContact?: () => void;
}

/**
 * The Kubernetes API with one identity. Every method throws KubeError with a code that says what kind of failure it was,
 * and the reason of `signal` when that aborts.
 */
export interface KubeClient extends AsyncDisposable {
  /** Address of the API server, for messages. */
  readonly server: string;
  get(place: KubePlace, options?: KubeCallOptions): Promise<KubeObject>;
  /** All objects at once; begins anew when the server forgot what it had begun to list. */
  list(place: KubeListPlace, options?: KubeCallOptions): Promise<KubePage>;
  /** The same page by page. Throws `GONE` when the server forgot what it had begun to list. */
  pages(place: KubeListPlace, options?: KubeCallOptions): AsyncIterable<KubePage>;
  /**
   * Events in order, until the server ends the watch. Throws `GONE` when it no longer knows the state asked for, `SILENT`
   * and `ANSWER_INVALID`. {@link superviseWatch} is what programs use.
   */
  watch(place: KubeListPlace, options: KubeWatchOptions): AsyncIterable<KubeEvent>;
  create(place: KubeListPlace, object: object, options?: KubeCallOptions): Promise<KubeObject>;
  replace(place: KubePlace, object: object, options?: KubeCallOptions): Promise<KubeObject>;
  /** `merge`: JSON merge patch; `apply`: server-side apply as field manager `haechi`, forced; `json`: JSON Patch. */
  patch(
    place: KubePlace,
    kind: "merge" | "apply" | "json",
    patch: unknown,
    options?: KubeCallOptions,
  ): Promise<KubeObject>;
  /** Resolves also when there was nothing to remove. */
  remove(place: KubePlace, options?: KubeCallOptions): Promise<void>;
  /** Any path, such as `/version`; JSON. */
  raw(method: "GET" | "POST", path: string, body?: object, options?: KubeCallOptions): Promise<unknown>;
}
