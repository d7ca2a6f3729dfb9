// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { REPOSITORY } from "../../../tools/repository.ts";
import { runTool, type ToolResult } from "../run-tool.ts";
import { tool } from "../tools.ts";

/** The chart of this repository. */
export const CHART: string = join(REPOSITORY, "deploy/helm/haechi");
/** Name and namespace that the guide installs with. */
export const RELEASE = "haechi";
export const RELEASE_NAMESPACE = "haechi-system";

/** The value files by which the chart is tested, one for each usual way to install it. */
export const VALUE_FILES: readonly string[] = readdirSync(join(CHART, "ci")).sort();

/** An object of a rendered chart. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the tests look into objects of every kind, and a wrong guess fails the test
  readonly [field: string]: any;
}

/** Runs helm as the user of a kubeconfig, with caches and settings in a folder of the test's own. */
export type Helm = (words: readonly string[]) => Promise<ToolResult>;

/** A helm that knows nothing of the developer's; without a kubeconfig it can render only. */
export function createHelm(home: string, kubeconfig?: string): Helm {
  return async (words) =>
    await runTool(tool("helm"), words, {
      environment: {
        HOME: home,
        HELM_CACHE_HOME: join(home, "cache"),
        HELM_CONFIG_HOME: join(home, "config"),
        HELM_DATA_HOME: join(home, "data"),
        KUBECONFIG: kubeconfig ?? join(home, "none"),
      },
    });
}

/** The arguments that name a value file of the chart. */
export function valuesOf(file: string): readonly string[] {
  return ["--values", join(CHART, "ci", file)];
}

/** What the chart renders, without the definitions in its folder `crds`. Throws what helm says when it refuses. */
export async function renderChart(helm: Helm, more: readonly string[]): Promise<readonly RenderedObject[]> {
  const { code, stdout, stderr } = await helm(["template", RELEASE, CHART, "--namespace", RELEASE_NAMESPACE, ...more]);
  if (code !== 0) {
    throw new Error(stderr);
  }
  return parseAllDocuments(stdout).flatMap((document) => {
    const value = document.toJS() as RenderedObject | null;
    return value === null ? [] : [value];
  });
}
