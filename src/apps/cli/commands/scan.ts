// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { ensureBundledDatabase, openAdvisoryDatabase } from "#advisory-db";
import { CodedError, messageOf } from "#base";
import { chooseAdvisoryFile, registryNamesOf } from "#configuration";
import { createScanReport, type ScanReport } from "#findings";
import { openImageSource } from "#image-source";
import {
  DOCKER_MANIFEST_LIST,
  isSamePlatform,
  OCI_INDEX,
  type Platform,
  parseImageReference,
  renderPlatform,
} from "#oci";
import { evaluate, type PolicyDocument, type Verdict } from "#policy";
import { readPolicyFiles } from "#policy-files";
import { renderScanJson, renderScanTable, type ScanOutcome } from "#report";
import { type ScannedImage, scanImage } from "#scanner";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { imageFactsOf } from "../image-facts.ts";
import { readLocalInspectToken } from "../local-inspect-token.ts";
import { parsePlatform } from "../parse-platform.ts";
import { createProgressBar } from "../progress-bar.ts";
import { FAIL_ON_SEVERITIES, failOnPolicy, isFailOnSeverity } from "../scan-policies.ts";

export const scanCommand: Command = {
  name: "scan",
  summary: "cli.scan.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: false, description: "cli.scan.image" }],
  options: [
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
    { name: "policy", kind: "list", value: "FILE", description: "cli.scan.policy" },
    { name: "fail-on", kind: "text", value: "SEVERITY", choices: FAIL_ON_SEVERITIES, description: "cli.scan.failOn" },
    { name: "as", kind: "text", value: "REFERENCE", description: "cli.scan.as" },
    { name: "namespace", short: "n", kind: "text", value: "NAME", description: "cli.scan.namespace" },
    { name: "platform", kind: "text", value: "OS/ARCH", description: "cli.scan.platform" },
    { name: "db", kind: "text", value: "FILE", description: "cli.scan.db" },
    { name: "plain-http", kind: "flag", description: "cli.scan.plainHttp" },
    { name: "ca-file", kind: "text", value: "FILE", description: "cli.scan.caFile" },
    { name: "username", short: "u", kind: "text", value: "NAME", description: "cli.scan.username" },
    { name: "password-stdin", kind: "flag", description: "cli.scan.passwordStdin" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
  ],
  examples: [
    "haechi scan docker://127.0.0.1:5000/team/app:1.0",
    "haechi scan oci:./layout --format json --output scan.json",
    "docker save app:1.0 -o app.tar && haechi scan docker-archive:app.tar --fail-on high",
  ],
  run: runScan,
};

async function runScan(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [location = ""] = invocation.arguments;
  // everything that can be wrong about the command is found before the first byte of the image is read
  const policies = await chosenPolicies(invocation, context);
  const platforms = parsePlatform(invocation.text("platform"));
  const judgedAs = invocation.text("as");
  if (judgedAs !== undefined) {
    // a name that admission would refuse must not be allowed here
    parseImageReference(judgedAs);
  }
  using advisories = openAdvisoryDatabase(
    invocation.text("db") ??
      (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir))),
  );
  await using source = await openImageSource(location, {
    ...(await registryAccess(location, invocation, context)),
    signal: context.signal,
  });
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  const scanned = await scanImage(source, {
    platforms,
    signal: context.signal,
    onProgress: ({ doneBytes, totalBytes }) => bar.update(mebibytes(doneBytes, totalBytes), doneBytes, totalBytes),
  }).finally(() => bar.clear());
  assertPlatform(platforms, scanned);
  const reports = scanned.map((each) => createScanReport({ ...each, source: advisories }));
  const namespace = invocation.text("namespace");
  const verdict = evaluate({
    reference: judgedAs ?? location.replace(/^docker:\/\//, ""),
    ...(namespace === undefined ? {} : { namespace }),
    facts: imageFactsOf(source.root.digest, reports, context.now()),
    policies,
    hostAliases: registryNamesOf(context.configuration()),
    now: context.now(),
  });
  if (platforms !== "all" && isIndex(source.root.mediaType)) {
    // the registry's and the cluster's gate judge every child that can run; say that this was only one of them
    context.stderr(`${context.translate("cli.scan.onePlatform")}\n`);
  }
  writeResult({ reference: source.location, reports, verdict }, invocation, context);
  return exitCodeOf(verdict, reports);
}

