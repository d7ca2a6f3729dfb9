// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

const run = promisify(execFile);
const LIMIT_MS = 120_000;

/** Where the real definitions come from: Go modules, which Go's checksum database vouches for. */
const SOURCES = [
  { module: "github.com/openreports/reports-api@v0.2.1", file: "config/crd/openreports.io_reports.yaml" },
  // The module sigs.k8s.io/wg-policy-prototypes is not to be had everywhere; Kyverno carries its definition.
  { module: "github.com/kyverno/kyverno@v1.19.1", file: "config/crds/policyreport/wgpolicyk8s.io_policyreports.yaml" },
] as const;

const FALLBACKS = [
  definition("openreports.io", "v1alpha1", "Report", "reports"),
  definition("wgpolicyk8s.io", "v1alpha2", "PolicyReport", "policyreports"),
] as const;

/**
 * The CustomResourceDefinitions of OpenReports and PolicyReport, from the Go modules of their projects; where those cannot
 * be had, ones that take any content (one line says so; an error in CI).
 */
export async function readReportDefinitions(): Promise<readonly object[]> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-go-"));
  try {
    await writeFile(join(folder, "go.mod"), "module example.invalid/definitions\n\ngo 1.24\n");
    return await Promise.all(
      SOURCES.map(async ({ module, file }, index) => {
        try {
          const options = { cwd: folder, timeout: LIMIT_MS, env: { ...process.env, GOFLAGS: "-mod=mod" } };
          const { stdout } = await run("go", ["mod", "download", "-json", module], options);
          const { Dir: dir } = JSON.parse(stdout) as { readonly Dir: string };
          return parse(await readFile(join(dir, file), "utf8")) as object;
        } catch (error) {
          if (process.env["CI"] === "true") {
            throw error;
          }
          process.stderr.write(`${module} cannot be had: its definition is replaced by one that takes any content\n`);
          return FALLBACKS[index] ?? {};
        }
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function definition(group: string, version: string, kind: string, plural: string): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  };
}
