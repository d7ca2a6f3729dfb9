// SPDX-License-Identifier: Apache-2.0
import {
  type ExposureObject,
  readExposureObject,
  UNSUPPORTED_KINDS,
  type UnreadObjects,
  unsupportedKindName,
} from "#exposure";
import { type KubeClient, KubeError } from "#kube";
import { builtInKinds, type ClusterKind, fetchGatewayKinds, fetchUnsupportedKinds } from "./cluster-kinds.ts";

/** Objects that exposure is judged by, and what could not be read of them. */
export interface ReadObjects {
  readonly objects: readonly ExposureObject[];
  readonly unread: readonly UnreadObjects[];
}

/** A list that the server forgets so often changes faster than it can be read. */
const MAX_LISTS = 3;

/**
 * Reads a cluster, or one namespace of it, page by page; of each object only what is judged is kept. What the user may not read is
 * among `unread`, never taken for empty. Throws KubeError when the API server cannot be asked at all.
 */
export async function fetchClusterObjects(
  client: KubeClient,
  { namespace, signal }: { readonly namespace?: string | undefined; readonly signal: AbortSignal },
): Promise<ReadObjects> {
  const objects: ExposureObject[] = [];
  const unread: UnreadObjects[] = [];
  const kinds = [...builtInKinds()];
  try {
    kinds.push(...(await fetchGatewayKinds(client, signal)));
  } catch (error) {
    unread.push(unreadKind("Gateway", namespace, error));
  }
  for (const kind of kinds) {
    try {
      const found = await readKind(client, kind, { namespace, signal });
      for (const each of found) {
        if ("object" in each) {
          objects.push(each.object);
        } else {
          unread.push(each.unread);
        }
      }
    } catch (error) {
      unread.push(unreadKind(kind.kind, namespace, error));
    }
  }
  return { objects, unread: [...unread, ...(await findUnsupported(client, signal))] };
}

/** Of kinds that nobody here can read, those of which there is one. In all namespaces: what they lead to may lie in any. */
async function findUnsupported(client: KubeClient, signal: AbortSignal): Promise<readonly UnreadObjects[]> {
  const unread: UnreadObjects[] = [];
  try {
    for (const { kind, resource } of await fetchUnsupportedKinds(client, signal)) {
      try {
        if (unread.every((each) => each.kind !== kind) && (await hasAny(client, resource, signal))) {
          unread.push({ kind, reason: "unsupported" });
        }
      } catch (error) {
        // a group may serve some of its kinds only
        if (!(error instanceof KubeError) || error.code !== "NOT_FOUND") {
          unread.push(unreadKind(kind, undefined, error));
        }
      }
    }
  } catch (error) {
    unread.push(...UNSUPPORTED_KINDS.map((each) => unreadKind(unsupportedKindName(each), undefined, error)));
  }
  return unread;
}

async function hasAny(client: KubeClient, resource: ClusterKind["resource"], signal: AbortSignal): Promise<boolean> {
  for await (const { items } of client.pages({ resource }, { signal })) {
    if (items.length > 0) {
      return true;
    }
  }
  return false;
}

type Found = NonNullable<ReturnType<typeof readExposureObject>>;

async function readKind(
  client: KubeClient,
  { kind, resource }: ClusterKind,
  { namespace, signal }: { readonly namespace: string | undefined; readonly signal: AbortSignal },
): Promise<readonly Found[]> {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  const place = { resource, ...(namespace === undefined ? {} : { namespace }) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found: Found[] = [];
      for await (const { items } of client.pages(place, { signal })) {
        for (const item of items) {
          const read = readExposureObject({ ...item, apiVersion, kind });
          if (read !== undefined) {
            found.push(read);
          }
        }
      }
      return found;
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== "GONE" || attempt === MAX_LISTS) {
        throw error;
      }
    }
  }
}

/** What a failure to read a kind means; one that is about more than the kind is thrown. */
function unreadKind(kind: string, namespace: string | undefined, error: unknown): UnreadObjects {
  const reason = error instanceof KubeError ? REASONS.get(error.code) : undefined;
  if (reason === undefined) {
    throw error;
  }
  return { kind, ...(namespace === undefined ? {} : { namespace }), reason };
}

const REASONS: ReadonlyMap<KubeError["code"], UnreadObjects["reason"]> = new Map([
  ["FORBIDDEN", "forbidden"],
  ["NOT_FOUND", "absent"],
  ["LIMIT_EXCEEDED", "limit"],
  ["GONE", "limit"],
  ["ANSWER_INVALID", "invalid"],
]);
