// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { VERSION } from "#configuration";
import { findTool } from "../../test/support/tools.ts";
import { runProgram } from "../fixtures/run-program.ts";
import { REPOSITORY } from "../repository.ts";

/** What a packaged chart is to start, and where the archive goes. */
export interface ChartOptions {
  readonly output: string;
  /** Where people pull the image from, without tag and digest. */
  readonly repository: string;
  /** Of the index, as `npm run image` prints it. */
  readonly digest: string;
}

/**
 * Packages the chart with the version of the program and the digest of its image, and returns the archive's path. Throws
 * without a digest: a tag may mean another image tomorrow.
 */
export async function packageChart({ output, repository, digest }: ChartOptions): Promise<string> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`expected a digest (sha256:…), found "${digest.slice(0, 100)}"`);
  }
  const helm = findTool("helm");
  if (helm === undefined) {
    throw new Error("helm is missing: run npm run prepare:helm");
  }
  const work = mkdtempSync(join(tmpdir(), "haechi-chart-"));
  try {
    const chart = join(work, "haechi");
    cpSync(join(REPOSITORY, "deploy/helm/haechi"), chart, { recursive: true });
    const values = parseDocument(readFileSync(join(chart, "values.yaml"), "utf8"));
    values.setIn(["image", "repository"], repository);
    values.setIn(["image", "digest"], digest);
    writeFileSync(join(chart, "values.yaml"), values.toString({ lineWidth: 0 }));
    mkdirSync(output, { recursive: true });
    const versions = ["--version", VERSION, "--app-version", VERSION];
    await runProgram(helm, ["package", chart, "--destination", output, ...versions]);
    return join(output, `haechi-${VERSION}.tgz`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
