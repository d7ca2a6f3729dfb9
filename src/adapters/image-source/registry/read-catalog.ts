// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { ImageSourceError } from "../errors.ts";
import { nextPage } from "./next-page.ts";
import { readNames } from "./read-names.ts";
import type { RegistryOptions } from "./registry-options.ts";
import { openCatalogSession } from "./registry-session.ts";

/** docker-registry refuses more than 1,000 in a page; some registries give at most 100. */
const PAGE = 100;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** distribution-spec, "Pulling manifests". */
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** The names in the catalog. What is no name is left out: it could not be asked for. */
export async function* readCatalog(
  registry: string,
  options: RegistryOptions & { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<string, void, undefined> {
  await using session = await openCatalogSession(registry, options);
  let target: string | URL | undefined = `_catalog?n=${PAGE}`;
  let listed = 0;
  let pages = 0;
  while (target !== undefined) {
    const answer = await session.send(target, {
      missing: "REPOSITORY_UNKNOWN",
      expected: [200],
      signal: options.signal,
    });
    const names = readNames(await session.read(answer, MAX_PAGE_BYTES), "repositories", session.base.host);
    pages += 1;
    listed += names.length;
    if (listed > LIMITS.maxListedRepositories || pages > LIMITS.maxListedRepositories) {
      throw new ImageSourceError(
        "LIMIT_EXCEEDED",
        `the registry has more than ${LIMITS.maxListedRepositories} repositories`,
      );
    }
    yield* names.filter((name) => name.length <= 255 && NAME.test(name));
    target = nextPage(answer, session);
  }
}
