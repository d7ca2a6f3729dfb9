// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { SecretStore } from "#database";
import { ExternalScanError } from "./external-scan-error.ts";

/** How we sign in at a scanner. */
export type ScannerCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

/** `origin`: the scheme, host and port that they are for; absent in what versions before this one wrote. */
const schema: z.ZodType<ScannerCredentials & { readonly origin?: string }> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("basic"),
    username: z.string(),
    password: z.string(),
    origin: z.exactOptional(z.string()),
  }),
  z.object({ kind: z.literal("bearer"), token: z.string(), origin: z.exactOptional(z.string()) }),
]);

/** For the scanner at this address, and no other one of the same name. */
export async function writeScannerCredentials(
  secrets: Pick<SecretStore, "set">,
  scanner: string,
  { credentials, url }: { readonly credentials: ScannerCredentials; readonly url: string },
): Promise<void> {
  const stored = { ...credentials, origin: new URL(url).origin };
  await secrets.set(nameOf(scanner), Buffer.from(JSON.stringify(stored)));
}

export async function removeScannerCredentials(secrets: Pick<SecretStore, "set">, scanner: string): Promise<void> {
  await secrets.set(nameOf(scanner), Buffer.from(""));
}

/** Binds what an earlier version stored to the address that the scanner has now. */
export async function bindScannerCredentials(
  secrets: Pick<SecretStore, "get" | "set">,
  scanner: string,
  url: string,
): Promise<void> {
  const credentials = await readCredentials(secrets, scanner);
  if (credentials !== undefined && credentials.origin === undefined) {
    await writeScannerCredentials(secrets, scanner, { credentials, url });
  }
}

export async function hasScannerCredentials(secrets: Pick<SecretStore, "get">, scanner: string): Promise<boolean> {
  return (await secrets.get(nameOf(scanner)).then((bytes) => bytes?.length ?? 0)) > 0;
}

/**
 * The value of `Authorization`; `undefined` where the scanner asks for none. Throws ExternalScanError when it was stored for another
 * address: whoever may change the scanner must not have it sent to a host of theirs.
 */
export async function scannerAuthorization(
  secrets: Pick<SecretStore, "get">,
  scanner: string,
  url: string,
): Promise<string | undefined> {
  const credentials = await readCredentials(secrets, scanner);
  if (credentials === undefined) {
    return undefined;
  }
  const { origin } = new URL(url);
  if (credentials.origin !== origin) {
    throw new ExternalScanError(
      `the credentials of the scanner ${scanner} were stored for ${credentials.origin ?? "no address"}, so they are not sent to ${origin}: give them again with the new address`,
      { isTransient: false },
    );
  }
  if (credentials.kind === "bearer") {
    return `Bearer ${credentials.token}`;
  }
  const pair = `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

async function readCredentials(
  secrets: Pick<SecretStore, "get">,
  scanner: string,
): Promise<z.infer<typeof schema> | undefined> {
  const bytes = await secrets.get(nameOf(scanner));
  return bytes === undefined || bytes.length === 0
    ? undefined
    : schema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

function nameOf(scanner: string): string {
  return `scanner/${scanner}`;
}
