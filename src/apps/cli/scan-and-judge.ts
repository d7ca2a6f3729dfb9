// SPDX-License-Identifier: Apache-2.0
import { ensureBundledDatabase, openAdvisoryDatabase } from "#advisory-db";
import type { Digest } from "#base";
import { chooseAdvisoryFile, registryNamesOf } from "#configuration";
import { createScanReport, type ScanReport } from "#findings";
import { openImageSource } from "#image-source";
import {
  DOCKER_MANIFEST_LIST,
  isSamePlatform,
  OCI_INDEX,
  type Platform,
  parseImageReference,
  renderPlatform,
} from "#oci";
import {
  type EvaluationInput,
  evaluate,
  factsNeeded,
  type ParsedPolicies,
  type PolicyDocument,
  type SecretScope,
  type Verdict,
} from "#policy";
import type { ScanOutcome } from "#report";
import { type ScannedImage, scanImage } from "#scanner";
import type { CommandContext, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import { imageFactsOf, type ScannedFacts } from "./image-facts.ts";
import { parsePlatform } from "./parse-platform.ts";
import { createProgressBar } from "./progress-bar.ts";
import { readPolicies } from "./read-policies.ts";
import { registryAccess } from "./registry-access.ts";
import { failOnPolicy, isFailOnSeverity } from "./scan-policies.ts";
import type { TrustQuestion } from "./verify/collect-trust.ts";

/** What came of scanning one location. */
export interface JudgedScan {
  readonly outcome: ScanOutcome;
  /** The documents that judged. */
  readonly policies: readonly PolicyDocument[];
  /** The image is an index, and only one child of it was scanned. */
  readonly isOneOfSeveral: boolean;
  /** Judges a part of what was scanned in the same way: a child of the index by itself. */
  readonly judge: (digest: Digest, reports: readonly ScanReport[]) => Verdict;
}

/** Policies that were read already, in the place of those that options and configuration name. */
export interface GivenPolicies
  extends Pick<ParsedPolicies, "documents" | "secrets" | "exceptions">,
    Pick<EvaluationInput, "workload"> {
  readonly scope: Pick<SecretScope, "systemNamespace" | "secretNamespace">;
}

/**
 * Scans the image at a location and judges it by the policies in force: the scan, and the signatures where they ask for
 * some. Everything that can be wrong about the command is found before the first byte of the image is read.
 */
export async function scanAndJudge(
  location: string,
  invocation: Invocation,
  context: CommandContext,
  given?: GivenPolicies,
): Promise<JudgedScan> {
  const { documents, secrets, exceptions } = given ?? (await chosenPolicies(invocation, context));
  const platforms = parsePlatform(invocation.text("platform"));
  const judgedAs = invocation.text("as");
  // a name that admission would refuse must not be allowed here
  const named = judgedAs === undefined ? undefined : parseImageReference(judgedAs);
  using advisories = openAdvisoryDatabase(
    invocation.text("db") ??
      (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir))),
  );
  const access = await registryAccess(location, invocation, context);
  await using source = await openImageSource(location, { ...access, signal: context.signal });
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  const scanned = await scanImage(source, {
    platforms,
    signal: context.signal,
    onProgress: ({ doneBytes, totalBytes }) => bar.update(mebibytes(doneBytes, totalBytes), doneBytes, totalBytes),
  }).finally(() => bar.clear());
  assertPlatform(platforms, scanned);
  const reports = scanned.map((each) => createScanReport({ ...each, source: advisories }));
  const namespace = invocation.text("namespace");
  const asked = {
    reference: judgedAs ?? location.replace(/^docker:\/\//, ""),
    ...(namespace === undefined ? {} : { namespace }),
    policies: documents,
    secrets,
    exceptions,
    ...given?.scope,
    ...(given?.workload === undefined ? {} : { workload: given.workload }),
    hostAliases: registryNamesOf(context.configuration()),
  };
  const root = source.root.digest;
  const hasChildren = isIndex(source.root.mediaType);
  const trust = await trustOf(
    {
      location,
      named,
      access,
      root,
      children: reports.map((report) => report.image.digest),
      needed: factsNeeded(asked),
      isEachJudged: invocation.flag("recursive"),
    },
    invocation,
    context,
  );
  const scannedAt = context.now();
  const configs = new Map(scanned.map(({ image, config }) => [image.digest, config]));
  function judge(digest: Digest, of: readonly ScanReport[]): Verdict {
    const facts = imageFactsOf({
      digest,
      reports: of,
      configs,
      scannedAt,
      index: hasChildren ? root : undefined,
      trust,
    });
    return evaluate({ ...asked, facts, now: context.now() });
  }
  return {
    outcome: { reference: source.location, reports, verdict: judge(root, reports) },
    policies: documents,
    isOneOfSeveral: platforms !== "all" && hasChildren,
    judge,
  };
}

/** Most policies ask for no signature: then nothing is loaded that verifies them, and nothing is contacted. */
async function trustOf(
  question: TrustQuestion,
  invocation: Invocation,
  context: CommandContext,
): Promise<ScannedFacts["trust"]> {
  if (question.needed.trust.length === 0) {
    return new Map();
  }
  const { collectTrust } = await import("./verify/collect-trust.ts");
  return await collectTrust(question, invocation, context);
}

async function chosenPolicies(invocation: Invocation, context: CommandContext): Promise<ParsedPolicies> {
  const files = invocation.list("policy");
  const failOn = invocation.text("fail-on");
  if (failOn !== undefined && isFailOnSeverity(failOn)) {
    if (files.length > 0) {
      throw new UsageError("OPTION_INVALID", "--fail-on and --policy exclude each other");
    }
    return { documents: [failOnPolicy(failOn)], secrets: [], exceptions: [], warnings: [] };
  }
  return await readPolicies(files.length > 0 ? files : context.configuration().policyFiles, context);
}

/** An image that is no index has one platform; asking for another must not silently judge this one. */
function assertPlatform(platforms: "host" | "all" | Platform, scanned: readonly ScannedImage[]): void {
  const [first] = scanned;
  if (typeof platforms === "object" && first !== undefined && !isSamePlatform(first.image.platform, platforms)) {
    const found = renderPlatform(first.image.platform);
    throw new UsageError("OPTION_INVALID", `the image is for ${found}, not for ${renderPlatform(platforms)}`);
  }
}

function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

function mebibytes(done: number, total: number): string {
  return `${(done / 2 ** 20).toFixed(0)} / ${(total / 2 ** 20).toFixed(0)} MiB`;
}
