// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Invocation } from "../command.ts";
import { GateError, UsageError } from "../errors.ts";
import { openCluster } from "../policy/open-cluster.ts";
import { askOnTerminal } from "./ask-on-terminal.ts";
import { describeWebhooks, RELEASED_ANNOTATION, readConfigurations } from "./webhook-configurations.ts";

/**
 * Empties the webhook configurations and marks them, so that no controller fills them again; asks before. Needs nothing of
 * Haechi to run: only the API server and a right to change webhook configurations. Says whether it was done.
 */
export async function releaseGate(invocation: Invocation, context: CommandContext): Promise<boolean> {
  const { translate, signal } = context;
  const name = invocation.text("name") ?? context.configuration().admission.webhookName;
  if (!invocation.flag("yes") && !context.isTerminal) {
    throw new UsageError("OPTION_INVALID", translate("policyTools.gate.needsYes"));
  }
  await using client = await openCluster(invocation, context);
  const present = await readConfigurations(client, name, signal);
  if (present.length === 0) {
    throw new GateError("WEBHOOKS_MISSING", translate("policyTools.gate.missing", { name }));
  }
  if (!invocation.flag("yes")) {
    context.stderr(translate("policyTools.gate.releaseQuestion", { name, server: client.server }));
    if ((await askOnTerminal(context)) !== "release") {
      context.stderr(`${translate("policyTools.gate.notConfirmed")}\n`);
      return false;
    }
  }
  const { excluded } = describeWebhooks(present.flatMap(({ webhooks }) => webhooks));
  for (const { resource } of present) {
    // one patch: a controller that reads between two would fill the emptied one
    const metadata = { annotations: { [RELEASED_ANNOTATION]: "true" } };
    await client.patch({ resource, name }, "merge", { metadata, webhooks: [] }, { signal });
  }
  context.stdout(`${translate("policyTools.gate.released", { name })}\n`);
  if (excluded.length > 0) {
    context.stdout(`${translate("policyTools.gate.ungatedBefore", { namespaces: excluded.join(", ") })}\n`);
  }
  const given = ["name", "kubeconfig", "context"].flatMap((option) => {
    const value = invocation.text(option);
    return value === undefined ? [] : [`--${option} ${value}`];
  });
  const command = [context.program ?? "haechi", "gate engage", ...given].join(" ");
  context.stdout(`${translate("policyTools.gate.howToEngage", { command })}\n`);
  return true;
}
