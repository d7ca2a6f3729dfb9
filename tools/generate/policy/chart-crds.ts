// SPDX-License-Identifier: Apache-2.0
/** The chart's folder for the definitions of a group: those of the older spellings lie in charts of their own, which values switch on. */
const CHARTS: Readonly<Record<string, string>> = {
  "haechi.dev": "deploy/helm/haechi/crds",
  "portieris.cloud.ibm.com": "deploy/helm/haechi/charts/portieris/crds",
  "securityenforcement.admission.cloud.ibm.com": "deploy/helm/haechi/charts/cise/crds",
};

/**
 * Helm makes what is in a chart's folder `crds` before it looks at the rest, and never upgrades or removes it. The same
 * definitions are templates of the chart, too; helm takes what is there into a release only when it says that it belongs
 * to it (docs/adr/0019-chart.md).
 */
const OWNER = `    app.kubernetes.io/managed-by: Helm
  annotations:
    meta.helm.sh/release-name: haechi
    meta.helm.sh/release-namespace: haechi-system
`;

/** Where the chart has the CRD with the name. */
export function chartCrdPath(name: string): string {
  return `${CHARTS[name.slice(name.indexOf(".") + 1)] ?? "deploy/helm"}/${name}.yaml`;
}

/** The CRD with the name, as YAML, as a part of the release that the guide installs. */
export async function renderChartCrd(name: string): Promise<string> {
  const { renderPolicyCrd } = await import("./policy-crds.ts");
  const definition = renderPolicyCrd(name);
  const at = definition.indexOf("\nspec:\n") + 1;
  if (at === 0 || !/\n {2}labels:\n(?: {4}\S.*\n)+$/.test(definition.slice(0, at))) {
    throw new Error("expected a definition whose metadata ends with labels");
  }
  return definition.slice(0, at) + OWNER + definition.slice(at);
}
