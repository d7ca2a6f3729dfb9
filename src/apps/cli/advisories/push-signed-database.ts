// SPDX-License-Identifier: Apache-2.0
import { ensureBundledDatabase, pushDatabase } from "#advisory-db";
import { chooseAdvisoryFile } from "#configuration";
import type { Descriptor } from "#oci";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { createProgressBar } from "../progress-bar.ts";
import { type DatabaseDestination, openDestination, pinnedName } from "./database-destination.ts";
import { parseDatabaseLocation } from "./database-locations.ts";

/** Packs the database of a folder, puts it in its place, and signs it there when the flags say with what. */
export async function pushSignedDatabase(
  destinationText: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  const isSigned = invocation.text("key") !== undefined || invocation.flag("keyless");
  const folder =
    invocation.text("db") ??
    (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir)));
  await using destination = await openDestination(parseDatabaseLocation(destinationText), invocation, context);
  await using signing = isSigned ? await openSigning(invocation, context) : undefined;
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  const previous = await destination.openPrevious();
  try {
    const pushed = await pushDatabase({
      folder,
      target: destination.target,
      tag: destination.tag,
      ...(previous === undefined ? {} : { previous }),
      signal: context.signal,
      onProgress: ({ step, done, total }) => bar.update(step, done, total),
    }).finally(() => bar.clear());
    await signing?.sign(destination, pushed.descriptor);
    await destination.complete();
    context.stdout(
      `${context.translate("cli.db.push.done", {
        name: pinnedName(destination, pushed.descriptor.digest),
        tag: destination.tag,
        kib: Math.ceil(pushed.uploadedBytes / 1_024),
        deltas: pushed.deltas,
      })}\n${context.translate(isSigned ? "cli.db.push.signed" : "cli.db.push.unsigned")}\n`,
    );
    return 0;
  } finally {
    await previous?.[Symbol.asyncDispose]();
  }
}

interface Signing extends AsyncDisposable {
  sign(destination: DatabaseDestination, subject: Descriptor): Promise<void>;
}

/** Keys are read before anything is packed, so that a mistake shows at once. */
async function openSigning(invocation: Invocation, context: CommandContext): Promise<Signing> {
  if (invocation.text("key") !== undefined && invocation.flag("keyless")) {
    throw new UsageError("OPTION_INVALID", "expected either --key FILE or --keyless");
  }
  const [{ createSigner }, { COSIGN_SIGN_PREDICATE_TYPE }, { renderStatement }, { createTrustHttp }, { attachBundle }] =
    await Promise.all([
      import("../create-signer.ts"),
      import("#cosign"),
      import("#attestations"),
      import("#http"),
      import("#signing"),
    ]);
  const { allowPrivateAddresses } = context.configuration().signatures;
  const http = await createTrustHttp({ proxy: context.environment.proxy, allowPrivateAddresses });
  const signer = await createSigner(invocation, context, http);
  return {
    async sign({ target }, subject) {
      const statement = renderStatement({
        digest: subject.digest,
        predicateType: COSIGN_SIGN_PREDICATE_TYPE,
        predicate: {},
      });
      const bundle = await signer.sign(statement);
      await attachBundle(
        target,
        { subject, bundle, predicateType: COSIGN_SIGN_PREDICATE_TYPE, now: context.now() },
        context.signal,
      );
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}
