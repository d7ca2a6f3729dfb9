// SPDX-License-Identifier: Apache-2.0
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import type { Severity } from "#advisories";
import { API_GROUP, LIMITS, messageOf, parseDurationMs } from "#base";
import type { SignatureState, TrustRequirement } from "#signatures";
import { PolicyToolsError } from "./errors.ts";

const MAX_TESTS = 10_000;
const MAX_LIST = 1_000;

/** What a test says about the scan of its image. */
export interface WrittenScan {
  /** How long ago; default 0. */
  readonly age?: string;
  /** Default complete. */
  readonly status?: "complete" | "partial" | "failed";
  readonly vulnerabilities?: readonly {
    readonly id: string;
    readonly severity: Severity;
    readonly package: string;
    readonly version?: string;
    /** The version that fixes it; absent: none does. */
    readonly fixed?: string;
  }[];
  /** Names of packages that are installed beside those. */
  readonly packages?: readonly string[];
}

/** What a test says about its image. */
export interface WrittenFacts {
  readonly digest?: string;
  /** Default linux/amd64. */
  readonly platform?: string;
  /** Default missing. */
  readonly scan?: "missing" | "pending" | WrittenScan;
  /** Of everything that is asked for, or by kind of requirement; default unknown. */
  readonly signatures?: SignatureState | { readonly [kind in TrustRequirement["kind"]]?: SignatureState };
  /** The user of the image's configuration. */
  readonly user?: string;
  /** How long ago the image was made. */
  readonly age?: string;
}

/** A Pod, or the template of one, as a test writes it. */
export interface WrittenPod {
  readonly metadata?: unknown;
  readonly spec: unknown;
}

/** One test: an image with what is known about it, or a Pod, and what should come of it. */
export interface PolicyTest {
  readonly name?: string;
  /** Either this or `pod`. */
  readonly image?: string;
  /** Judged by `spec.workload` of the policies; its images are not. */
  readonly pod?: WrittenPod;
  readonly namespace?: string;
  readonly workload?: { readonly kind: string; readonly name: string };
  readonly facts?: WrittenFacts;
  /** Reads the image itself instead: scan and signatures, as `haechi scan`; a text says where it is. */
  readonly check?: boolean | string;
  readonly expect: {
    readonly outcome: "allow" | "deny" | "undecided";
    /** Codes that must all be among the reasons. */
    readonly reasons?: readonly string[];
    /** Codes of reasons that must be all there are. */
    readonly onlyReasons?: readonly string[];
    /** The `repositories[].name` that judges. */
    readonly entry?: string;
    /** The object that judges: its name, or NAMESPACE/NAME. */
    readonly policy?: string;
    readonly mode?: "enforce" | "warn" | "audit";
  };
}

/** A file of tests. */
export interface PolicyTestFile {
  readonly apiVersion?: string;
  readonly kind?: string;
  /** Files with policies, relative to the test file. */
  readonly policies?: readonly string[];
  /** The time at which all tests are judged; default: when they run. */
  readonly now?: string;
  readonly tests: readonly PolicyTest[];
}

const duration = z.string().refine((text) => parseDurationMs(text) !== undefined, "expected a duration such as 30d");
const text = z.string().min(1).max(2_048);
const state = z.enum(["verified", "none", "bad", "unknown"]);
const severity = z.enum(["unknown", "negligible", "low", "medium", "high", "critical"]);
const methodStates = z.strictObject({
  "cosign-key": state.exactOptional(),
  "cosign-keyless": state.exactOptional(),
  notation: state.exactOptional(),
  notary: state.exactOptional(),
  gpg: state.exactOptional(),
  "any-of": state.exactOptional(),
  attestation: state.exactOptional(),
});

const scan = z.union([
  z.enum(["missing", "pending"]),
  z.strictObject({
    age: duration.exactOptional(),
    status: z.enum(["complete", "partial", "failed"]).exactOptional(),
    vulnerabilities: z
      .array(
        z.strictObject({
          id: text,
          severity,
          package: text,
          version: text.exactOptional(),
          fixed: text.exactOptional(),
        }),
      )
      .max(MAX_LIST)
      .exactOptional(),
    packages: z.array(text).max(MAX_LIST).exactOptional(),
  }),
]);

const facts = z.strictObject({
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hexadecimal digits")
    .exactOptional(),
  platform: text.exactOptional(),
  scan: scan.exactOptional(),
  signatures: z.union([state, methodStates]).exactOptional(),
  user: z.string().max(256).exactOptional(),
  age: duration.exactOptional(),
});

const expected = z.strictObject({
  outcome: z.enum(["allow", "deny", "undecided"]),
  reasons: z.array(text).max(MAX_LIST).exactOptional(),
  onlyReasons: z.array(text).max(MAX_LIST).exactOptional(),
  entry: text.exactOptional(),
  policy: text.exactOptional(),
  mode: z.enum(["enforce", "warn", "audit"]).exactOptional(),
});

const policyTest: z.ZodType<PolicyTest> = z
  .strictObject({
    name: text.exactOptional(),
    image: text.exactOptional(),
    pod: z.looseObject({ metadata: z.unknown().optional(), spec: z.unknown() }).exactOptional(),
    namespace: text.exactOptional(),
    workload: z.strictObject({ kind: text, name: text }).exactOptional(),
    facts: facts.exactOptional(),
    check: z.union([z.boolean(), text]).exactOptional(),
    expect: expected,
  })
  .refine((test) => (test.image === undefined) !== (test.pod === undefined), "expected either image or pod")
  .refine(
    (test) => test.pod === undefined || (test.facts === undefined && test.check === undefined),
    "facts and check are of images",
  )
  .refine(
    (test) => test.facts === undefined || test.check === undefined || test.check === false,
    "facts and check exclude each other",
  );

const testFile: z.ZodType<PolicyTestFile> = z.strictObject({
  apiVersion: z.literal(`${API_GROUP}/v1`).exactOptional(),
  kind: z.literal("PolicyTest").exactOptional(),
  policies: z.array(text).min(1).max(MAX_LIST).exactOptional(),
  now: z.iso.datetime({ offset: true }).exactOptional(),
  tests: z.array(policyTest).min(1).max(MAX_TESTS),
});

/** Reads a file of tests (YAML). Throws {@link PolicyToolsError} `POLICY_TEST_INVALID` with everything that is wrong. */
export function parsePolicyTests(source: string, origin: string): PolicyTestFile {
  if (Buffer.byteLength(source) > LIMITS.maxPolicyBytes) {
    throw new PolicyToolsError("POLICY_TEST_INVALID", `${origin}: larger than ${LIMITS.maxPolicyBytes} bytes`);
  }
  let value: unknown;
  try {
    value = parseYaml(source, { uniqueKeys: true, strict: true, maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    throw new PolicyToolsError("POLICY_TEST_INVALID", `${origin}: not valid YAML: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const result = testFile.safeParse(value);
  if (!result.success) {
    const lines = result.error.issues.slice(0, LIMITS.maxProblems).map(({ path, message }) => {
      const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
      return `  ${place.replace(/^\./, "") || "(file)"}: ${message}`;
    });
    throw new PolicyToolsError("POLICY_TEST_INVALID", `${origin} is not a file of policy tests:\n${lines.join("\n")}`);
  }
  return result.data;
}
