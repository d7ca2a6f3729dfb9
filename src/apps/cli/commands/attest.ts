// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { SCAN_OPTIONS } from "../scan-option-table.ts";
import { SIGNER_OPTIONS } from "../signer-option-table.ts";

export const attestCommand: Command = {
  name: "attest",
  summary: "cli.attest.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: false, description: "cli.sign.image" }],
  options: [
    { name: "type", kind: "text", value: "TYPE", default: "verdict", description: "cli.attest.type" },
    { name: "predicate", kind: "text", value: "FILE", description: "cli.attest.predicate" },
    ...SIGNER_OPTIONS,
    { name: "recursive", short: "r", kind: "flag", description: "cli.attest.recursive" },
    ...SCAN_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi attest --type sbom --key cosign.key 127.0.0.1:5000/team/app:1.0",
    "haechi attest --type verdict --policy policy.yaml --key cosign.key 127.0.0.1:5000/team/app:1.0",
    "haechi attest --type slsaprovenance1 --predicate provenance.json --key cosign.key 127.0.0.1:5000/team/app:1.0",
  ],
  run: runAttest,
};

async function runAttest(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [location = ""] = invocation.arguments;
  const [
    { createSigner },
    { openImageToSign },
    { createPredicates, readPredicateChoice },
    { renderStatement },
    { createTrustHttp },
  ] = await Promise.all([
    import("../create-signer.ts"),
    import("../image-to-sign.ts"),
    import("../create-predicates.ts"),
    import("#attestations"),
    import("#http"),
  ]);
  const choice = readPredicateChoice(invocation);
  const { allowPrivateAddresses } = context.configuration().signatures;
  await using http = await createTrustHttp({ proxy: context.environment.proxy, allowPrivateAddresses });
  const signer = await createSigner(invocation, context, http);
  if (choice.kind === "verdict" && !hasTrustedTime(invocation)) {
    context.stderr(`${context.translate("cli.attest.noTime")}\n`);
  }
  await using image = await openImageToSign(location, invocation, context);
  const predicates = await createPredicates(choice, image, { invocation, context });
  // a scan takes its time, and an attestation of what the tag no longer names would surprise
  await image.assertNotMoved();
  for (const { subject, predicate, outcome } of predicates) {
    const statement = renderStatement({
      name: image.name,
      digest: subject.digest,
      predicateType: choice.predicateType,
      predicate,
    });
    await image.attach(subject, await signer.sign(statement), choice.predicateType);
    const named = `${image.name}@${subject.digest}`;
    context.stdout(`${context.translate("cli.attest.done", { type: choice.predicateType, image: named })}\n`);
    if (outcome !== undefined) {
      context.stdout(`${context.translate(`cli.attest.outcome.${outcome}`)}\n`);
    }
  }
  return 0;
}

/** A certificate comes with an entry in the log; a key by itself says nothing about when. */
function hasTrustedTime(invocation: Invocation): boolean {
  return (
    ["rekor-url", "timestamp-server-url"].some((name) => invocation.text(name) !== undefined) ||
    invocation.flag("keyless")
  );
}
