// SPDX-License-Identifier: Apache-2.0
import type { ExposureReport } from "#exposure";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS, KUBECONFIG_OPTIONS } from "../policy/policy-option-table.ts";
import type { ReadObjects } from "../posture/fetch-cluster-objects.ts";
import { FAIL_ON_SEVERITIES } from "../scan-policies.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const postureExposureCommand: Command = {
  name: "posture exposure",
  summary: "cli.posture.exposure.summary",
  arguments: [{ name: "FILE", isRequired: false, isRepeated: true, description: "cli.posture.exposure.files" }],
  options: [
    { name: "namespace", short: "n", kind: "text", value: "NAME", description: "cli.posture.exposure.namespace" },
    { name: "report", kind: "list", value: "FILE", description: "cli.posture.exposure.report" },
    {
      name: "fail-on",
      kind: "text",
      value: "SEVERITY",
      choices: FAIL_ON_SEVERITIES,
      default: "low",
      description: "cli.posture.exposure.failOn",
    },
    ...FORMAT_OPTIONS,
    ...KUBECONFIG_OPTIONS,
  ],
  examples: [
    "haechi posture exposure",
    "haechi posture exposure manifests/ --fail-on high",
    "kubectl get pods,services,ingresses,networkpolicies -A -o json | haechi posture exposure -",
    "haechi posture exposure --report harbor-core.json --format json",
  ],
  exitCodes: "cli.posture.exposure.exitCodes",
  run,
};

async function run(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { judgeExposure } = await import("#exposure");
  const { readImageReports } = await import("../posture/read-image-reports.ts");
  const reports = await readImageReports(invocation.list("report"));
  const report = judgeExposure({ ...(await readObjects(invocation, context)), reports });
  const text =
    invocation.text("format") === "json"
      ? (await import("../posture/exposure-json.ts")).renderExposureJson(report, context.translate)
      : visibleLines((await import("../posture/render-exposure.ts")).renderExposureTable(report, context.translate));
  writeOutput(text, invocation.text("output"), context);
  return exitCodeOf(report, invocation.text("fail-on"));
}

async function readObjects(invocation: Invocation, context: CommandContext): Promise<ReadObjects> {
  const namespace = invocation.text("namespace");
  if (invocation.arguments.length > 0) {
    const { readManifestFiles } = await import("../posture/read-manifest-files.ts");
    return await readManifestFiles(invocation.arguments, namespace, context);
  }
  const { openCluster } = await import("../policy/open-cluster.ts");
  const { fetchClusterObjects } = await import("../posture/fetch-cluster-objects.ts");
  await using client = await openCluster(invocation, context);
  return await fetchClusterObjects(client, { namespace, signal: context.signal });
}

/** What is not to be read could hide anything: without a finding that fails, nobody can tell. */
function exitCodeOf({ subjects, unread }: ExposureReport, failOn: string | undefined): ExitCode {
  const counting: readonly string[] = FAIL_ON_SEVERITIES.slice(
    0,
    FAIL_ON_SEVERITIES.findIndex((each) => each === failOn) + 1,
  );
  const found = subjects.flatMap(({ findings }) => findings);
  // what nobody has rated may be the worst
  const isFailing = found.some(
    ({ state, severity }) => state === "fails" && (severity === "unknown" || counting.includes(severity)),
  );
  if (isFailing) {
    return 1;
  }
  return unread.length > 0 || found.some(({ state }) => state === "undecided") ? 3 : 0;
}
