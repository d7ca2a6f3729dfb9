// SPDX-License-Identifier: Apache-2.0
import type { ToldNode } from "./cluster-component.ts";

const MAX_TEXT = 128;

/** Reads a Node's `status.nodeInfo`. The kubelet writes it, so whoever owns a node chooses what stands there. Never throws. */
export function readToldNode(name: string, nodeInfo: unknown): ToldNode {
  const info = typeof nodeInfo === "object" && nodeInfo !== null ? (nodeInfo as Readonly<Record<string, unknown>>) : {};
  return {
    name: cleanText(name) ?? "?",
    ...field("kubelet", info["kubeletVersion"]),
    ...field("kubeProxy", info["kubeProxyVersion"]),
    ...field("runtime", info["containerRuntimeVersion"]),
    ...field("osImage", info["osImage"]),
    ...field("kernel", info["kernelVersion"]),
  };
}

/** `gitVersion` of the answer to `/version`, cleaned and cut. */
export function readToldServer(answer: unknown): string | undefined {
  return typeof answer === "object" && answer !== null
    ? cleanText((answer as Readonly<Record<string, unknown>>)["gitVersion"])
    : undefined;
}

function field<Name extends string>(name: Name, value: unknown): { readonly [each in Name]?: string } {
  const text = cleanText(value);
  return text === undefined ? {} : ({ [name]: text } as { readonly [each in Name]: string });
}

/** One short line: what a terminal or a page would obey becomes `?`, so that it no longer parses as a version either. */
function cleanText(value: unknown): string | undefined {
  if (typeof value !== "string") {
    return undefined;
  }
  const isCut = value.length > MAX_TEXT;
  const text = value
    .slice(0, MAX_TEXT)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")
    .trim();
  return text === "" ? undefined : isCut ? `${text}…` : text;
}
