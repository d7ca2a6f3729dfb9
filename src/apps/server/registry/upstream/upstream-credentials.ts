// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { SecretStore } from "#database";
import { ImageSourceError } from "#image-source";

/** Names of secrets with credentials of other registries begin so. */
export const UPSTREAM_SECRETS = "registry-upstream/";
const NAME = /^registry-upstream\/[a-z0-9][a-z0-9._-]{0,199}$/;
/** One registry under several names; `docker.io` is how settings call it. */
const DOCKER_HUB: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/** Name and password (or token) for another registry, and only for that one. */
export interface UpstreamCredentials {
  /** `host` or `host:port`. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** Somebody said that they may go without TLS; else they go by HTTPS alone, toward this machine too. */
  readonly isPlainHttp?: boolean;
}

/** As stored; versions before this one wrote no registry, `bindStoredCredentials` adds it. Empty: for none. */
type StoredCredentials = Omit<UpstreamCredentials, "registry"> & { readonly registry?: string };
const schema: z.ZodType<StoredCredentials> = z.object({
  registry: z.exactOptional(z.string()),
  isPlainHttp: z.exactOptional(z.boolean()),
  username: z.string(),
  password: z.string(),
});

/** The name of the secret, e.g. `registry-upstream/hub` for `hub`; `undefined` for what cannot be one. */
export function upstreamSecretName(name: string): string | undefined {
  const full = name.startsWith(UPSTREAM_SECRETS) ? name : `${UPSTREAM_SECRETS}${name}`;
  return NAME.test(full) ? full : undefined;
}

/**
 * Those of that name, for the registry and scheme that they were stored for: whoever may write rules must not have them sent to a host of
 * theirs, or in clear to whoever listens on the way. Throws `CREDENTIALS_INVALID` for another one, and when there are none: asking without
 * them would ask for something else.
 */
export async function readUpstreamCredentials(
  secrets: Pick<SecretStore, "get">,
  name: string,
  { registry, isPlainHttp }: { readonly registry: string; readonly isPlainHttp: boolean },
): Promise<Pick<UpstreamCredentials, "username" | "password">> {
  const shown = name.slice(0, 255);
  const secretName = upstreamSecretName(name);
  const stored = secretName === undefined ? undefined : await readStoredCredentials(secrets, secretName);
  if (stored === undefined) {
    throw new ImageSourceError("CREDENTIALS_INVALID", `no credentials are kept under ${shown}`);
  }
  const { registry: own = "", username, password } = stored;
  if (own === "" || plainRegistryName(own) !== plainRegistryName(registry)) {
    const kept = own === "" ? "were stored without the registry that they are for" : `are for ${own}`;
    throw new ImageSourceError(
      "CREDENTIALS_INVALID",
      `the credentials ${shown} ${kept}, so they are not sent to ${registry}: store those for it with haechi registry cache login`,
    );
  }
  if (isPlainHttp && stored.isPlainHttp !== true) {
    throw new ImageSourceError(
      "CREDENTIALS_INVALID",
      `the credentials ${shown} were stored for HTTPS, so they are not sent to ${registry} in clear: store them with haechi registry cache login --registry-plain-http`,
    );
  }
  return { username, password };
}

/** As they are kept, for no use but to bind them; `undefined`: none, or not readable. */
export async function readStoredCredentials(
  secrets: Pick<SecretStore, "get">,
  secretName: string,
): Promise<StoredCredentials | undefined> {
  const bytes = await secrets.get(secretName);
  const parsed = bytes === undefined || bytes.length === 0 ? undefined : schema.safeParse(parseJson(bytes));
  return parsed?.success === true ? parsed.data : undefined;
}

/** `undefined` removes them. */
export async function writeUpstreamCredentials(
  secrets: Pick<SecretStore, "set">,
  name: string,
  credentials: UpstreamCredentials | undefined,
): Promise<void> {
  await secrets.set(name, Buffer.from(credentials === undefined ? "" : JSON.stringify(credentials)));
}

/** One name for each registry. */
export function plainRegistryName(registry: string): string {
  const name = registry.toLowerCase();
  return DOCKER_HUB.has(name) ? "docker.io" : name;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    // said as "no credentials": somebody wrote the secret by other means
    return undefined;
  }
}
