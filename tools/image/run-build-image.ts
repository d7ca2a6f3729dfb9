// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../repository.ts";
import { ARCHITECTURES } from "./architecture.ts";
import { buildImage } from "./build-image.ts";
import { readCommit } from "./read-commit.ts";

// `npm run image -- [--output DIR] [--architecture amd64]…`: builds our image as an OCI layout and prints its digest.

const { values } = parseArgs({
  options: {
    output: { type: "string", default: "dist/image" },
    architecture: { type: "string", multiple: true },
  },
});
const output = resolve(values.output);
if (existsSync(join(output, "oci-layout"))) {
  rmSync(output, { recursive: true });
}
const wanted = values.architecture;
const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { readonly version: string };
const digest = await buildImage({
  output,
  ...(wanted === undefined
    ? {}
    : { architectures: ARCHITECTURES.map(({ oci }) => oci).filter((each) => wanted.includes(each)) }),
  commit: await readCommit(),
  version,
  log: (line) => console.error(line),
});
console.log(digest);
