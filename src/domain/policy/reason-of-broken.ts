// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument } from "./policy-document.ts";
import type { Reason } from "./verdict.ts";

/** What a document comes to that is in force and cannot be read: nobody knows what it asks for. */
export function reasonOfBroken({ kind, namespace, name, problem = "" }: PolicyDocument): Reason {
  const params = { kind, name: namespace === undefined ? name : `${namespace}/${name}`, message: problem };
  return { code: "POLICY_INVALID", effect: "undecided", params };
}
