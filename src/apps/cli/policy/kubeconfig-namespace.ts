// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const kubeconfig = z.looseObject({
  "current-context": z.string().nullish(),
  contexts: z
    .array(z.looseObject({ name: z.string(), context: z.looseObject({ namespace: z.string().nullish() }).nullish() }))
    .nullish(),
});

/**
 * The namespace of the context, as kubectl takes it: `default` where none is named or the files cannot be read, since the
 * client of the cluster says what is wrong with them.
 */
export function kubeconfigNamespace(choice: { readonly file?: string; readonly context?: string }): string {
  const files = (choice.file ?? join(homedir(), ".kube/config")).split(delimiter).filter((file) => file !== "");
  const configs = files.flatMap((file) => readConfig(file));
  // of several files the first that names a thing counts
  const name = choice.context ?? configs.find((each) => each["current-context"])?.["current-context"];
  const contexts = configs.flatMap((each) => each.contexts ?? []);
  return contexts.find((each) => each.name === name)?.context?.namespace || "default";
}

function readConfig(file: string): readonly z.infer<typeof kubeconfig>[] {
  try {
    return [kubeconfig.parse(parse(readFileSync(file, "utf8"), { logLevel: "error" }))];
  } catch {
    // said by the client, with the reason
    return [];
  }
}
