// SPDX-License-Identifier: Apache-2.0
import type { KubeClient } from "#kube";
import type { CommandContext, Invocation } from "../command.ts";

/** Whether policies come from a cluster: it was asked for, or the program is a kubectl plugin and no file was named. */
export function wantsCluster(invocation: Invocation, context: CommandContext, files: readonly string[]): boolean {
  const isAsked =
    invocation.flag("cluster") ||
    invocation.text("kubeconfig") !== undefined ||
    invocation.text("context") !== undefined;
  return isAsked || (context.prefersCluster === true && files.length === 0);
}

/**
 * The API of the cluster that flags, KUBECONFIG and configuration name; in a Pod that is configured so, that of the Pod.
 * Loads the client only now. Throws KubeError.
 */
export async function openCluster(invocation: Invocation, context: CommandContext): Promise<KubeClient> {
  const { openKubeClient } = await import("#kube");
  const { inCluster: server } = context.configuration().cluster;
  const isNamed = invocation.text("kubeconfig") !== undefined || invocation.text("context") !== undefined;
  if (server !== undefined && !isNamed) {
    return await openKubeClient({ connection: "in-cluster", server });
  }
  return await openKubeClient({ connection: "kubeconfig", ...kubeconfigChoice(invocation, context) });
}

/** Which kubeconfig and context: a flag before the variable, the variable before the configuration. */
export function kubeconfigChoice(
  invocation: Invocation,
  context: CommandContext,
): { readonly file?: string; readonly context?: string } {
  const { cluster } = context.configuration();
  const file = invocation.text("kubeconfig") ?? context.environment.kubeconfig ?? cluster.kubeconfig;
  const name = invocation.text("context") ?? cluster.context;
  return { ...(file === undefined ? {} : { file }), ...(name === undefined ? {} : { context: name }) };
}

/** Haechi's own namespace, by flag or configuration. */
export function systemNamespaceOf(invocation: Invocation, context: CommandContext): string {
  return invocation.text("system-namespace") ?? context.configuration().cluster.namespace;
}
