// SPDX-License-Identifier: Apache-2.0
import { type HttpAnswer, headerOf } from "#http";
import { ImageSourceError } from "../errors.ts";
import type { RegistrySession } from "./registry-session.ts";

/** `Link: </v2/…>; rel="next"` (RFC 8288). It stays at the registry: an address elsewhere is not the registry's list. */
export function nextPage(answer: HttpAnswer, session: RegistrySession): URL | undefined {
  const target = /^\s*<([^>]{1,4096})>\s*;[^,]{0,256}\brel="?next"?/i.exec(headerOf(answer, "link") ?? "")?.[1];
  if (target === undefined) {
    return undefined;
  }
  const url = session.follow(target, answer.url);
  if (url.origin !== session.base.origin) {
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", "a list of the registry goes on at another host");
  }
  return url;
}
