// SPDX-License-Identifier: Apache-2.0
import type { RegistryObject, RegistryObjectStore } from "#database";
import { parseReplicationRule, type ReplicationRule } from "#registry";
import { RegistryJobError } from "../../registry-jobs/errors.ts";

/** A rule with the name that it is stored under. */
export interface NamedRule {
  readonly name: string;
  readonly rule: ReplicationRule;
}

/** Throws `RULE_UNKNOWN` when there is none of the name, or one that cannot be read. */
export async function readReplicationRule(
  objects: Pick<RegistryObjectStore, "find">,
  name: string,
): Promise<ReplicationRule> {
  const found = await objects.find("replication", name);
  const parsed = found === undefined ? undefined : parseReplicationRule(found.document);
  if (parsed === undefined || "problem" in parsed) {
    throw new RegistryJobError(
      "RULE_UNKNOWN",
      parsed === undefined ? `there is no replication rule ${name}` : `the replication rule ${name}: ${parsed.problem}`,
    );
  }
  return parsed.rule;
}

/** Those that can be read; one that a newer version wrote is left alone. */
export function readableRules(objects: readonly RegistryObject[]): readonly NamedRule[] {
  return objects.flatMap(({ name, document }) => {
    const parsed = parseReplicationRule(document);
    return "rule" in parsed ? [{ name, rule: parsed.rule }] : [];
  });
}
