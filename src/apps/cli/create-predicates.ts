// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import {
  CYCLONEDX_PREDICATE_TYPE,
  PREDICATE_TYPES,
  policyDigest,
  SCAN_PREDICATE_TYPE,
  toPredicateType,
  toScanPredicate,
  toVerdictPredicate,
  VERDICT_PREDICATE_TYPE,
} from "#attestations";
import { CodedError, type Digest, LIMITS, messageOf, parseDigest } from "#base";
import { VERSION } from "#configuration";
import type { ScanReport } from "#findings";
import type { Descriptor } from "#oci";
import type { Verdict } from "#policy";
import { toCycloneDx, toReportJson } from "#report";
import type { CommandContext, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import type { ImageToSign } from "./image-to-sign.ts";
import { type JudgedScan, scanAndJudge } from "./scan-and-judge.ts";

/** What the flags ask to attest. */
export type PredicateChoice =
  | { readonly kind: "sbom" | "scan" | "verdict"; readonly predicateType: string }
  | { readonly kind: "file"; readonly predicateType: string; readonly predicate: unknown };

/** What is attested of one image. */
export interface SubjectPredicate {
  readonly subject: Descriptor;
  readonly predicate: unknown;
  /** Of a verdict: what it says, for whoever signs it. */
  readonly outcome?: Verdict["outcome"];
}

const OWN_TYPES: Readonly<Record<"sbom" | "scan" | "verdict", string>> = {
  sbom: CYCLONEDX_PREDICATE_TYPE,
  scan: SCAN_PREDICATE_TYPE,
  verdict: VERDICT_PREDICATE_TYPE,
};

const SCANNER = { name: "haechi", version: VERSION };

/** The choice of `--type` and `--predicate`; the file is read now. Throws `UsageError`. */
export function readPredicateChoice(invocation: Invocation): PredicateChoice {
  const type = invocation.text("type") ?? "verdict";
  const file = invocation.text("predicate");
  if (type === "sbom" || type === "scan" || type === "verdict") {
    if (file !== undefined) {
      throw new UsageError("OPTION_INVALID", `--type ${type} makes its predicate itself; leave out --predicate`);
    }
    return { kind: type, predicateType: OWN_TYPES[type] };
  }
  const predicateType = toPredicateType(type);
  if (predicateType === undefined) {
    const known = ["sbom", "scan", "verdict", ...Object.keys(PREDICATE_TYPES)].join(", ");
    throw new UsageError("OPTION_INVALID", `--type expects a URI or one of ${known}`);
  }
  if (predicateType === VERDICT_PREDICATE_TYPE || predicateType === SCAN_PREDICATE_TYPE) {
    throw new UsageError("OPTION_INVALID", "predicates of Haechi are made by --type verdict and --type scan only");
  }
  if (file === undefined) {
    throw new UsageError("OPTION_INVALID", `--type ${type} needs --predicate FILE`);
  }
  return { kind: "file", predicateType, predicate: readPredicate(file) };
}

/** One predicate for the image, and with `--recursive` one for each child. Scans unless the predicate is a file. */
export async function createPredicates(
  choice: PredicateChoice,
  image: ImageToSign,
  command: { readonly invocation: Invocation; readonly context: CommandContext },
): Promise<readonly SubjectPredicate[]> {
  const { invocation, context } = command;
  const isRecursive = invocation.flag("recursive");
  const { root } = image;
  const children = isRecursive ? await image.listChildren() : [];
  if (choice.kind === "file") {
    return [...children, root].map((subject) => ({ subject, predicate: choice.predicate }));
  }
  const { kind } = choice;
  // the digest that was resolved is what is scanned, under the name that policies match
  const pinned = withDefaults(invocation, { as: image.reference.raw.replace(/^docker:\/\//, ""), platform: "all" });
  const scan = await scanAndJudge(`docker://${image.name}@${root.digest}`, pinned, context);
  if (scan.isOneOfSeveral) {
    throw new UsageError(
      "OPTION_INVALID",
      "an attestation of an index is about all its platforms; leave out --platform",
    );
  }
  const { reports } = scan.outcome;
  function predicateOf(digest: Digest, of: readonly ScanReport[]): Omit<SubjectPredicate, "subject"> {
    const about = { digest, reference: image.name };
    switch (kind) {
      case "sbom":
        return {
          predicate: toCycloneDx({ reference: `${image.name}@${digest}`, reports: of }, { toolVersion: VERSION }),
        };
      case "scan":
        return {
          predicate: toScanPredicate({
            image: about,
            scannedAt: context.now().toISOString(),
            scanner: SCANNER,
            reports: of.map(toReportJson),
          }),
        };
      case "verdict":
        return verdictOf(about, of, { scan, now: context.now() });
    }
  }
  const scanned = children.flatMap((subject) => {
    const own = reports.filter((report) => report.image.digest === subject.digest);
    return own.length === 0 ? [] : [{ subject, ...predicateOf(subject.digest, own) }];
  });
  return [...scanned, { subject: root, ...predicateOf(root.digest, reports) }];
}

function verdictOf(
  image: { readonly digest: Digest; readonly reference: string },
  reports: readonly ScanReport[],
  made: { readonly scan: JudgedScan; readonly now: Date },
): Omit<SubjectPredicate, "subject"> {
  const verdict = made.scan.judge(image.digest, reports);
  const database = reports[0]?.database;
  const databaseDigest = parseDigest(database?.digest ?? "");
  if (database === undefined || databaseDigest === undefined) {
    throw new CodedError("PLATFORM_NOT_FOUND", "nothing in the image can run, so there is nothing to attest");
  }
  const predicate = toVerdictPredicate({
    image,
    outcome: verdict.outcome,
    mode: verdict.mode,
    reasons: verdict.reasons.map(({ code, effect, platform, params }) => ({
      code,
      effect,
      params,
      ...(platform === undefined ? {} : { platform }),
    })),
    policy: { digest: policyDigest(made.scan.policies), ...verdict.policy },
    advisories: { digest: databaseDigest, ...(database.date === "" ? {} : { date: database.date }) },
    evaluatedAt: made.now.toISOString(),
    isComplete: reports.every((report) => report.inventory.status === "complete"),
    scanner: SCANNER,
  });
  return { predicate, outcome: verdict.outcome };
}

function withDefaults(invocation: Invocation, defaults: Readonly<Record<string, string>>): Invocation {
  return { ...invocation, text: (name) => invocation.text(name) ?? defaults[name] };
}

function readPredicate(file: string): unknown {
  try {
    if (statSync(file).size > LIMITS.maxAttestationBytes) {
      throw new Error(`larger than ${LIMITS.maxAttestationBytes} bytes`);
    }
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CodedError("SOURCE_UNREADABLE", `cannot read a predicate from ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
