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
import { evaluate, type PolicyDocument, type Verdict } from "#policy";
import { readPolicyFiles } from "#policy-files";
import type { ScanOutcome } from "#report";
import { type ScannedImage, scanImage } from "#scanner";
import type { CommandContext, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import { imageFactsOf } from "./image-facts.ts";
import { parsePlatform } from "./parse-platform.ts";
import { createProgressBar } from "./progress-bar.ts";
import { registryAccess } from "./registry-access.ts";
import { failOnPolicy, isFailOnSeverity } from "./scan-policies.ts";

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

/**
 * Scans the image at a location and judges it by the policies in force. Everything that can be wrong about the command
 * is found before the first byte of the image is read.
 */
export async function scanAndJudge(
  location: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<JudgedScan> {
  const policies = await chosenPolicies(invocation, context);
  const platforms = parsePlatform(invocation.text("platform"));
  const judgedAs = invocation.text("as");
  if (judgedAs !== undefined) {
    // a name that admission would refuse must not be allowed here
    parseImageReference(judgedAs);
  }
  using advisories = openAdvisoryDatabase(
    invocation.text("db") ??
      (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir))),
  );
  await using source = await openImageSource(location, {
    ...(await registryAccess(location, invocation, context)),
    signal: context.signal,
  });
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  const scanned = await scanImage(source, {
    platforms,
    signal: context.signal,
    onProgress: ({ doneBytes, totalBytes }) => bar.update(mebibytes(doneBytes, totalBytes), doneBytes, totalBytes),
  }).finally(() => bar.clear());
  assertPlatform(platforms, scanned);
  const reports = scanned.map((each) => createScanReport({ ...each, source: advisories }));
  const namespace = invocation.text("namespace");
  function judge(digest: Digest, of: readonly ScanReport[]): Verdict {
    return evaluate({
      reference: judgedAs ?? location.replace(/^docker:\/\//, ""),
      ...(namespace === undefined ? {} : { namespace }),
      facts: imageFactsOf(digest, of, context.now()),
      policies,
      hostAliases: registryNamesOf(context.configuration()),
      now: context.now(),
    });
  }
  return {
    outcome: { reference: source.location, reports, verdict: judge(source.root.digest, reports) },
    policies,
    isOneOfSeveral: platforms !== "all" && isIndex(source.root.mediaType),
    judge,
  };
}

async function chosenPolicies(invocation: Invocation, context: CommandContext): Promise<readonly PolicyDocument[]> {
  const files = invocation.list("policy");
  const failOn = invocation.text("fail-on");
  if (failOn !== undefined && isFailOnSeverity(failOn)) {
    if (files.length > 0) {
      throw new UsageError("OPTION_INVALID", "--fail-on and --policy exclude each other");
    }
    return [failOnPolicy(failOn)];
  }
  return (await readPolicyFiles(files.length > 0 ? files : context.configuration().policyFiles)).documents;
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
