// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Digest } from "#base";
import { registryNamesOf } from "#configuration";
import { createScanReport, type ImageIdentity, type ScanReport, type SuppressionStatement } from "#findings";
import {
  DOCKER_MANIFEST_LIST,
  type ImageReference,
  isSamePlatform,
  OCI_INDEX,
  type Platform,
  parseImageReference,
  renderPlatform,
} from "#oci";
import type { ImageObservation, Inventory } from "#packages";
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
import type { ScannedImage, Scanner } from "#scanner";
import type { CommandContext, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import { imageFactsOf, type ScannedFacts } from "./image-facts.ts";
import { parsePlatform } from "./parse-platform.ts";
import { readPolicies } from "./read-policies.ts";
import { registryAccess } from "./registry-access.ts";
import { chooseAdvisories } from "./scan/choose-advisories.ts";
import { isHubAddress } from "./scan/hub-address.ts";
import { isSbom, openSubject } from "./scan/open-subject.ts";
import type { StatementSubject } from "./scan/read-remote-statements.ts";
import { failOnPolicy, isFailOnSeverity } from "./scan-policies.ts";
import type { TrustQuestion } from "./verify/collect-trust.ts";

/** What came of scanning one location. */
export interface JudgedScan {
  readonly outcome: ScanOutcome & { readonly verdict: Verdict };
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

/** What a scan is made with beside its options. */
export interface ScanRequest {
  /** In the place of policies that options and configuration name. */
  readonly policies?: GivenPolicies;
  /** What to look for; default: the scanner's. */
  readonly scanners?: readonly Scanner[];
  /** What clears findings, by somebody whom the user named. */
  readonly statements?: readonly SuppressionStatement[];
}

/**
 * Scans the image at a location and judges it by the policies in force: the scan, and the signatures where they ask for
 * some. Everything that can be wrong about the command is found before the first byte of the image is read.
 */
export async function scanAndJudge(
  location: string,
  invocation: Invocation,
  context: CommandContext,
  request: ScanRequest = {},
): Promise<JudgedScan> {
  const given = request.policies;
  const { documents, secrets, exceptions } = given ?? (await chosenPolicies(invocation, context));
  const platforms = parsePlatform(invocation.text("platform"));
  const judgedAs = invocation.text("as");
  // a name that admission would refuse must not be allowed here
  const named = judgedAs === undefined ? undefined : parseImageReference(judgedAs);
  using advisories = await chooseAdvisories(request.scanners, invocation, context);
  const access = await registryAccess(location, invocation, context);
  await using subject = await openSubject(location, access, context);
  const scanned = await subject.scan({
    platforms,
    hasProgress: context.isTerminal && !invocation.flag("no-progress"),
    ...(request.scanners === undefined ? {} : { scanners: request.scanners }),
    ...(invocation.flag("no-cache") ? {} : { cacheDir: join(context.environment.cacheDir, "layers") }),
  });
  assertPlatform(platforms, scanned);
  const { root } = subject;
  const noticed = await noticedOf(named ?? subject.reference, location, request.scanners);
  const now = context.now();
  const references = namesOf([named, subject.reference]);
  const statements = await statementsOf({ location, named, access, root: root.digest, images: scanned }, request, {
    invocation,
    context,
  });
  const reports = scanned.map((each) =>
    createScanReport({
      ...each,
      inventory: withObservations(each.inventory, noticed),
      source: advisories,
      ...(statements.length === 0
        ? {}
        : {
            suppressions: {
              statements,
              now,
              image: { digests: [each.image.digest, root.digest], references },
            },
          }),
    }),
  );
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
  const hasChildren = isIndex(root.mediaType);
  const trust = await trustOf(
    {
      location,
      named,
      access,
      root: root.digest,
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
      index: hasChildren ? root.digest : undefined,
      trust,
    });
    return evaluate({ ...asked, facts, now: context.now() });
  }
  return {
    outcome: { reference: subject.location, reports, verdict: judge(root.digest, reports) },
    policies: documents,
    isOneOfSeveral: platforms !== "all" && hasChildren,
    judge,
  };
}

/** What was read before, and what lies elsewhere; without an option that asks for that, nothing is loaded that reads it. */
async function statementsOf(
  subject: StatementSubject,
  request: ScanRequest,
  { invocation, context }: { readonly invocation: Invocation; readonly context: CommandContext },
): Promise<readonly SuppressionStatement[]> {
  const statements = request.statements ?? [];
  if (
    request.statements === undefined ||
    ![...invocation.list("vex").filter(isHubAddress), ...invocation.list("vex-key")].length
  ) {
    return statements;
  }
  const { readRemoteStatements } = await import("./scan/read-remote-statements.ts");
  return [...statements, ...(await readRemoteStatements(subject, invocation, context))];
}

/** What is to be said of the name that somebody asked by; a bill of materials has no configuration that is looked at. */
async function noticedOf(
  reference: ImageReference | undefined,
  location: string,
  scanners: ScanRequest["scanners"],
): Promise<readonly ImageObservation[]> {
  if (reference === undefined || isSbom(location) || scanners?.includes("configuration") === false) {
    return [];
  }
  const { lintReference } = await import("#image-lint");
  return lintReference(reference);
}

function withObservations(inventory: Inventory, noticed: readonly ImageObservation[]): Inventory {
  return noticed.length === 0
    ? inventory
    : { ...inventory, observations: [...(inventory.observations ?? []), ...noticed] };
}

/** Under which names statements may mean the image. */
function namesOf(references: readonly (ImageReference | undefined)[]): NonNullable<ImageIdentity["references"]> {
  return references.flatMap((each) =>
    each === undefined
      ? []
      : [
          {
            repository: `${each.registry}/${each.repository}`,
            ...(each.tag === undefined ? {} : { tag: each.tag }),
          },
        ],
  );
}

/** Most policies ask for no signature: then nothing is loaded that verifies them, and nothing is contacted. */
async function trustOf(
  question: TrustQuestion,
  invocation: Invocation,
  context: CommandContext,
): Promise<ScannedFacts["trust"]> {
  // a bill of materials holds no signature of the image: what is asked for is undecided
  if (question.needed.trust.length === 0 || isSbom(question.location)) {
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
