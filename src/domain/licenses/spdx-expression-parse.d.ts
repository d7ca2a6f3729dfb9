// SPDX-License-Identifier: Apache-2.0

/** The package brings no types of its own. */
declare module "spdx-expression-parse" {
  interface LicenseNode {
    readonly license: string;
    readonly plus?: true;
    readonly exception?: string;
  }

  interface ConjunctionNode {
    readonly left: ExpressionNode;
    readonly conjunction: "and" | "or";
    readonly right: ExpressionNode;
  }

  type ExpressionNode = LicenseNode | ConjunctionNode;

  /** Throws `Error` for what is no expression. */
  export default function parse(text: string): ExpressionNode;
}
