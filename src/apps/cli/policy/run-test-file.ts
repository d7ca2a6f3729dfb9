// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CodedError, LIMITS, messageOf } from "#base";
import { registryNamesOf } from "#configuration";
import { PolicyError } from "#policy";
import {
  checkVerdict,
  failUnchecked,
  type PolicyTest,
  type PolicyTestResult,
  parsePolicyTests,
  runPolicyTest,
} from "#policy-tools";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { judgeImage, type NamedImage } from "./judge-image.ts";
import { loadPolicies } from "./load-policies.ts";
import type { LoadedPolicies } from "./loaded-policies.ts";

/** Runs the tests of one file, in order. Throws when tests or policies cannot be read: a test must not pass by that. */
export async function runTestFile(
  file: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<readonly PolicyTestResult[]> {
  const { tests, policies, now: fixedNow } = parsePolicyTests(readText(file), file);
  const named = invocation.list("policy");
  const files = named.length > 0 ? named : (policies ?? []).map((each) => resolve(dirname(file), each));
  const loaded = await loadPolicies(files, invocation, context);
  assertReadable(loaded);
  const now = fixedNow === undefined ? context.now() : new Date(fixedNow);
  const tested = {
    ...loaded.scope,
    policies: loaded.documents.map(({ document }) => document),
    exceptions: loaded.exceptions.map(({ exception }) => exception),
    secrets: loaded.secrets,
    hostAliases: registryNamesOf(context.configuration()),
  };
  const results: PolicyTestResult[] = [];
  for (const test of tests) {
    results.push(
      test.check !== undefined && test.check !== false
        ? await check(test, () => judgeImage(imageOf(test, dirname(file)), loaded, invocation, context))
        : runPolicyTest(test, tested, now),
    );
  }
  return results;
}

/** An image that cannot be looked at fails its own test, and leaves the others their results. */
async function check(test: PolicyTest, judge: () => ReturnType<typeof judgeImage>): Promise<PolicyTestResult> {
  try {
    return checkVerdict(test, await judge());
  } catch (error) {
    if (error instanceof CodedError && !(error instanceof UsageError)) {
      return failUnchecked(test, error.message);
    }
    throw error;
  }
}

/** `check` may say where the image is; a path counts from the test file. */
function imageOf({ image = "", namespace, workload, check }: PolicyTest, folder: string): NamedImage {
  const location = typeof check === "string" ? check : undefined;
  const [, kind, path] = /^((?:oci|oci-archive|docker-archive):)([^/].*)$/.exec(location ?? "") ?? [];
  const resolved = kind === undefined || path === undefined ? location : `${kind}${resolve(folder, path)}`;
  return {
    image,
    ...(namespace === undefined ? {} : { namespace }),
    ...(workload === undefined ? {} : { workload }),
    ...(resolved === undefined ? {} : { location: resolved }),
  };
}

function assertReadable({ problems }: LoadedPolicies): void {
  if (problems.length > 0) {
    throw new PolicyError(problems);
  }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > LIMITS.maxPolicyBytes) {
      throw new Error(`larger than ${LIMITS.maxPolicyBytes} bytes`);
    }
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CodedError("POLICY_FILE_UNREADABLE", `test file ${file}: ${messageOf(error)}`, { cause: error });
  }
}
