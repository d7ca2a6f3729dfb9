// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A request that the API server answered, in the order in which it did. */
export interface AuditedRequest {
  /** `create`, `list`, `watch`, `delete` … */
  readonly verb: string;
  readonly user: string;
  /** `PLURAL.GROUP`, or `PLURAL` of the core group. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the API server's clock, so that it can be compared with other requests and with nothing else. */
  readonly receivedAt: string;
}

/** Which requests are written down. */
interface Kept {
  /** Default: every group. */
  readonly groups?: readonly string[];
  /** Default: every verb. */
  readonly verbs?: readonly string[];
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly requestReceivedTimestamp: string;
}

const LOG = "audit.log";

/**
 * Arguments for an API server that writes down who asked for what, before it answers: then a test can tell in which order
 * things were done, without a clock of its own.
 */
export function auditArguments({ folder }: { readonly folder: string }, kept: Kept): readonly string[] {
  const { groups, verbs } = kept;
  const selected = {
    ...(groups === undefined ? {} : { resources: groups.map((group) => ({ group })) }),
    ...(verbs === undefined ? {} : { verbs }),
  };
  const policy = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    rules: [{ level: "Metadata", ...selected }, { level: "None" }],
  };
  const path = join(folder, "audit-policy.json");
  // JSON is YAML
  writeFileSync(path, JSON.stringify(policy));
  return [`--audit-policy-file=${path}`, `--audit-log-path=${join(folder, LOG)}`, "--audit-log-mode=blocking-strict"];
}

/** What was asked so far; a watch counts from its first byte, everything else when it was answered. */
export function readAuditLog({ folder }: { readonly folder: string }): readonly AuditedRequest[] {
  const path = join(folder, LOG);
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage, verb }) => stage === (verb === "watch" ? "ResponseStarted" : "ResponseComplete"))
    .map(({ verb, user, objectRef = {}, requestReceivedTimestamp }) => ({
      verb,
      user: user.username,
      resource: [objectRef.resource ?? "", objectRef.apiGroup ?? ""].filter((part) => part !== "").join("."),
      namespace: objectRef.namespace ?? "",
      name: objectRef.name ?? "",
      receivedAt: requestReceivedTimestamp,
    }));
}
