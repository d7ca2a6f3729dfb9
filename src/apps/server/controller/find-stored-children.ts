// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { RunningImage } from "#database";
import { parseImageReference } from "#oci";
import type { ServerContext } from "../context.ts";

type Context = Pick<ServerContext, "database" | "configuration">;

/**
 * Digests of what an image of our registry is made of, if it is an index; `undefined` for images of other registries, of
 * which a change of any scan may be one.
 */
export async function findStoredChildren(
  { database, configuration }: Context,
  { reference, digest }: RunningImage,
): Promise<readonly Digest[] | undefined> {
  if (digest === undefined) {
    return undefined;
  }
  const repository = ownRepository(reference, configuration.registry.names);
  if (repository === undefined) {
    return undefined;
  }
  const record = await database.registry.findManifest(repository, { digest });
  return record?.references.flatMap((each) => (each.kind === "manifest" ? [each.digest] : []));
}

function ownRepository(text: string, names: readonly string[]): string | undefined {
  try {
    const { registry, repository } = parseImageReference(text);
    return names.includes(registry) ? repository : undefined;
  } catch {
    // Not a reference: nothing of it is in our registry.
    return undefined;
  }
}
