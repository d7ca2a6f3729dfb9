// SPDX-License-Identifier: Apache-2.0
import {
  KubeError,
  type KubeObject,
  objectKey,
  RESOURCES,
  resourceName,
  type SupervisedWatch,
  type WatchState,
} from "#kube";
import type { PolicySecret } from "#policy";
import type { NamedSecret } from "./named-secrets.ts";
import { type WatchSurroundings, watchKind } from "./watch-kinds.ts";

const TIMEOUT_MS = 5_000;

export interface FollowedSecretOptions {
  readonly named: NamedSecret;
  readonly surroundings: WatchSurroundings;
  readonly onChange: () => void;
  /** Between two readings; asked before each. */
  readonly pollMs: () => number;
}

/**
 * One Secret as it is now. It is watched by its name; whoever may only get Secrets and not watch them, as the chart has it
 * for the namespaces of tenants, reads it again and again.
 */
export class FollowedSecret implements AsyncDisposable {
  readonly #options: FollowedSecretOptions;
  readonly #stopping = new AbortController();
  #watch: SupervisedWatch<PolicySecret> | undefined;
  #polled: PolicySecret | undefined;
  #pollState: WatchState = "starting";
  #lastRead: Date | undefined;
  #working: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;

  constructor(options: FollowedSecretOptions) {
    this.#options = options;
    const { named, surroundings, onChange } = options;
    this.#watch = watchKind<PolicySecret>(surroundings, {
      resource: RESOURCES.secrets,
      ...(named.namespace === undefined ? {} : { namespace: named.namespace }),
      fieldSelector: `metadata.name=${named.name}`,
      // The server's word that it is this one alone is not enough to read a key from it.
      select: (object) => (object.metadata.name === named.name ? toPolicySecret(object) : undefined),
      onChange,
      onState: onChange,
      onForbidden: () => this.#pollInstead(),
    });
  }

  /** Of one namespace one or none. */
  get secrets(): readonly PolicySecret[] {
    return this.#watch === undefined
      ? this.#polled === undefined
        ? []
        : [this.#polled]
      : [...this.#watch.objects.values()];
  }

  get state(): WatchState {
    return this.#watch?.state ?? this.#pollState;
  }

  get lastContactAt(): Date | undefined {
    return this.#watch?.lastContactAt ?? this.#lastRead;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error("the Secret is not followed any more"));
    this.#wake?.();
    await this.#watch?.[Symbol.asyncDispose]();
    await this.#working;
  }

  #pollInstead(): void {
    const { namespace } = this.#options.named;
    const watch = this.#watch;
    // Of all namespaces only a watch tells; of one, the watch says that it cannot only at its beginning.
    if (namespace === undefined || watch?.state !== "starting" || this.#stopping.signal.aborted) {
      return;
    }
    this.#watch = undefined;
    this.#working = Promise.all([watch[Symbol.asyncDispose](), this.#poll(namespace)]).then(() => undefined);
  }

  async #poll(namespace: string): Promise<void> {
    const { named, surroundings, onChange, pollMs } = this.#options;
    const { client, clock, log, onRestart } = surroundings;
    const place = { resource: RESOURCES.secrets, namespace, name: named.name };
    let version: string | undefined;
    let isForbidden = false;
    while (!this.#stopping.signal.aborted) {
      const before = [this.#pollState, version];
      try {
        const object = await client.get(place, { signal: this.#stopping.signal, timeoutMs: TIMEOUT_MS });
        this.#polled = toPolicySecret(object);
        version = object.metadata.resourceVersion;
        this.#lastRead = clock.now();
        this.#pollState = "synced";
      } catch (error) {
        if (this.#stopping.signal.aborted) {
          return;
        }
        const code = error instanceof KubeError ? error.code : undefined;
        if (code === "NOT_FOUND" || code === "FORBIDDEN") {
          this.#polled = undefined;
          version = undefined;
          this.#lastRead = clock.now();
          this.#pollState = "synced";
        } else {
          onRestart(resourceName(RESOURCES.secrets), code === undefined ? "bug" : lowerCase(code));
          this.#pollState = this.#pollState === "starting" ? "starting" : "stale";
        }
        if (code === "FORBIDDEN" && !isForbidden) {
          log.warn(
            { secret: objectKey({ namespace, name: named.name }) },
            "a policy names a Secret that may not be read",
          );
        }
        isForbidden = code === "FORBIDDEN";
      }
      if (before[0] !== this.#pollState || before[1] !== version) {
        onChange();
      }
      await this.#pause(pollMs());
    }
  }

  async #pause(delayMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) {
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, delayMs);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }
}

function lowerCase<Code extends string>(code: Code): Lowercase<Code> {
  return code.toLowerCase() as Lowercase<Code>;
}

/** As in a policy file: decoded text, and base64 where it is none. */
function toPolicySecret({ metadata, ...object }: KubeObject): PolicySecret {
  const data = object["data"];
  const fields = typeof data === "object" && data !== null ? Object.entries(data as object) : [];
  return {
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name,
    data: Object.fromEntries(
      fields.flatMap(([field, value]: readonly [string, unknown]) =>
        typeof value === "string" ? [[field, decode(value)]] : [],
      ),
    ),
  };
}

function decode(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, "base64"));
  } catch {
    return value;
  }
}
