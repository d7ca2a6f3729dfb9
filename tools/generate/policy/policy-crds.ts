// SPDX-License-Identifier: Apache-2.0
import { COMPATIBLE_KINDS } from "./compatible-kinds.ts";
import { renderCustomResourceDefinition } from "./custom-resource-definition.ts";
import { ourKinds } from "./our-kinds.ts";

/** The CRD with the name, as YAML. */
export function renderPolicyCrd(name: string): string {
  const kind = [...ourKinds(), ...COMPATIBLE_KINDS].find(({ plural, group }) => `${plural}.${group}` === name);
  if (kind === undefined) {
    throw new Error(`no kind has a CRD of the name ${name}`);
  }
  return renderCustomResourceDefinition(kind);
}
