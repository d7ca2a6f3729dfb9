// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { DatabaseTrust } from "#advisory-db";
import { LIMITS, messageOf } from "#base";
import type { ImageSource } from "#oci";
import type { TrustRequirement } from "#signatures";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { registryAccess } from "../registry-access.ts";
import { openImageTrust } from "../verify/open-image-trust.ts";
import type { DatabaseLocation } from "./database-locations.ts";

/** A database to fetch, with why it may be believed. */
export interface OpenDatabase extends AsyncDisposable {
  readonly source: ImageSource;
  readonly trust: DatabaseTrust;
}

/** Opens a database as an artifact, with a verifier by flags and settings; everything is read at the digest that its name had first. */
export async function openTrustedDatabase(
  place: DatabaseLocation,
  invocation: Invocation,
  context: CommandContext,
): Promise<OpenDatabase> {
  const requirements = place.pinned === undefined ? await trustedSigners(invocation, context) : [];
  const access = await registryAccess(place.location, invocation, context);
  const { openImageSource } = await import("#image-source");
  await using opening = new AsyncDisposableStack();
  const source = opening.use(await openImageSource(place.location, { ...access, signal: context.signal }));
  if (place.pinned !== undefined) {
    const open = opening.move();
    return { source, trust: { pinned: place.pinned }, [Symbol.asyncDispose]: () => open.disposeAsync() };
  }
  const trusted = opening.use(
    await openImageTrust({ location: place.location, named: undefined, access }, invocation, context),
  );
  const open = opening.move();
  return {
    source,
    trust: { verifier: trusted.verifier, image: trusted.signed, requirements },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Flags say it all; without them the settings do. */
async function trustedSigners(invocation: Invocation, context: CommandContext): Promise<readonly TrustRequirement[]> {
  const { requirementsFromFlags } = await import("../verify/requirements-from-flags.ts");
  const byFlags = await requirementsFromFlags(invocation);
  if (byFlags.length > 0) {
    return byFlags;
  }
  const { trustedKeys, trustedIdentity } = context.configuration().advisories;
  return [
    ...(trustedKeys.length === 0 ? [] : [{ kind: "cosign-key" as const, keys: trustedKeys.map(readKey) }]),
    ...(trustedIdentity === undefined
      ? []
      : [
          {
            kind: "cosign-keyless" as const,
            identities: [trustedIdentity] as const,
            trustRoot: { name: "sigstore" },
          },
        ]),
  ];
}

function readKey(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.length <= LIMITS.maxTrustMaterialBytes) {
      return text;
    }
  } catch (error) {
    throw new UsageError("OPTION_INVALID", `advisories.trustedKeys: cannot read ${file}: ${messageOf(error)}`);
  }
  throw new UsageError("OPTION_INVALID", `advisories.trustedKeys: ${file} is no key`);
}
