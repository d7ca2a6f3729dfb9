// SPDX-License-Identifier: Apache-2.0
import type { ObjectName } from "./exposure-object.ts";

/** e.g. `Service shop/web`, as people name an object. */
export function renderObjectName({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}
