// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { API_GROUP, listOf, recordOf } from "#base";
import { type KubeClient, KubeError, type KubeObject, type KubeResource, RESOURCES } from "#kube";

/** By which the controller leaves the webhooks alone; its own name for it is in `#server`, which the command line does not load. */
export const RELEASED_ANNOTATION: string = `${API_GROUP}/released`;

const SKIP_LABEL = "securityenforcement.admission.cloud.ibm.com/namespace";

/** One webhook configuration as it is in the cluster. */
export interface PresentConfiguration {
  readonly resource: KubeResource;
  readonly isReleased: boolean;
  /** Unchecked: other programs may have written them. */
  readonly webhooks: readonly unknown[];
}

/** The configurations of that name, mutating before validating; those that are not there are left out. Throws KubeError. */
export async function readConfigurations(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<readonly PresentConfiguration[]> {
  const found: PresentConfiguration[] = [];
  for (const resource of [RESOURCES.mutatingWebhookConfigurations, RESOURCES.validatingWebhookConfigurations]) {
    const object = await getOrNone(client, { resource, name }, signal);
    if (object !== undefined) {
      const webhooks = object["webhooks"];
      found.push({
        resource,
        isReleased: object.metadata.annotations?.[RELEASED_ANNOTATION] === "true",
        webhooks: Array.isArray(webhooks) ? webhooks : [],
      });
    }
  }
  return found;
}

async function getOrNone(
  client: KubeClient,
  place: { readonly resource: KubeResource; readonly name: string },
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await client.get(place, { signal });
  } catch (error) {
    if (error instanceof KubeError && error.code === "NOT_FOUND") {
      return undefined;
    }
    throw error;
  }
}

/** What the webhooks say about themselves. */
export interface WebhookFacts {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  /** RFC 3339: the first end of the last authorities; absent when a bundle cannot be read. */
  readonly authorityUntil?: string;
  readonly excluded: readonly string[];
  readonly obeysSkipLabel: boolean;
}

/** Reads names, addresses, authorities and exclusions out of webhooks, whoever wrote them. */
export function describeWebhooks(webhooks: readonly unknown[]): WebhookFacts {
  const all = webhooks.map(recordOf);
  const selectors = all.flatMap((each) =>
    listOf(recordOf(each["namespaceSelector"])["matchExpressions"]).map(recordOf),
  );
  const excluded = selectors
    .filter(({ key, operator }) => key === "kubernetes.io/metadata.name" && operator === "NotIn")
    .flatMap(({ values }) => listOf(values).filter((value) => typeof value === "string"));
  const ends = all.map((each) => endOf(recordOf(each["clientConfig"])["caBundle"]));
  const known = ends.filter((end) => end !== undefined).toSorted((a, b) => a - b);
  const [first] = known;
  return {
    names: all.flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
    addresses: [...new Set(all.map((each) => addressOf(recordOf(each["clientConfig"]))))],
    ...(first === undefined || known.length < ends.length ? {} : { authorityUntil: new Date(first).toISOString() }),
    excluded: [...new Set(excluded)].toSorted(),
    obeysSkipLabel: selectors.some(({ key }) => key === SKIP_LABEL),
  };
}

/** Until when an authority of the bundle is valid; the last one counts, since a rotation has both. */
function endOf(bundle: unknown): number | undefined {
  if (typeof bundle !== "string") {
    return undefined;
  }
  try {
    const pem = Buffer.from(bundle, "base64").toString("utf8");
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g) ?? [];
    const ends = blocks.map((block) => new X509Certificate(block).validToDate.getTime());
    return ends.length === 0 ? undefined : Math.max(...ends);
  } catch {
    // said as "cannot be read"
    return undefined;
  }
}

function addressOf(client: Readonly<Record<string, unknown>>): string {
  if (typeof client["url"] === "string") {
    return URL.parse(client["url"])?.origin ?? client["url"];
  }
  const { namespace, name, port } = recordOf(client["service"]);
  return `service:${String(namespace)}/${String(name)}:${typeof port === "number" ? port : 443}`;
}
