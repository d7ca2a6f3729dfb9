// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { KubernetesError } from "./errors.ts";

/** Where the API server calls a webhook. */
export type WebhookAddress =
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port: number } }
  /** Without a slash at the end. */
  | { readonly url: string };

const SERVICE = /^service:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):([0-9]{1,5})$/;

/**
 * The address in `service:NAMESPACE/NAME:PORT` or an https URL without query. Throws {@link KubernetesError}
 * `WEBHOOK_ADDRESS_INVALID`.
 */
export function parseWebhookAddress(text: string): WebhookAddress {
  const [, namespace, name, port] = SERVICE.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined && Number(port) >= 1 && Number(port) <= 65_535) {
    return { service: { namespace, name, port: Number(port) } };
  }
  const url = URL.parse(text);
  const isPlain = url !== null && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!isPlain || url.protocol !== "https:") {
    throw new KubernetesError(
      "WEBHOOK_ADDRESS_INVALID",
      `expected service:NAMESPACE/NAME:PORT or an https URL, found ${quote(text)}`,
    );
  }
  return { url: url.href.replace(/\/+$/, "") };
}
