// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { packageChart } from "./package-chart.ts";

// `npm run package:chart -- --repository REPOSITORY --digest sha256:…`: packages the chart for an image that was pushed.

const { values } = parseArgs({
  options: {
    output: { type: "string", default: "dist" },
    repository: { type: "string", default: "" },
    digest: { type: "string", default: "" },
  },
});
if (values.repository === "" || values.digest === "") {
  console.error("usage: npm run package:chart -- --repository REPOSITORY --digest sha256:… [--output DIR]");
  process.exitCode = 2;
} else {
  console.log(await packageChart({ ...values, output: resolve(values.output) }));
}
