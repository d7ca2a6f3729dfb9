// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { CodedError, messageOf } from "#base";
import type { TrustHttp } from "#signatures";
import {
  createStatementSigner,
  fetchGithubIdentityToken,
  parseIdentityToken,
  parsePrivateKey,
  type SigningOptions,
  type StatementSigner,
} from "#signing";
import type { CommandContext, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import { PUBLIC_FULCIO, PUBLIC_REKOR } from "./signer-option-table.ts";

/**
 * A signer as the flags ask for it; `http` reaches timestamp authorities as long as it signs. Reads keys and tokens now,
 * so that a mistake shows before an image is read.
 */
export async function createSigner(
  invocation: Invocation,
  context: CommandContext,
  http: TrustHttp,
): Promise<StatementSigner> {
  const keyFile = invocation.text("key");
  const isKeyless = invocation.flag("keyless");
  if ((keyFile !== undefined) === isKeyless) {
    throw new UsageError("OPTION_INVALID", "expected either --key FILE or --keyless");
  }
  assertOneReaderOfStdin(invocation);
  const rekorUrl = invocation.text("rekor-url") ?? (isKeyless ? PUBLIC_REKOR : undefined);
  const timestampUrl = optionalUrl(invocation, "timestamp-server-url");
  const options: SigningOptions = {
    signer:
      keyFile === undefined
        ? await keylessSigner(invocation, context, http)
        : { kind: "key", key: await parsePrivateKey(readText(keyFile), await keyPassword(invocation, context)) },
    rekor:
      rekorUrl === undefined
        ? undefined
        : { url: toUrl("rekor-url", rekorUrl), version: invocation.text("rekor-version") === "2" ? 2 : 1 },
    timestampUrl: timestampUrl === undefined ? undefined : new URL(timestampUrl),
    http,
    signal: context.signal,
  };
  const signer = createStatementSigner(options);
  if (isKeyless && rekorUrl !== undefined) {
    context.stderr(`${context.translate("cli.sign.public", { url: rekorUrl })}\n`);
  }
  return signer;
}

async function keylessSigner(
  invocation: Invocation,
  context: CommandContext,
  http: TrustHttp,
): Promise<SigningOptions["signer"]> {
  const fulcioUrl = toUrl("fulcio-url", invocation.text("fulcio-url") ?? PUBLIC_FULCIO);
  const token = await readIdentityToken(invocation, context, http);
  return { kind: "keyless", identityToken: parseIdentityToken(token, context.now()), fulcioUrl };
}

async function readIdentityToken(invocation: Invocation, context: CommandContext, http: TrustHttp): Promise<string> {
  const file = invocation.text("identity-token");
  const { identityToken, githubIdentity } = context.environment;
  if (file !== undefined) {
    return file === "-" ? await context.readStdin() : readText(file);
  }
  if (identityToken !== undefined) {
    return identityToken;
  }
  if (githubIdentity === undefined) {
    throw new UsageError("OPTION_INVALID", "--keyless needs --identity-token, or SIGSTORE_ID_TOKEN");
  }
  const audience = invocation.text("oidc-audience") ?? "sigstore";
  return await fetchGithubIdentityToken(http, githubIdentity, { audience, signal: context.signal });
}

async function keyPassword(invocation: Invocation, context: CommandContext): Promise<string | undefined> {
  return invocation.flag("key-password-stdin")
    ? (await context.readStdin()).replace(/\r?\n$/, "")
    : context.environment.keyPassword;
}

function assertOneReaderOfStdin(invocation: Invocation): void {
  const readers = [
    invocation.flag("key-password-stdin"),
    invocation.flag("password-stdin"),
    invocation.text("identity-token") === "-",
  ];
  if (readers.filter(Boolean).length > 1) {
    throw new UsageError("OPTION_INVALID", "only one of the options can read standard input");
  }
}

function optionalUrl(invocation: Invocation, name: string): string | undefined {
  const text = invocation.text(name);
  return text === undefined ? undefined : toUrl(name, text);
}

function toUrl(name: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError("OPTION_INVALID", `--${name} expects an http or https URL`);
  }
  return text;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CodedError("SOURCE_UNREADABLE", `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}
