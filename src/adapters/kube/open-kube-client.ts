// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { Deadline } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import { createInClusterCredentials, type InClusterServer } from "./in-cluster-credentials.ts";
import type { KubeCallOptions, KubeClient, KubeListPlace, KubeObject, KubePage, KubePlace } from "./kube-client.ts";
import { KubeConnection, type KubeRequest } from "./kube-connection.ts";
import type { KubeCredentials } from "./kube-credentials.ts";
import { kubePath, queryText } from "./kube-path.ts";
import { type KubeconfigChoice, openKubeconfigCredentials } from "./kubeconfig-credentials.ts";
import { listPages } from "./list-pages.ts";
import { openWatch } from "./open-watch.ts";
import { asKubeObject, asRecord, readAnswer } from "./read-answer.ts";
import { resourceName } from "./resources.ts";

const TIMEOUT_MS = 30_000;
/** A list that the server forgets so often changes faster than it can be read. */
const MAX_LISTS = 3;
const FIELD_MANAGER = "haechi";

const PATCH_TYPES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  // JSON is YAML; older servers know this name only
  apply: "application/apply-patch+yaml",
} as const;

/** Which API server, and as whom. */
export type KubeClientOptions = (
  | {
      readonly connection: "in-cluster";
      readonly server: InClusterServer;
      /** Of the service account's files; default: where the kubelet mounts them. */
      readonly folder?: string;
    }
  | ({ readonly connection: "kubeconfig" } & KubeconfigChoice)
) & { readonly userAgent?: string };

/** A client of the Kubernetes API. Connects when it is first asked. Throws `CREDENTIALS_UNUSABLE` for a bad kubeconfig. */
export async function openKubeClient(options: KubeClientOptions): Promise<KubeClient> {
  const credentials =
    options.connection === "in-cluster"
      ? createInClusterCredentials(options.server, options.folder)
      : await openKubeconfigCredentials(options);
  return createKubeClient(credentials, options.userAgent);
}

function createKubeClient(credentials: KubeCredentials, userAgent = "haechi"): KubeClient {
  const connection = new KubeConnection(credentials, userAgent);

  async function call(request: KubeRequest, options: CallOptions): Promise<unknown> {
    const what = `${request.method} ${request.path.split("?", 1).join("")}`;
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    using deadline = new Deadline(
      timeoutMs,
      options.signal,
      () => new KubeError("TIMEOUT", `${what}: no answer within ${timeoutMs} ms`),
    );
    const answer = await connection.send(request, deadline);
    try {
      return await readAnswer(answer, {
        what,
        server: connection.server,
        deadline,
        maxBytes: options.maxBytes ?? LIMITS.maxKubeObjectBytes,
        isSecret: options.isSecret ?? false,
      });
    } finally {
      // a whole answer leaves its connection for the next request; half of one must not
      if (!answer.complete) {
        answer.destroy();
      }
    }
  }

  async function change(
    place: KubePlace,
    request: Omit<KubeRequest, "path">,
    options: KubeCallOptions,
  ): Promise<KubeObject> {
    const path = kubePath(place, options.query);
    const made = asRecord(await call({ ...request, path }, { ...options, isSecret: isSecret(place) }));
    // Reviews are created and not kept: they have no name.
    return { ...made, metadata: { name: "", ...asRecord(made["metadata"]) } };
  }

  async function* pages(place: KubeListPlace, options: KubeCallOptions = {}): AsyncGenerator<KubePage> {
    const what = `list of ${resourceName(place.resource)}`;
    const more = { ...options, maxBytes: LIMITS.maxKubePageBytes, isSecret: isSecret(place) };
    yield* listPages(
      (query) => call({ method: "GET", path: kubePath(place, { ...options.query, ...query }) }, more),
      what,
    );
  }

  return {
    server: connection.server,
    pages,

    async get(place, options = {}) {
      return asKubeObject(await change(place, { method: "GET" }, options), `get of ${resourceName(place.resource)}`);
    },

    async list(place, options = {}) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const items: KubeObject[] = [];
          let resourceVersion = "";
          for await (const page of pages(place, options)) {
            items.push(...page.items);
            ({ resourceVersion } = page);
          }
          return { items, resourceVersion };
        } catch (error) {
          if (!(error instanceof KubeError) || error.code !== "GONE" || attempt === MAX_LISTS) {
            throw error;
          }
        }
      }
    },

    watch: (place, options) => openWatch(connection, place, options),

    async create(place, object, options = {}) {
      return await change(place, { method: "POST", body: JSON.stringify(object) }, options);
    },

    async replace(place, object, options = {}) {
      return await change(place, { method: "PUT", body: JSON.stringify(object) }, options);
    },

    async patch(place, kind, patch, options = {}) {
      const applied = kind === "apply" ? { fieldManager: FIELD_MANAGER, force: "true" } : {};
      const request = { method: "PATCH", body: JSON.stringify(patch), contentType: PATCH_TYPES[kind] } as const;
      return await change(place, request, { ...options, query: { ...applied, ...options.query } });
    },

    async remove(place, options = {}) {
      try {
        await call(
          { method: "DELETE", path: kubePath(place, options.query) },
          { ...options, isSecret: isSecret(place) },
        );
      } catch (error) {
        if (!(error instanceof KubeError) || error.code !== "NOT_FOUND") {
          throw error;
        }
      }
    },

    async raw(method, path, body, options = {}) {
      if (!path.startsWith("/")) {
        throw new KubeError("INVALID", "expected a path that begins with a slash");
      }
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      return await call({ method, path: `${path}${queryText(options.query ?? {})}`, ...text }, options);
    },

    [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

interface CallOptions extends KubeCallOptions {
  readonly maxBytes?: number;
  readonly isSecret?: boolean;
}

function isSecret({ resource }: Pick<KubePlace, "resource">): boolean {
  return resource.group === "" && resource.plural === "secrets";
}
