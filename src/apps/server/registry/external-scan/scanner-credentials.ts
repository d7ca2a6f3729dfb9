// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { SecretStore } from "#database";

/** How we sign in at a scanner. */
export type ScannerCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

const schema: z.ZodType<ScannerCredentials> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("basic"), username: z.string(), password: z.string() }),
  z.object({ kind: z.literal("bearer"), token: z.string() }),
]);

/** `undefined` removes them. */
export async function writeScannerCredentials(
  secrets: Pick<SecretStore, "set">,
  scanner: string,
  credentials: ScannerCredentials | undefined,
): Promise<void> {
  await secrets.set(nameOf(scanner), Buffer.from(credentials === undefined ? "" : JSON.stringify(credentials)));
}

export async function hasScannerCredentials(secrets: Pick<SecretStore, "get">, scanner: string): Promise<boolean> {
  return (await secrets.get(nameOf(scanner)).then((bytes) => bytes?.length ?? 0)) > 0;
}

/** The value of `Authorization`; `undefined` where the scanner asks for none. */
export async function scannerAuthorization(
  secrets: Pick<SecretStore, "get">,
  scanner: string,
): Promise<string | undefined> {
  const bytes = await secrets.get(nameOf(scanner));
  if (bytes === undefined || bytes.length === 0) {
    return undefined;
  }
  const credentials = schema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  if (credentials.kind === "bearer") {
    return `Bearer ${credentials.token}`;
  }
  const pair = `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function nameOf(scanner: string): string {
  return `scanner/${scanner}`;
}
