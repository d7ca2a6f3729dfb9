// SPDX-License-Identifier: Apache-2.0
import { parseImageReference } from "#oci";
import { PolicyError } from "#policy";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import type { LoadedPolicies } from "../policy/loaded-policies.ts";
import { CLUSTER_OPTIONS, FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const policyExplainCommand: Command = {
  name: "policy explain",
  summary: "cli.policy.explain.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: false, description: "cli.policy.explain.image" }],
  options: [
    { name: "namespace", short: "n", kind: "text", value: "NAME", description: "cli.policy.explain.namespace" },
    { name: "workload", kind: "text", value: "KIND/NAME", description: "cli.policy.explain.workload" },
    { name: "policy", kind: "list", value: "FILE", description: "cli.scan.policy" },
    { name: "check", kind: "flag", description: "cli.policy.explain.check" },
    { name: "from", kind: "text", value: "LOCATION", description: "cli.policy.explain.from" },
    ...FORMAT_OPTIONS,
    ...CLUSTER_OPTIONS,
    { name: "platform", kind: "text", value: "OS/ARCH", description: "cli.scan.platform" },
    { name: "db", kind: "text", value: "FOLDER", description: "cli.scan.db" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi policy explain registry.example.com/shop/web:1.4 --namespace shop --policy policies.yaml",
    "haechi policy explain registry.example.com/shop/web:1.4 -n shop --cluster --check",
  ],
  exitCodes: "cli.policy.explain.exitCodes",
  run: runExplain,
};

const EXIT_CODES = { allow: 0, deny: 1, undecided: 3 } as const satisfies Record<string, ExitCode>;

async function runExplain(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [image = ""] = invocation.arguments;
  const workload = workloadOf(invocation.text("workload"));
  const { loadPolicies } = await import("../policy/load-policies.ts");
  const { explainImage } = await import("../policy/explain-image.ts");
  const { renderExplanationJson, renderExplanationTable } = await import("../policy/render-explanation.ts");
  // a gate refuses what is no reference, whatever the policies say
  parseImageReference(image);
  const loaded = await loadPolicies(invocation.list("policy"), invocation, context);
  assertReadable(loaded);
  const namespace =
    invocation.text("namespace") ?? (await namespaceOfContext(loaded.namespaces !== undefined, invocation, context));
  const location = invocation.text("from");
  const question = {
    image,
    ...(location === undefined ? {} : { location }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(workload === undefined ? {} : { workload }),
  };
  const explanation = await explainImage(question, loaded, invocation, context);
  const text =
    invocation.text("format") === "json"
      ? renderExplanationJson(explanation)
      : visibleLines(renderExplanationTable(explanation, context.translate));
  writeOutput(text, invocation.text("output"), context);
  const { verdict } = explanation;
  return verdict.mode === "enforce" ? EXIT_CODES[verdict.outcome] : 0;
}

/** A file that cannot be read says nothing; what cannot be read in a cluster is judged as a gate judges it. */
function assertReadable({ problems, namespaces }: LoadedPolicies): void {
  if (problems.length > 0 && namespaces === undefined) {
    throw new PolicyError(problems);
  }
}

/** As kubectl does: of the cluster's policies, those for the namespace of the context. */
async function namespaceOfContext(
  isOfCluster: boolean,
  invocation: Invocation,
  context: CommandContext,
): Promise<string | undefined> {
  if (!isOfCluster) {
    return undefined;
  }
  const { kubeconfigChoice } = await import("../policy/open-cluster.ts");
  const { kubeconfigNamespace } = await import("../policy/kubeconfig-namespace.ts");
  return kubeconfigNamespace(kubeconfigChoice(invocation, context));
}

function workloadOf(text: string | undefined): { readonly kind: string; readonly name: string } | undefined {
  if (text === undefined) {
    return undefined;
  }
  const [kind = "", name = "", ...rest] = text.split("/");
  if (kind === "" || name === "" || rest.length > 0) {
    throw new UsageError("OPTION_INVALID", `--workload takes KIND/NAME such as Deployment/web, found "${text}"`);
  }
  return { kind, name };
}
