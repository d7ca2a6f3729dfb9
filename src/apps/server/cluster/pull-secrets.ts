// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import { type KubeClient, KubeError, type KubeObject, RESOURCES } from "#kube";
import type { PullSecretQuestion } from "../context.ts";

const LIFE_MS = 60_000;
/** What is not there may be made any moment: a Pod is often created together with its Secret. */
const ABSENT_LIFE_MS = 5_000;
const MAX_ENTRIES = 2_000;
const MAX_CACHED_BYTES = 32 * 1024 * 1024;
/** Of one Pod or service account; kubelets try each of them for each image. */
const MAX_NAMES = 32;
const TIMEOUT_MS = 5_000;

type Client = Pick<KubeClient, "get">;

interface Entry {
  readonly value: Promise<readonly string[]>;
  expiresAt: number;
  bytes: number;
}

export interface PullSecretsOptions {
  readonly client: Client;
  readonly log: Pick<Logger, "debug">;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Reads pull secrets as the kubelet does: those that a Pod names, else those of its service account, always in the Pod's
 * own namespace. What is missing or may not be read is left out. Each is remembered for a minute.
 */
export class PullSecrets {
  readonly #client: Client;
  readonly #log: Pick<Logger, "debug">;
  readonly #now: () => number;
  /** The oldest first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor({ client, log, now = () => performance.now() }: PullSecretsOptions) {
    this.#client = client;
    this.#log = log;
    this.#now = now;
  }

  /** Contents of docker `config.json` files, in the order of the names. */
  async read(question: PullSecretQuestion, signal?: AbortSignal): Promise<readonly string[]> {
    const { namespace } = question;
    const names = await this.#namesOf(question, signal);
    const contents = await Promise.all(
      names.map((name) => this.#share(`secret ${namespace}/${name}`, this.#secret(namespace, name), signal)),
    );
    return contents.flat();
  }

  forget(question: PullSecretQuestion): void {
    const { namespace } = question;
    const account = accountKey(question);
    // What a service account names is only known from its entry: everything of the namespace goes, which costs a few questions.
    for (const key of this.#entries.keys()) {
      if (key === account || key.startsWith(`secret ${namespace}/`)) {
        this.#remove(key);
      }
    }
  }

  async #namesOf(question: PullSecretQuestion, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const { namespace, names, serviceAccount } = question;
    const found =
      names.length > 0
        ? names
        : await this.#share(accountKey(question), this.#account(namespace, serviceAccount || "default"), signal);
    return [...new Set(found)].filter((name) => name !== "").slice(0, MAX_NAMES);
  }

  #account(namespace: string, name: string): () => Promise<readonly string[] | undefined> {
    return async () => {
      const object = await this.#get({ resource: RESOURCES.serviceAccounts, namespace, name });
      const listed: unknown = object?.["imagePullSecrets"];
      return object === undefined || !Array.isArray(listed)
        ? object && []
        : listed.flatMap((each: unknown) => {
            const secret = (each as { readonly name?: unknown } | null)?.name;
            return typeof secret === "string" ? [secret] : [];
          });
    };
  }

  #secret(namespace: string, name: string): () => Promise<readonly string[] | undefined> {
    return async () => {
      const object = await this.#get({ resource: RESOURCES.secrets, namespace, name });
      return object && dockerConfigs(object);
    };
  }

  /** `undefined`: there is none for us. Throws when that could not be found out. */
  async #get(place: Parameters<Client["get"]>[0]): Promise<KubeObject | undefined> {
    try {
      return await this.#client.get(place, { timeoutMs: TIMEOUT_MS });
    } catch (error) {
      if (error instanceof KubeError && ["NOT_FOUND", "FORBIDDEN", "INVALID"].includes(error.code)) {
        return undefined;
      }
      throw error;
    }
  }

  /** One question for all that ask at once; whoever gives up leaves it to the others. */
  async #share(
    key: string,
    read: () => Promise<readonly string[] | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const known = this.#entries.get(key);
    if (known !== undefined && known.expiresAt > this.#now()) {
      return await orAbort(known.value, signal);
    }
    this.#remove(key);
    const entry: Entry = { value: this.#fill(key, read), expiresAt: Number.POSITIVE_INFINITY, bytes: 0 };
    this.#entries.set(key, entry);
    return await orAbort(entry.value, signal);
  }

  async #fill(key: string, read: () => Promise<readonly string[] | undefined>): Promise<readonly string[]> {
    // the entry is there before this goes on
    await Promise.resolve();
    const entry = this.#entries.get(key);
    try {
      const found = await read();
      if (entry !== undefined && this.#entries.get(key) === entry) {
        entry.expiresAt = this.#now() + (found === undefined ? ABSENT_LIFE_MS : LIFE_MS);
        entry.bytes = (found ?? []).reduce((sum, each) => sum + each.length, 0);
        this.#bytes += entry.bytes;
        this.#shrink();
      }
      return found ?? [];
    } catch (error) {
      // Without credentials the registry decides; what could not be asked now is asked again the next time.
      this.#log.debug({ err: error }, "pull secrets could not be read");
      if (this.#entries.get(key) === entry) {
        this.#remove(key);
      }
      return [];
    }
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES && this.#bytes <= MAX_CACHED_BYTES) {
        return;
      }
      this.#remove(key);
    }
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

function accountKey({ namespace, serviceAccount }: PullSecretQuestion): string {
  return `account ${namespace}/${serviceAccount || "default"}`;
}

/** Of both forms: `kubernetes.io/dockerconfigjson`, and the older `kubernetes.io/dockercfg`, which is its `auths` alone. */
function dockerConfigs(object: KubeObject): readonly string[] {
  const data = object["data"] as Readonly<Record<string, unknown>> | null | undefined;
  const current = decode(data?.[".dockerconfigjson"]);
  const older = decode(data?.[".dockercfg"]);
  return [
    ...(current !== undefined && isJsonObject(current) ? [current] : []),
    ...(older !== undefined && isJsonObject(older) ? [`{"auths":${older}}`] : []),
  ];
}

function decode(value: unknown): string | undefined {
  return typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : undefined;
}

/** One Secret that is none must not make the others unreadable. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

async function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return await work;
  }
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  function onAbort(): void {
    reject(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
  }
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
