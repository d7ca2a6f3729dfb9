// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { SIGNER_OPTIONS } from "../signer-option-table.ts";

export const signCommand: Command = {
  name: "sign",
  summary: "cli.sign.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: false, description: "cli.sign.image" }],
  options: [
    ...SIGNER_OPTIONS,
    { name: "recursive", short: "r", kind: "flag", description: "cli.sign.recursive" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi sign --key cosign.key 127.0.0.1:5000/team/app:1.0",
    "haechi sign --key cosign.key --recursive registry.example.com/team/app:1.0",
    "haechi sign --keyless --identity-token token.jwt --fulcio-url https://fulcio.example.com --rekor-url https://rekor.example.com registry.example.com/team/app:1.0",
  ],
  run: runSign,
};

async function runSign(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [location = ""] = invocation.arguments;
  const [
    { createSigner },
    { openImageToSign },
    { COSIGN_SIGN_PREDICATE_TYPE },
    { renderStatement },
    { createTrustHttp },
  ] = await Promise.all([
    import("../create-signer.ts"),
    import("../image-to-sign.ts"),
    import("#cosign"),
    import("#attestations"),
    import("#http"),
  ]);
  const { allowPrivateAddresses } = context.configuration().signatures;
  await using http = await createTrustHttp({ proxy: context.environment.proxy, allowPrivateAddresses });
  const signer = await createSigner(invocation, context, http);
  await using image = await openImageToSign(location, invocation, context);
  const children = invocation.flag("recursive") ? await image.listChildren() : [];
  await image.assertNotMoved();
  // children first: whoever finds the index signed finds its images signed
  for (const subject of [...children, image.root]) {
    const statement = renderStatement({
      digest: subject.digest,
      predicateType: COSIGN_SIGN_PREDICATE_TYPE,
      predicate: {},
    });
    await image.attach(subject, await signer.sign(statement), COSIGN_SIGN_PREDICATE_TYPE);
    context.stdout(`${context.translate("cli.sign.done", { image: `${image.name}@${subject.digest}` })}\n`);
  }
  return 0;
}
