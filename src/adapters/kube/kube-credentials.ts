// SPDX-License-Identifier: Apache-2.0
import type { Agent, AgentOptions } from "node:https";

/** What one request needs to be believed. The same object until something changes. */
export interface KubeIdentity {
  readonly tls: Pick<AgentOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  readonly headers: Readonly<Record<string, string>>;
  /** A connection through a proxy that the kubeconfig names. */
  readonly agent?: Agent;
}

/** Where the identity comes from. Both throw `CREDENTIALS_UNUSABLE`. */
export interface KubeCredentials {
  /** The origin of the API server, such as `https://10.96.0.1:443`. */
  readonly server: string;
  current(): Promise<KubeIdentity>;
  /** After the API server refused `used`: what there is now; the same object when there is nothing else. */
  renew(used: KubeIdentity): Promise<KubeIdentity>;
}
