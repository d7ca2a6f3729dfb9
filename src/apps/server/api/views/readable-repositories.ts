// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import { mayDo, roleAllows } from "../../accounts/account-rights.ts";
import { ApiError } from "../errors.ts";
import { accountOf } from "../security/authenticate.ts";

/** Prefixes and whether what is under them may be read, the longest one counts; absent: everything may. */
export type ReadablePrefixes = readonly { readonly prefix: string; readonly isReadable: boolean }[];

/** What the asker may read of the registry. */
export function readablePrefixes(request: FastifyRequest): ReadablePrefixes | undefined {
  const { grants } = accountOf(request);
  return grants.length === 0
    ? undefined
    : grants.map(({ prefix, role }) => ({ prefix, isReadable: roleAllows(role, "pull") }));
}

/** Throws what an image that is not there is answered with, unless the asker may read the repository of the name. */
export function assertReadable(request: FastifyRequest, image: string): void {
  const at = image.indexOf("@");
  const repository = image.slice(0, at === -1 ? image.lastIndexOf(":") : at);
  if (!mayDo(accountOf(request), "pull", repository)) {
    throw new ApiError("IMAGE_UNKNOWN", `no such image: ${image}`);
  }
}
