// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument, PolicyException, PolicyProblem, PolicySecret, SecretScope } from "#policy";

/** A document with the object that it was read from. */
export interface LoadedDocument {
  readonly document: PolicyDocument;
  /** The file, or `cluster`. */
  readonly origin: string;
  /** As it was written; for what the model does not keep. */
  readonly written: unknown;
}

/** Policies of files or of a cluster. */
export interface LoadedPolicies {
  /** What cannot be read stands among them with its `problem`, so that it is judged as a gate judges it. */
  readonly documents: readonly LoadedDocument[];
  readonly exceptions: readonly { readonly exception: PolicyException; readonly origin: string }[];
  readonly secrets: readonly PolicySecret[];
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly PolicyProblem[];
  readonly scope: Pick<SecretScope, "systemNamespace" | "secretNamespace">;
  /** Whether every Secret that is named was looked for where a gate looks. */
  readonly hasAllSecrets: boolean;
  /** For people: the files, or the address of the cluster. */
  readonly source: string;
  /** Of a cluster: namespaces with their labels. */
  readonly namespaces?: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** What files, or the objects of a cluster, hold. */
export type FilePolicies = Pick<LoadedPolicies, "documents" | "exceptions" | "secrets" | "problems" | "warnings">;
