// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { EXEMPTIBLE_CODES } from "./exemptible-codes.ts";
import { POLICY_API_VERSION } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import { objectName, repositoryName } from "./policy-schema.ts";

const MAX_LIST = 256;
const MAX_TEXT = 1_024;

const text = z
  .string()
  .max(MAX_TEXT)
  .regex(/^[^\p{Cc}]+$/u, "expected text without control characters")
  .refine((each) => each.trim() !== "", "expected a text");
const findingName = z
  .string()
  .max(MAX_TEXT)
  .regex(/^[\x21-\x7e]+$/, "expected printable characters without spaces");
const rule = z
  .string()
  .max(64)
  .refine((code) => EXEMPTIBLE_CODES.has(code), {
    message: "expected a reason code that can be exempted, e.g. SCAN_TOO_OLD",
  });
const instant = z.iso
  .datetime({ offset: true, error: "expected a time such as 2027-03-31T00:00:00Z" })
  .refine((time) => !Number.isNaN(Date.parse(time)), "expected a time such as 2027-03-31T00:00:00Z");

function list<T>(element: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(element).min(1).max(MAX_LIST);
}

const workload = z.strictObject({
  kind: z
    .string()
    .regex(/^[A-Za-z]{1,63}$/, "expected a kind, e.g. Deployment")
    .describe("Kind of what is admitted, or of what owns the Pod.")
    .meta({ examples: ["Deployment"] }),
  name: z
    .string()
    .max(253)
    .regex(/^[a-z0-9.*-]+$/, "expected the name of an object, with * for any text")
    .describe("Its name; `*` stands for any text.")
    .meta({ examples: ["shop"] }),
});

/** `spec` of a PolicyException. */
const exceptionSpec = z
  .strictObject({
    subject: z
      .strictObject({
        namespaces: list(objectName)
          .exactOptional()
          .describe("Namespaces of the workload.")
          .meta({ examples: [["shop"]] }),
        repositories: list(repositoryName)
          .exactOptional()
          .describe("Images, by the same names as in policies.")
          .meta({ examples: [["registry.example.com/shop/*"]] }),
        digests: list(z.string().regex(/^sha256:[0-9a-f]{64}$/, "expected a digest: sha256: and 64 hexadecimal digits"))
          .exactOptional()
          .describe("Images, by digest; that of an index stands for its images, too."),
        workloads: list(workload).exactOptional().describe("What the image runs in."),
      })
      .refine((subject) => Object.keys(subject).length > 0, {
        message: "expected at least one of namespaces, repositories, digests, workloads",
      })
      .describe("What the exception is for. All lists that are given must fit; at least one is needed."),
    findings: z
      .strictObject({
        vulnerabilities: list(findingName)
          .exactOptional()
          .describe("Ids of vulnerabilities, or aliases of them.")
          .meta({ examples: [["CVE-2026-1234"]] }),
        packages: list(findingName)
          .exactOptional()
          .describe("Names of packages, whatever is wrong with them.")
          .meta({ examples: [["openssl"]] }),
        rules: list(rule)
          .exactOptional()
          .describe("Reason codes, e.g. SCAN_TOO_OLD. What says that the gate itself cannot judge is not exempted.")
          .meta({ examples: [["SCAN_TOO_OLD"]] }),
      })
      .refine((findings) => Object.keys(findings).length > 0, {
        message: "expected at least one of vulnerabilities, packages, rules",
      })
      .describe("What is exempted: everything that one of the lists names, and nothing else."),
    reason: text.describe("Why.").meta({ examples: ["the vulnerable function is not called; ticket 4711"] }),
    requester: text.describe("Who asked for it.").meta({ examples: ["kim@example.com"] }),
    approver: text
      .exactOptional()
      .describe("Who granted it, somebody else. Without it the exception has no effect.")
      .meta({ examples: ["lee@example.com"] }),
    until: instant
      .describe("The end (RFC 3339); from then on it has no effect.")
      .meta({ examples: ["2027-03-31T00:00:00Z"] }),
  })
  .superRefine((spec, context) => {
    if (spec.approver !== undefined && spec.approver.trim() === spec.requester.trim()) {
      context.addIssue({
        code: "custom",
        path: ["approver"],
        message: "the approver must be somebody else than the requester",
      });
    }
  });

/** One PolicyException document. */
export const exceptionSchema: z.ZodType<PolicyException> = z
  .strictObject({
    apiVersion: z.literal(POLICY_API_VERSION),
    kind: z.literal("PolicyException"),
    metadata: z.looseObject({ name: objectName, namespace: objectName.optional() }),
    spec: exceptionSpec,
    status: z.unknown().optional(),
  })
  .transform(
    ({ metadata, spec }): PolicyException => ({
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...spec,
    }),
  );
