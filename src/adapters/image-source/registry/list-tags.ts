// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { ImageSourceError } from "../errors.ts";
import { nextPage } from "./next-page.ts";
import { readNames } from "./read-names.ts";
import type { RegistrySession } from "./registry-session.ts";

/** Ours; a registry may give fewer. */
const PAGE = 1_000;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** distribution-spec, "Pulling manifests". */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** The tags of the repository (distribution-spec 1.1, "Listing Tags"). What is no tag is left out: it could not be asked for. */
export async function* listTags(
  session: RegistrySession,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  let target: string | URL | undefined = `tags/list?n=${PAGE}`;
  let listed = 0;
  let pages = 0;
  while (target !== undefined) {
    const answer = await session.send(target, { missing: "REPOSITORY_UNKNOWN", expected: [200], signal });
    const tags = readNames(await session.read(answer, MAX_PAGE_BYTES), "tags", session.base.host);
    pages += 1;
    listed += tags.length;
    // a registry that pages without end must not keep us
    if (listed > LIMITS.maxListedTags || pages > LIMITS.maxListedTags / 10) {
      throw new ImageSourceError("LIMIT_EXCEEDED", `the repository has more than ${LIMITS.maxListedTags} tags`);
    }
    yield* tags.filter((tag) => TAG.test(tag));
    target = nextPage(answer, session);
  }
}
