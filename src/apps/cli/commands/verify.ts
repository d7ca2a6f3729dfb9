// SPDX-License-Identifier: Apache-2.0
import { renderVerificationJson, renderVerificationTable } from "#report";
import type { SignatureState } from "#signatures";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { REQUIREMENT_OPTIONS } from "../verify/verify-option-table.ts";
import { writeOutput } from "../write-output.ts";

export const verifyCommand: Command = {
  name: "verify",
  summary: "cli.verify.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: false, description: "cli.verify.image" }],
  options: [
    ...REQUIREMENT_OPTIONS,
    { name: "policy", kind: "list", value: "FILE", description: "cli.verify.policy" },
    { name: "as", kind: "text", value: "REFERENCE", description: "cli.scan.as" },
    { name: "namespace", short: "n", kind: "text", value: "NAME", description: "cli.scan.namespace" },
    {
      name: "children",
      kind: "text",
      value: "RULE",
      choices: ["required", "covered"],
      default: "required",
      description: "cli.verify.children",
    },
    {
      name: "format",
      short: "f",
      kind: "text",
      value: "FORMAT",
      choices: ["table", "json"],
      default: "table",
      description: "cli.scan.format",
    },
    { name: "output", short: "o", kind: "text", value: "FILE", description: "cli.option.output" },
    { name: "allow-private", kind: "list", value: "HOST", description: "cli.verify.allowPrivate" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi verify docker://127.0.0.1:5000/team/app:1.0 --key cosign.pub",
    "haechi verify docker://ghcr.io/team/app:1.0 --certificate-identity ci@example.com --certificate-oidc-issuer https://accounts.google.com",
    "haechi verify docker://127.0.0.1:5000/team/app:1.0 --policy policy.yaml --namespace shop",
  ],
  run: runVerify,
};

const EXIT_CODES: Readonly<Record<SignatureState, ExitCode>> = { verified: 0, bad: 1, none: 1, unknown: 3 };

async function runVerify(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [location = ""] = invocation.arguments;
  const { verifyImage } = await import("../verify/verify-image.ts");
  const { outcome, reasonLines } = await verifyImage(location, invocation, context);
  const file = invocation.text("output");
  const text =
    invocation.text("format") === "json"
      ? renderVerificationJson(outcome)
      : renderVerificationTable(outcome, context.translate, {
          color: context.hasColor && file === undefined,
          width: context.columns,
          reasonLines,
        });
  writeOutput(text, file, context);
  return EXIT_CODES[outcome.state];
}
