// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { SecretStore } from "#database";
import { ImageSourceError } from "#image-source";

/** Names of secrets with credentials of other registries begin so. */
const PREFIX = "registry-upstream/";
const NAME = /^registry-upstream\/[a-z0-9][a-z0-9._-]{0,199}$/;

/** Name and password (or token) for another registry. */
export interface UpstreamCredentials {
  readonly username: string;
  readonly password: string;
}

const schema: z.ZodType<UpstreamCredentials> = z.object({ username: z.string(), password: z.string() });

/** The name of the secret, e.g. `registry-upstream/hub` for `hub`; `undefined` for what cannot be one. */
export function upstreamSecretName(name: string): string | undefined {
  const full = name.startsWith(PREFIX) ? name : `${PREFIX}${name}`;
  return NAME.test(full) ? full : undefined;
}

/** Throws `CREDENTIALS_INVALID` when there are none of that name: asking without them would ask for something else. */
export async function readUpstreamCredentials(
  secrets: Pick<SecretStore, "get">,
  name: string,
): Promise<UpstreamCredentials> {
  const secretName = upstreamSecretName(name);
  const bytes = secretName === undefined ? undefined : await secrets.get(secretName);
  const parsed = bytes === undefined || bytes.length === 0 ? undefined : schema.safeParse(parseJson(bytes));
  if (parsed?.success !== true) {
    throw new ImageSourceError("CREDENTIALS_INVALID", `no credentials are kept under ${name.slice(0, 255)}`);
  }
  return parsed.data;
}

/** `undefined` removes them. */
export async function writeUpstreamCredentials(
  secrets: Pick<SecretStore, "set">,
  name: string,
  credentials: UpstreamCredentials | undefined,
): Promise<void> {
  await secrets.set(name, Buffer.from(credentials === undefined ? "" : JSON.stringify(credentials)));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    // said as "no credentials": somebody wrote the secret by other means
    return undefined;
  }
}
