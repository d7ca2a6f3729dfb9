// SPDX-License-Identifier: Apache-2.0

/** What lint finds; messages are `policyTools.lint.<CODE>`. */
export type LintCode =
  /** Two objects of one kind, namespace and name: in a cluster the second replaces the first. */
  | "DUPLICATE_OBJECT"
  /** The same name stands twice at one level; the later one never wins. */
  | "ENTRY_REPEATED"
  /** Whatever the entry fits, another one fits better. */
  | "ENTRY_NEVER_WINS"
  /** `*` without checks. */
  | "EVERYTHING_UNCHECKED"
  /** An empty list of repositories. */
  | "EVERYTHING_BLOCKED"
  /** No ClusterImagePolicy: namespaces without an ImagePolicy get nothing. */
  | "NO_CLUSTER_POLICY"
  /** An entry for the tag `latest`, which says nothing about what runs. */
  | "LATEST_TAG"
  /** A name with `http://`, which no image has. */
  | "NAME_WITH_SCHEME"
  /** A host part that ends in a wildcard: hosts end at a label boundary here. */
  | "HOST_WILDCARD"
  /** A Secret that is named and not among those given. */
  | "SECRET_ABSENT"
  /** A Secret that is there and cannot be used. */
  | "SECRET_UNUSABLE"
  /** Secrets are looked for where the workload is: its users choose the keys. */
  | "SECRETS_OF_REQUEST"
  /** `mode: warn` or `audit`: nothing is refused. */
  | "WARN_ONLY"
  /** The first root key that is seen is believed. */
  | "FIRST_USE"
  /** An exception that has ended. */
  | "EXCEPTION_EXPIRED"
  /** An exception that ends within the time that was asked about. */
  | "EXCEPTION_EXPIRING"
  /** An exception that nobody granted. */
  | "EXCEPTION_WITHOUT_APPROVER"
  /** Requester and approver are the same. */
  | "EXCEPTION_SELF_APPROVED"
  /** An exception for every image, namespace and workload. */
  | "EXCEPTION_OF_EVERYTHING";

/** One finding, with the place that it is about. */
export interface LintFinding {
  /** A problem certainly does not work; a doubt is accepted and hardly meant. */
  readonly level: "problem" | "doubt";
  readonly code: LintCode;
  /** The file, or the cluster. */
  readonly origin: string;
  /** e.g. `ImagePolicy shop/default`; absent when it is about everything together. */
  readonly object?: string;
  /** e.g. `spec.repositories[0]`. */
  readonly path?: string;
  readonly params: Readonly<Record<string, string | number>>;
}
