// SPDX-License-Identifier: Apache-2.0

/** The API server of the Pod that a process runs in. */
export interface InClusterServer {
  readonly host: string;
  readonly port: number;
}

/** What the kubelet sets in every container; `undefined` outside of a Pod. */
export function readInClusterServer(
  environment: Readonly<Record<string, string | undefined>>,
): InClusterServer | undefined {
  const host = environment["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = Number(environment["KUBERNETES_SERVICE_PORT"] ?? "");
  const isUsable = /^[A-Za-z0-9.:-]+$/.test(host) && Number.isInteger(port) && port > 0 && port < 65_536;
  return isUsable ? { host, port } : undefined;
}
