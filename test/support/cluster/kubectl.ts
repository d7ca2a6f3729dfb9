// SPDX-License-Identifier: Apache-2.0
import { runTool, type ToolResult } from "../run-tool.ts";
import { tool } from "../tools.ts";

/** Runs kubectl as the user of a kubeconfig; `input` is for `-f -`. */
export type Kubectl = (words: readonly string[], input?: object | readonly object[]) => Promise<ToolResult>;

/** A kubectl with its own, empty home. */
export function createKubectl(kubeconfig: string, home: string): Kubectl {
  return async (words, input) =>
    await runTool(tool("kubectl"), words, {
      environment: { KUBECONFIG: kubeconfig, HOME: home, KUBECACHEDIR: `${home}/kube-cache` },
      ...(input === undefined ? {} : { input: toList(input) }),
    });
}

function toList(input: object | readonly object[]): string {
  return JSON.stringify(Array.isArray(input) ? { apiVersion: "v1", kind: "List", items: input } : input);
}
