// SPDX-License-Identifier: Apache-2.0
import { describe } from "vitest";
import { type ControlPlaneBinaries, findControlPlane } from "./control-plane-binaries.ts";

/** A `describe` that needs a control plane: skipped with one line where its programs were not prepared, an error in CI. */
export function describeWithControlPlane(name: string, body: (binaries: ControlPlaneBinaries) => void): void {
  const binaries = findControlPlane();
  if (binaries !== undefined) {
    describe(name, () => body(binaries));
    return;
  }
  if (process.env["CI"] === "true") {
    throw new Error(`${name}: CI must not skip; run npm run prepare:control-plane first`);
  }
  process.stderr.write(`skipped: ${name}: npm run test:cluster builds a Kubernetes control plane (needs Go)\n`);
  describe.skip(name, () => {});
}
