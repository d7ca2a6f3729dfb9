// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { CodedError, messageOf, parseDurationMs } from "#base";
import type { KubeClient } from "#kube";
import { buildWebhookConfigurations } from "#kubernetes";
import type { CommandContext, Invocation } from "../command.ts";
import { GateError, UsageError } from "../errors.ts";
import { openCluster } from "../policy/open-cluster.ts";
import { type PresentConfiguration, RELEASED_ANNOTATION, readConfigurations } from "./webhook-configurations.ts";

const LOOK_EVERY_MS = 500;

/**
 * Takes a release back. The controller fills the webhooks, which knows the authority of the gate and asks first whether
 * it answers; with `--address` and `--ca-bundle` they are filled here. Says whether they are filled.
 */
export async function engageGate(invocation: Invocation, context: CommandContext): Promise<boolean> {
  const { translate, signal } = context;
  const name = invocation.text("name") ?? context.configuration().admission.webhookName;
  const timeout = invocation.text("timeout") ?? "";
  const timeoutMs = parseDurationMs(timeout);
  if (timeoutMs === undefined) {
    throw new UsageError("OPTION_INVALID", "--timeout takes a duration such as 2m");
  }
  const built = buildByHand(name, invocation, context);
  await using client = await openCluster(invocation, context);
  const present = await readConfigurations(client, name, signal);
  if (present.length === 0) {
    throw new GateError("WEBHOOKS_MISSING", translate("policyTools.gate.missing", { name }));
  }
  for (const { resource } of present) {
    const webhooks = resource.plural.startsWith("mutating") ? built?.mutating.webhooks : built?.validating.webhooks;
    const metadata = { annotations: { [RELEASED_ANNOTATION]: null } };
    const patch = { metadata, ...(webhooks === undefined ? {} : { webhooks }) };
    await client.patch({ resource, name }, "merge", patch, { signal });
  }
  if (built === undefined) {
    context.stderr(`${translate("policyTools.gate.waiting")}\n`);
  }
  const filled = await waitUntilFilled(client, name, { timeoutMs, signal });
  if (filled === undefined) {
    context.stderr(`${translate("policyTools.gate.notFilled", { timeout })}\n`);
    return false;
  }
  const webhooks = filled.reduce((sum, each) => sum + each.webhooks.length, 0);
  context.stdout(`${translate("policyTools.gate.engaged", { name, webhooks })}\n`);
  return true;
}

async function waitUntilFilled(
  client: KubeClient,
  name: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<readonly PresentConfiguration[] | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const present = await readConfigurations(client, name, signal);
    if (present.length > 0 && present.every(({ webhooks, isReleased }) => webhooks.length > 0 && !isReleased)) {
      return present;
    }
    if (performance.now() >= end) {
      return undefined;
    }
    await pause(Math.min(LOOK_EVERY_MS, timeoutMs), undefined, { signal });
  }
}

function buildByHand(
  name: string,
  invocation: Invocation,
  context: CommandContext,
): ReturnType<typeof buildWebhookConfigurations> | undefined {
  const address = invocation.text("address");
  const file = invocation.text("ca-bundle");
  if (address === undefined && file === undefined) {
    return undefined;
  }
  if (address === undefined || file === undefined) {
    throw new UsageError("OPTION_INVALID", "--address and --ca-bundle belong together");
  }
  const { admission } = context.configuration();
  return buildWebhookConfigurations({
    name,
    address,
    caBundle: readAuthority(file),
    excludeNamespaces: admission.excludeNamespaces,
    hookNames: admission.hookNames,
    skipLabel: admission.skipLabel,
  });
}

/** A bundle that is none would stop the cluster: the API server could verify no answer. */
function readAuthority(file: string): string {
  try {
    const pem = readFileSync(file, "utf8");
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new CodedError("OPTION_INVALID", `--ca-bundle ${file}: expected PEM certificates: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
