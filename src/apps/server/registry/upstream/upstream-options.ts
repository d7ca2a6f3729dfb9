// SPDX-License-Identifier: Apache-2.0
import type { Configuration } from "#configuration";
import type { SecretStore } from "#database";
import type { HttpTimeouts } from "#http";
import { findRegistryUrl, type RegistryOptions } from "#image-source";
import { readUpstreamCredentials } from "./upstream-credentials.ts";

/** Another registry, as a setting, rule or job names it. */
export interface UpstreamRegistry {
  /** e.g. `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** Name of a secret. */
  readonly credentials?: string | undefined;
  readonly isPlainHttp?: boolean | undefined;
}

/** Nobody waits here for an answer but a job, or a pull that is held for some seconds. */
export const UPSTREAM_TIMEOUTS: HttpTimeouts = { connectMs: 10_000, headersMs: 60_000, bodyMs: 60_000, retryMs: 500 };

/** How the registry is reached: its CA, proxies and the guard against private addresses as for all other registries. */
export async function upstreamOptions(
  parts: { readonly configuration: Configuration; readonly secrets: Pick<SecretStore, "get"> },
  upstream: UpstreamRegistry,
): Promise<RegistryOptions> {
  const { images, proxy, signatures } = parts.configuration;
  const caFile = images.certificateAuthorities.find(({ name }) => name === upstream.registry)?.value;
  const isPlain = upstream.isPlainHttp === true || images.plainHttp.includes(upstream.registry);
  const reached = {
    ...(caFile === undefined ? {} : { caFile }),
    ...(isPlain ? { plainHttp: true } : {}),
  };
  // as it will be reached, which is by plain HTTP on this machine though nobody says so
  const isPlainHttp = (await findRegistryUrl(upstream.registry, reached)).protocol === "http:";
  const { registry } = upstream;
  return {
    proxy,
    allowPrivateAddresses: signatures.allowPrivateAddresses,
    timeouts: UPSTREAM_TIMEOUTS,
    ...reached,
    ...(upstream.credentials === undefined
      ? {}
      : {
          credentials: await readUpstreamCredentials(parts.secrets, upstream.credentials, { registry, isPlainHttp }),
        }),
  };
}
