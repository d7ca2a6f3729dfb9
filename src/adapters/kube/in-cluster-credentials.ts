// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { messageOf } from "#base";
import { KubeError } from "./errors.ts";
import type { KubeCredentials, KubeIdentity } from "./kube-credentials.ts";

/** Where the kubelet mounts what a service account has. */
const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
/** The kubelet replaces a token after 80 % of its life, long before it expires. */
const READ_AGAIN_MS = 10_000;
const MAX_FILE_BYTES = 1024 * 1024;

/** The address of the API server in a Pod, from `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`. */
export interface InClusterServer {
  readonly host: string;
  readonly port: number;
}

/** The identity of the Pod's service account; its files are read again when they may have changed. */
export function createInClusterCredentials(
  { host, port }: InClusterServer,
  folder: string = SERVICE_ACCOUNT_FOLDER,
): KubeCredentials {
  let read: { readonly identity: KubeIdentity; readonly at: number } | undefined;

  async function readAgain(): Promise<KubeIdentity> {
    const [ca, token] = await Promise.all([readLimited(join(folder, "ca.crt")), readLimited(join(folder, "token"))]);
    const authorization = `Bearer ${asToken(token)}`;
    const before = read?.identity;
    // Connections are kept by this object: a new token alone must not open new ones.
    const tls = before?.tls.ca === ca ? before.tls : { ca };
    const isSame = before?.tls === tls && before.headers["authorization"] === authorization;
    const identity = isSame ? before : { tls, headers: { authorization } };
    read = { identity, at: performance.now() };
    return identity;
  }

  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    async current() {
      return read !== undefined && performance.now() - read.at < READ_AGAIN_MS ? read.identity : await readAgain();
    },
    renew: readAgain,
  };
}

async function readLimited(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      throw new Error(`larger than ${MAX_FILE_BYTES} bytes`);
    }
    return await readFile(path, "utf8");
  } catch (error) {
    throw new KubeError("CREDENTIALS_UNUSABLE", `the service account's file ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** It becomes a header: nothing but what a bearer token may hold (RFC 6750). */
function asToken(text: string): string {
  const token = text.trim();
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(token)) {
    throw new KubeError("CREDENTIALS_UNUSABLE", "the service account's token is none");
  }
  return token;
}
