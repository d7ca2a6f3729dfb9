// SPDX-License-Identifier: Apache-2.0
import type { Kubectl } from "../cluster/kubectl.ts";
import { waitUntil } from "../control-plane/wait-until.ts";

/** Kinds that the cluster itself writes and forgets. */
const FLEETING = new Set(["events", "events.events.k8s.io"]);

const LIMIT_MS = 60_000;

/** Every object in the cluster of every kind that can be listed, as `Kind/namespace/name`, sorted. */
export async function listCluster(kubectl: Kubectl): Promise<readonly string[]> {
  let listed: string | Error = new Error("nothing was asked for");
  // A definition that is just being removed takes its kind away between the two questions: then both are asked again.
  await waitUntil("every kind can be listed", LIMIT_MS, async () => {
    listed = await tryList(kubectl);
    return typeof listed === "string";
  }).catch((error: unknown) => {
    throw new Error(`the cluster cannot be listed: ${String(listed)}`, { cause: error });
  });
  return String(listed)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim().split(/\s+/).join("/"))
    .toSorted();
}

async function tryList(kubectl: Kubectl): Promise<string | Error> {
  const resources = await kubectl(["api-resources", "--verbs=list", "--cached=false", "--output=name"]);
  if (resources.code !== 0) {
    return new Error(resources.stderr);
  }
  const kinds = resources.stdout.split("\n").filter((kind) => kind !== "" && !FLEETING.has(kind));
  const columns = "custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name";
  const { code, stdout, stderr } = await kubectl([
    ...["get", kinds.join(","), "--all-namespaces", "--ignore-not-found", "--no-headers"],
    ...["--output", columns],
  ]);
  return code === 0 ? stdout : new Error(stderr);
}

/** What kubectl prints; throws what it complains about. */
export async function must(kubectl: Kubectl, words: readonly string[], input?: object): Promise<string> {
  const { code, stdout, stderr } = await kubectl(words, input);
  if (code !== 0) {
    throw new Error(`kubectl ${words.slice(0, 3).join(" ")}: ${stderr}`);
  }
  return stdout;
}
