// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect } from "node:tls";
import type { KubeClient } from "#kube";
import { parseWebhookAddress } from "#kubernetes";

const TIMEOUT_MS = 5_000;
const ENDPOINT_SLICES = {
  group: "discovery.k8s.io",
  version: "v1",
  plural: "endpointslices",
  isNamespaced: true,
} as const;

export interface GateReadinessOptions {
  readonly client: KubeClient;
  /** `admission.webhookAddress`. */
  readonly address: string;
  readonly caBundle: () => Promise<string>;
}

/**
 * Whether a gate answers where the API server would call it. Of a service, whether one of its Pods is ready (the kubelet
 * asks their `/readyz`); of a URL, whether something with a certificate of our authority takes connections there.
 */
export async function isGateReady(options: GateReadinessOptions, signal: AbortSignal): Promise<boolean> {
  const address = parseWebhookAddress(options.address);
  if ("url" in address) {
    return answersWithOurCertificate(new URL(address.url), await options.caBundle(), signal);
  }
  const { namespace, name } = address.service;
  const { items } = await options.client.list(
    { resource: ENDPOINT_SLICES, namespace },
    { signal, query: { labelSelector: `kubernetes.io/service-name=${name}` } },
  );
  return items.some(({ endpoints }) => Array.isArray(endpoints) && endpoints.some(isReady));
}

function isReady(endpoint: unknown): boolean {
  const conditions = (endpoint as { readonly conditions?: { readonly ready?: unknown } } | null)?.conditions;
  return conditions?.ready === true;
}

async function answersWithOurCertificate(url: URL, ca: string, signal: AbortSignal): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isAddress = /^[\d.]+$|:/.test(host);
  const socket = connect({
    host,
    port: Number(url.port === "" ? 443 : url.port),
    ca,
    ...(isAddress ? {} : { servername: host }),
  });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    return socket.authorized;
  } catch {
    // Nobody there, or somebody else: both mean that the gate does not answer there yet.
    return false;
  } finally {
    socket.destroy();
  }
}