async function chosenPolicies(invocation: Invocation, context: CommandContext): Promise<readonly PolicyDocument[]> {
  const files = invocation.list("policy");
  const failOn = invocation.text("fail-on");
  if (failOn !== undefined && isFailOnSeverity(failOn)) {
    if (files.length > 0) {
      throw new UsageError("OPTION_INVALID", "--fail-on and --policy exclude each other");
    }
    return [failOnPolicy(failOn)];
  }
  return await readPolicyFiles(files.length > 0 ? files : context.configuration().policyFiles);
}

async function registryAccess(location: string, invocation: Invocation, context: CommandContext) {
  const { environment } = context;
  const caFile = invocation.text("ca-file");
  const credentials = await explicitCredentials(invocation, context);
  const bearerToken =
    credentials === undefined ? localBearerToken(location, context.configuration().dataDir) : undefined;
  return {
    ...(invocation.flag("plain-http") ? { plainHttp: true } : {}),
    proxy: environment.proxy,
    credentialFiles: environment.credentialFiles,
    ...(caFile === undefined ? {} : { caFile }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
  };
}

/** The token of a server on this machine, if the image is in its registry. */
function localBearerToken(
  location: string,
  dataDir: string,
): { readonly host: string; readonly token: string } | undefined {
  const local = readLocalInspectToken(dataDir);
  const host = /^docker:\/\/([^/]+)\//.exec(location)?.[1];
  return local !== undefined && host !== undefined && local.registries.includes(host)
    ? { host, token: local.token }
    : undefined;
}

async function explicitCredentials(
  invocation: Invocation,
  context: CommandContext,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const username = invocation.text("username") ?? context.environment.registryUsername;
  if (invocation.flag("password-stdin")) {
    if (username === undefined) {
      throw new UsageError("OPTION_INVALID", "--password-stdin needs --username");
    }
    return { username, password: (await context.readStdin()).replace(/\r?\n$/, "") };
  }
  const password = context.environment.registryPassword;
  if (invocation.text("username") !== undefined && password === undefined) {
    throw new UsageError("OPTION_INVALID", "--username needs --password-stdin or HAECHI_REGISTRY_PASSWORD");
  }
  return username === undefined || password === undefined ? undefined : { username, password };
}

function writeResult(outcome: ScanOutcome, invocation: Invocation, context: CommandContext): void {
  const file = invocation.text("output");
  const text =
    invocation.text("format") === "json"
      ? renderScanJson(outcome)
      : renderScanTable(outcome, context.translate, {
          color: context.hasColor && file === undefined,
          width: context.columns,
        });
  if (file === undefined) {
    context.stdout(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CodedError("OUTPUT_UNWRITABLE", `cannot write the result: ${messageOf(error)}`, { cause: error });
  }
  context.stderr(`${context.translate("cli.scan.written", { file })}\n`);
}

/** Modes `warn` and `audit` judge all the same but do not fail a build; a scan that missed something is never a plain 0. */
function exitCodeOf(verdict: Verdict, reports: readonly ScanReport[]): ExitCode {
  if (verdict.outcome === "deny" && verdict.mode === "enforce") {
    return 1;
  }
  const isComplete = reports.every((report) => report.inventory.status === "complete");
  return isComplete && verdict.outcome !== "undecided" ? 0 : 3;
}

/** An image that is no index has one platform; asking for another must not silently judge this one. */
function assertPlatform(platforms: "host" | "all" | Platform, scanned: readonly ScannedImage[]): void {
  const [first] = scanned;
  if (typeof platforms === "object" && first !== undefined && !isSamePlatform(first.image.platform, platforms)) {
    const found = renderPlatform(first.image.platform);
    throw new UsageError("OPTION_INVALID", `the image is for ${found}, not for ${renderPlatform(platforms)}`);
  }
}

function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

function mebibytes(done: number, total: number): string {
  return `${(done / 2 ** 20).toFixed(0)} / ${(total / 2 ** 20).toFixed(0)} MiB`;
}
