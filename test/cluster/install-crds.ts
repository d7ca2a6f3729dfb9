// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../../tools/repository.ts";
import type { KubernetesApi } from "../support/control-plane/kubernetes-api.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const FOLDER = join(REPOSITORY, "deploy/crds");
const LIMIT_MS = 30_000;
const PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** Installs every generated CRD and waits until each is served. Throws with what the API server has against one. */
export async function installCrds(api: KubernetesApi): Promise<void> {
  for (const file of readdirSync(FOLDER)) {
    const definition = parse(readFileSync(join(FOLDER, file), "utf8")) as Definition;
    const { status, body } = await api.call("POST", PATH, definition);
    if (status !== 201) {
      throw new Error(`${file}: ${status} ${String(body.message)}`);
    }
    const { group, names, versions } = definition.spec;
    await waitUntil(`${file} is served`, LIMIT_MS, async () => {
      const found = await api.call("GET", `${PATH}/${definition.metadata.name}`);
      const conditions: readonly Readonly<Record<"type" | "status" | "message", string>>[] =
        found.body.status?.conditions ?? [];
      const fault = conditions.find((each) => each.type === "NonStructuralSchema");
      if (fault !== undefined) {
        throw new Error(`${file}: ${fault.message}`);
      }
      const served = await api.call("GET", `/apis/${group}/${versions[0]?.name ?? ""}/${names.plural}`);
      return served.status === 200;
    });
  }
}
