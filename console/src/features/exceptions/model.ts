// SPDX-License-Identifier: Apache-2.0
import type { Exception } from "../../api/generated/api.ts";
import { shortDigest } from "../../lib/short-digest.ts";

const FINDINGS = ["vulnerabilities", "packages", "rules"] as const;
const SUBJECTS = ["repositories", "digests", "namespaces"] as const;

/** Names of one kind. */
export interface NamesOfKind<Kind extends string> {
  readonly kind: Kind;
  readonly names: readonly string[];
}

/** What an exception lets pass, and for what; kinds that it does not name are left out. */
export function scopeOf({ findings, subject }: Pick<Exception, "findings" | "subject">): {
  readonly findings: readonly NamesOfKind<(typeof FINDINGS)[number]>[];
  readonly subject: readonly NamesOfKind<(typeof SUBJECTS)[number] | "workloads">[];
} {
  const workloads = (subject.workloads ?? []).map(({ kind, name }) => `${kind}/${name}`);
  return {
    findings: FINDINGS.flatMap((kind) => named(kind, findings[kind])),
    subject: [
      ...SUBJECTS.flatMap((kind) =>
        named(kind, kind === "digests" ? subject.digests?.map(shortDigest) : subject[kind]),
      ),
      ...named("workloads" as const, workloads),
    ],
  };
}

function named<Kind extends string>(kind: Kind, names: readonly string[] | undefined): readonly NamesOfKind<Kind>[] {
  return names === undefined || names.length === 0 ? [] : [{ kind, names }];
}
