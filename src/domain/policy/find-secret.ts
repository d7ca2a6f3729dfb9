// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument } from "./policy-document.ts";
import { DEFAULT_SYSTEM_NAMESPACE, type PolicySecret, type SecretScope } from "./policy-secret.ts";

/** A value that a policy takes from a Secret, and where the policy says so. */
export interface SecretQuestion {
  readonly name: string;
  /** `keySecretNamespace`. */
  readonly namespace?: string | undefined;
  /** The field of `data`; the first that is there. */
  readonly fields: readonly [string, ...string[]];
  /** Whether the value is what it is for; default: anything. */
  readonly isUsable?: (value: string) => boolean;
}

export type SecretProblemCode = "absent" | "field" | "namespace" | "malformed";

/** Why a value could not be had; the value itself is never part of it. */
export interface SecretProblem {
  readonly problem: SecretProblemCode;
  readonly secret: string;
  readonly namespace: string;
  readonly key: string;
}

/** Reads Secrets for one policy document. */
export interface SecretReader {
  read(question: SecretQuestion): { readonly value: string } | { readonly problem: SecretProblem };
}

/** A reader of the Secrets that the document may use; see {@link SecretScope} for which namespaces these are. */
export function createSecretReader(
  document: Pick<PolicyDocument, "kind" | "namespace">,
  scope: SecretScope & { readonly namespace?: string | undefined },
): SecretReader {
  const systemNamespace = scope.systemNamespace ?? DEFAULT_SYSTEM_NAMESPACE;
  const own = document.kind === "ImagePolicy" ? (document.namespace ?? "") : systemNamespace;
  const isOpen = scope.secretNamespace === "request";

  return {
    read({ name, namespace, fields, isUsable }) {
      const home = isOpen ? (namespace ?? scope.namespace ?? own) : own;
      const place = { secret: name, namespace: home, key: fields[0] };
      if (!isOpen && namespace !== undefined && namespace !== own) {
        return { problem: { ...place, namespace, problem: "namespace" } };
      }
      const secret = (scope.secrets ?? []).find(
        (each) => each.name === name && (each.namespace ?? systemNamespace) === home,
      );
      if (secret === undefined) {
        return { problem: { ...place, problem: "absent" } };
      }
      const value = valueOf(secret, fields);
      if (value === undefined) {
        return { problem: { ...place, problem: "field" } };
      }
      return isUsable?.(value) === false ? { problem: { ...place, problem: "malformed" } } : { value };
    },
  };
}

function valueOf(secret: PolicySecret, fields: readonly string[]): string | undefined {
  return fields
    .map((field) => (Object.hasOwn(secret.data, field) ? secret.data[field] : undefined))
    .find((value) => value !== undefined && value.trim() !== "");
}
