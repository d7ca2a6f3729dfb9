// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestOf, LIMITS } from "#base";
import { applySuppressions, type ScanReport, type SuppressedFinding, type SuppressionStatement } from "#findings";
import type { DockerfileLintOptions } from "#image-lint";
import type { ImageObservation, Observation } from "#packages";
import type { ScanOutcome } from "#report";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FAIL_ON_SEVERITIES } from "../scan-policies.ts";
import { writeOutput } from "../write-output.ts";
import { dockerfileOptionsOf } from "./dockerfile-option-table.ts";
import { readSubjectFile } from "./read-subject-file.ts";
import { renderOutcome } from "./render-outcome.ts";

/** How the location of a Dockerfile begins. */
export const DOCKERFILE = "dockerfile:";

/** Formats that list packages or vulnerabilities, of which a Dockerfile has none. */
const OF_IMAGES: readonly string[] = ["cyclonedx", "spdx-json", "openvex"];

/**
 * Checks a Dockerfile. Policies speak of images, so none judges it: `--fail-on` makes findings of the severity and worse an exit code
 * of 1.
 */
export async function scanDockerfile(
  location: string,
  statements: readonly SuppressionStatement[],
  { invocation, context }: { readonly invocation: Invocation; readonly context: CommandContext },
): Promise<ExitCode> {
  const format = invocation.text("format") ?? "";
  if (OF_IMAGES.includes(format)) {
    throw new UsageError("OPTION_INVALID", `a Dockerfile has nothing that --format ${format} could list`);
  }
  const options = await dockerfileOptionsOf(invocation);
  const path = location.slice(DOCKERFILE.length);
  const bytes = await readSubjectFile(path, LIMITS.maxConfigBytes);
  const report = applySuppressions(await examine(bytes, path, options), statements, { now: context.now() });
  const outcome: ScanOutcome = { reference: location, reports: [report] };
  writeOutput(await renderOutcome(outcome, invocation, context), invocation.text("output"), context);
  const failing = severitiesFrom(invocation.text("fail-on"));
  return (report.otherFindings ?? []).some(({ severity }) => failing.includes(severity)) ? 1 : 0;
}

/** The severity and those that are worse. */
function severitiesFrom(severity: string | undefined): readonly string[] {
  const index = FAIL_ON_SEVERITIES.findIndex((each) => each === severity);
  return FAIL_ON_SEVERITIES.slice(0, index + 1);
}

async function examine(bytes: Buffer, path: string, options: DockerfileLintOptions): Promise<ScanReport> {
  const { examineDockerfile } = await import("#image-lint");
  const { observations, ignored } = examineDockerfile(bytes.toString("utf8"), options);
  const digest = digestOf(bytes);
  const found = observations.map((each) => placed(each, digest, path));
  const suppressed = ignored.map(
    ({ observation, reason }): SuppressedFinding => ({
      finding: placed(observation, digest, path),
      suppression: {
        by: "ignoreFile",
        origin: `${path}:${observation.line ?? 1}`,
        status: "ignored",
        ...(reason === "" ? {} : { justification: reason }),
      },
    }),
  );
  return {
    image: {
      digest,
      mediaType: "text/x-dockerfile",
      platform: { os: "unknown", architecture: "unknown" },
      sizeBytes: bytes.length,
      layers: [],
    },
    inventory: { status: "complete", packages: [], problems: [], analyzers: { dockerfile: "1" } },
    findings: [],
    ...(found.length === 0 ? {} : { otherFindings: found }),
    ...(suppressed.length === 0 ? {} : { suppressed }),
    coverageGaps: [],
    database: { digest: "", date: "", advisories: 0, isBundled: false, ecosystems: {}, isNotAsked: true },
  };
}

function placed(observation: Observation, layer: Digest, path: string): ImageObservation {
  return { ...observation, evidence: { layer, layerIndex: 0, path, analyzer: "dockerfile" } };
}
