// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { compareText } from "#base";
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import type { PolicySecret, SecretScope } from "./policy-secret.ts";

/** Everything that a gate judges by. */
export interface PolicySet extends Pick<SecretScope, "systemNamespace" | "secretNamespace"> {
  readonly documents: readonly PolicyDocument[];
  readonly secrets: readonly PolicySecret[];
  readonly exceptions: readonly PolicyException[];
  /** Names this state, 16 hexadecimal digits: equal content has equal text on every replica, whatever the order it came in. */
  readonly generation: string;
}

/** A set of what is given, with the name of its state. Values of Secrets go into the hash and cannot be had from it. */
export function createPolicySet(
  content: Pick<PolicySet, "documents"> & Partial<Omit<PolicySet, "documents" | "generation">>,
): PolicySet {
  const { documents, secrets = [], exceptions = [], ...scope } = content;
  const set = { ...scope, documents, secrets, exceptions };
  return { ...set, generation: nameState(set, scope) };
}

/** Names what is given, and what it stands beside. */
export function nameState(
  { documents, secrets, exceptions }: Pick<PolicySet, "documents" | "secrets" | "exceptions">,
  beside: unknown,
): string {
  const parts = [documents, secrets, exceptions].map((list: readonly object[]) =>
    list.map((each) => hashOf(each)).toSorted(compareText),
  );
  return createHash("sha256")
    .update(canonical([parts, beside]))
    .digest("hex")
    .slice(0, 16);
}

/** A change of one object must not cost a walk through ten thousand others; none of them is ever changed in place. */
const hashes = new WeakMap<object, string>();

function hashOf(object: object): string {
  const known = hashes.get(object);
  if (known !== undefined) {
    return known;
  }
  const hash = createHash("sha256").update(canonical(object)).digest("hex");
  hashes.set(object, hash);
  return hash;
}

/** JSON with sorted keys: objects from files and from a cluster have theirs in different orders. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => compareText(a, b)))
      : each,
  );
}
