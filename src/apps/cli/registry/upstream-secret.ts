// SPDX-License-Identifier: Apache-2.0
import { UsageError } from "../errors.ts";

/** The field that names credentials of another registry, by the name that `registry cache login` gave them. */
export function upstreamSecret(name: string | undefined): { readonly credentials?: string } {
  if (name === undefined) {
    return {};
  }
  const plain = name.replace(/^registry-upstream\//, "");
  if (!/^[a-z0-9][a-z0-9._-]{0,199}$/.test(plain)) {
    throw new UsageError("OPTION_INVALID", `--credentials takes a name such as hub, found "${name.slice(0, 100)}"`);
  }
  return { credentials: `registry-upstream/${plain}` };
}
