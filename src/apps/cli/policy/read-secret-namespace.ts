// SPDX-License-Identifier: Apache-2.0
import { parse } from "yaml";
import { z } from "zod";
import { type KubeClient, KubeError, RESOURCES } from "#kube";
import type { SecretScope } from "#policy";

/** Of `haechi.yaml`; the rest is read by the server. */
const configuration = z.looseObject({
  admission: z.looseObject({ secretNamespace: z.enum(["policy", "request"]).optional() }).nullish(),
});

/**
 * `admission.secretNamespace` of the gates of the cluster, as the chart writes it to their ConfigMaps: what applies is what
 * they were told, and not what whoever asks has configured. `undefined` where there are no such ConfigMaps, or they may
 * not be read. Throws KubeError for everything else.
 */
export async function readSecretNamespace(
  client: KubeClient,
  systemNamespace: string,
  signal: AbortSignal,
): Promise<SecretScope["secretNamespace"] | undefined> {
  const found = (await listConfigurations(client, systemNamespace, signal)).map(
    ({ admission }) => admission?.secretNamespace ?? "policy",
  );
  // Of several gates the one that reads from more places is the one to be told of.
  return found.includes("request") ? "request" : found[0];
}

async function listConfigurations(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly z.infer<typeof configuration>[]> {
  try {
    const query = { labelSelector: "app.kubernetes.io/name=haechi" };
    const { items } = await client.list({ resource: RESOURCES.configMaps, namespace }, { signal, query });
    return items.flatMap(({ data }) => readConfiguration(data));
  } catch (error) {
    if (error instanceof KubeError && (error.code === "FORBIDDEN" || error.code === "NOT_FOUND")) {
      return [];
    }
    throw error;
  }
}

function readConfiguration(data: unknown): readonly z.infer<typeof configuration>[] {
  const text = (data as { readonly "haechi.yaml"?: unknown } | null | undefined)?.["haechi.yaml"];
  if (typeof text !== "string") {
    return [];
  }
  try {
    return [configuration.parse(parse(text, { logLevel: "error", maxAliasCount: 0 }))];
  } catch {
    // A gate does not start with it, so it is the configuration of none.
    return [];
  }
}
