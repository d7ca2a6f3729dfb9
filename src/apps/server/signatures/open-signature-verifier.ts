// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, messageOf } from "#base";
import { type Configuration, ConfigurationError, type NamedValue } from "#configuration";
import type { Database } from "#database";
import { createTrustHttp } from "#http";
import type { SignatureVerifier } from "#signatures";
import type { Telemetry } from "#telemetry";
import { createSignatureVerifier, createTrustRoots, type TrustRoots } from "#trust-sources";
import { measured } from "./measured-verifier.ts";

/**
 * The verifier of this process. Trusted roots that are files are read now; no other host is asked before a policy needs
 * it. Throws ConfigurationError with the problems of all of them.
 */
export async function openSignatureVerifier(options: {
  readonly configuration: Pick<Configuration, "signatures" | "proxy" | "dataDir">;
  readonly database: Pick<Database, "trustStates">;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}): Promise<SignatureVerifier & AsyncDisposable> {
  const { signatures, proxy, dataDir } = options.configuration;
  await using opening = new AsyncDisposableStack();
  const http = opening.use(await openHttp({ proxy, allowPrivateAddresses: signatures.allowPrivateAddresses }));
  const trustRoots = createTrustRoots({
    http,
    roots: toRecord(signatures.trustRoots),
    cacheDir: join(dataDir, "cache", "trust-roots"),
  });
  await assertReadable(trustRoots, signatures.trustRoots, options.clock);
  const verifier = opening.use(
    createSignatureVerifier({
      http,
      state: options.database.trustStates,
      trustRoots,
      notaryServers: toRecord(signatures.notaryServers),
    }),
  );
  const open = opening.move();
  return { ...measured(verifier, options.telemetry), [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function openHttp(options: Parameters<typeof createTrustHttp>[0]): ReturnType<typeof createTrustHttp> {
  try {
    return await createTrustHttp(options);
  } catch (error) {
    throw new ConfigurationError([`signatures.allowPrivateAddresses, proxies: ${messageOf(error)}`]);
  }
}

/** A folder or URL may be out of date today and right tomorrow; a file that cannot be read is a slip. */
async function assertReadable(trustRoots: TrustRoots, roots: readonly NamedValue[], clock: Clock): Promise<void> {
  const problems: string[] = [];
  for (const { name, value } of roots.filter((root) => !root.value.includes("://"))) {
    try {
      if ((await stat(value)).isFile()) {
        await trustRoots.resolve(name, { now: clock.now() });
      }
    } catch (error) {
      problems.push(`signatures.trustRoots: ${name}=${value}: ${messageOf(error)}`);
    }
  }
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
}

function toRecord(pairs: readonly NamedValue[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
}
