// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { LabelRequirement, WorkloadChecks } from "./workload-checks.ts";

const MAX_LIST = 64;
const MAX_TEXT = 253;

const required = z.literal("required");
const capability = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,62}$/, "expected a capability in capitals without CAP_, e.g. NET_BIND_SERVICE")
  .refine((name) => !name.startsWith("CAP_"), "expected a capability without CAP_, e.g. NET_BIND_SERVICE");
const resource = z
  .string()
  .max(MAX_TEXT)
  .regex(/^[a-z0-9][a-z0-9./-]*$/, "expected the name of a resource, e.g. cpu");
const labelName = z
  .string()
  .max(317)
  .regex(/^(?:[a-z0-9][a-z0-9.-]*\/)?[A-Za-z0-9][A-Za-z0-9_.-]*$/, "expected the name of a label");
const serviceAccountName = z
  .string()
  .max(MAX_TEXT)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, "expected the name of a service account");

const label: z.ZodType<LabelRequirement> = z.strictObject({
  name: labelName.describe("The label.").meta({ examples: ["team"] }),
  values: z
    .array(
      z
        .string()
        .min(1)
        .max(MAX_TEXT)
        .regex(/^[A-Za-z0-9_.*-]+$/, "expected the value of a label, with * for any text"),
    )
    .min(1)
    .max(MAX_LIST)
    .exactOptional()
    .describe(
      "Values of which it must have one; `*` stands for any text. Without them any value that is not empty will do.",
    ),
});

/** `spec.workload`. */
export const workloadSchema: z.ZodType<WorkloadChecks> = z
  .strictObject({
    mode: z
      .enum(["enforce", "warn", "audit"])
      .exactOptional()
      .describe(
        "What a Pod gets that does not fulfil this: refused (default), let in with a warning, or let in and recorded.",
      ),
    podSecurity: z
      .enum(["baseline", "restricted"])
      .exactOptional()
      .describe("A level of the Pod Security Standards of Kubernetes, all of it."),
    privileged: z.literal("deny").exactOptional().describe("No container may be privileged."),
    runAsNonRoot: required
      .exactOptional()
      .describe("Every container has runAsNonRoot: true or a runAsUser other than 0, of its own or from the Pod."),
    runAsUser: required.exactOptional().describe("Every container has a runAsUser, of its own or from the Pod."),
    runAsGroup: required.exactOptional().describe("Every container has a runAsGroup, of its own or from the Pod."),
    capabilities: z
      .strictObject({
        requireDrop: z
          .array(capability)
          .min(1)
          .max(MAX_LIST)
          .exactOptional()
          .describe("Capabilities that every container drops and does not add again; who drops ALL drops each.")
          .meta({ examples: [["ALL"]] }),
        allowAdd: z
          .array(capability)
          .max(MAX_LIST)
          .exactOptional()
          .describe("The only capabilities that a container may add; an empty list allows none.")
          .meta({ examples: [["NET_BIND_SERVICE"]] }),
      })
      .exactOptional()
      .describe("Capabilities of Linux."),
    seccomp: required.exactOptional().describe("Every container has a seccomp profile other than Unconfined."),
    appArmor: required.exactOptional().describe("Every container has an AppArmor profile other than Unconfined."),
    seLinux: required.exactOptional().describe("Every container has SELinux options, of its own or from the Pod."),
    readOnlyRootFilesystem: required.exactOptional().describe("Every container has readOnlyRootFilesystem: true."),
    requireRequests: z
      .array(resource)
      .min(1)
      .max(MAX_LIST)
      .exactOptional()
      .describe("Resources that every container requests.")
      .meta({ examples: [["cpu", "memory"]] }),
    requireLimits: z
      .array(resource)
      .min(1)
      .max(MAX_LIST)
      .exactOptional()
      .describe("Resources in which every container is limited.")
      .meta({ examples: [["memory"]] }),
    requireLabels: z
      .array(label)
      .min(1)
      .max(MAX_LIST)
      .exactOptional()
      .describe("Labels that the Pod, or the template of one, must have.")
      .meta({ examples: [[{ name: "team" }]] }),
    serviceAccount: z
      .strictObject({
        denyDefault: z
          .boolean()
          .exactOptional()
          .describe("Refuse Pods that use the account default of their namespace."),
        assign: serviceAccountName
          .exactOptional()
          .describe("The account that Pods get which name none, or default. It must exist in the namespace.")
          .meta({ examples: ["restricted"] }),
      })
      .exactOptional()
      .describe("The service account of the Pod."),
    pullSecrets: required
      .exactOptional()
      .describe("The Pod, or its service account, names a Secret for pulling its images."),
  })
  .refine((checks) => Object.keys(checks).some((key) => key !== "mode"), {
    // Nothing would be asked for while it looks like a check.
    message: "expected at least one check",
  });
