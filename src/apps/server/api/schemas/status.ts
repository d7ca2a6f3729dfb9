// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { ServerRole } from "#configuration";
import { type AdvisoryDatabaseBody, advisoryDatabaseSchema } from "./advisory-database.ts";

/** The state of one part of the server. */
export interface ComponentBody {
  readonly name: "database" | "advisories" | "blobs" | "scans" | "policies" | "cluster";
  readonly state: "ok" | "degraded" | "failing";
  /** For developers, in English; what is measured is in `count`. */
  readonly message?: string;
  readonly count?: number;
}

/** One address of the registry. */
export interface RegistryAddressBody {
  readonly network: "private" | "public";
  /** e.g. `https://registry.example.com`. */
  readonly uri: string;
  readonly isTls: boolean;
  /** Of repositories whose settings do not say otherwise. */
  readonly anonymousPull: boolean;
}

export interface StatusBody {
  readonly version: string;
  readonly clusterId: string;
  readonly roles: readonly ServerRole[];
  /** The server's clock. */
  readonly time: string;
  /** Host and port for `docker`, `skopeo` and others. */
  readonly registry: string;
  /** Where the registry is reached on the private and the public network; what is not there is switched off. */
  readonly registryAddresses: readonly RegistryAddressBody[];
  readonly advisories: AdvisoryDatabaseBody;
  readonly policies: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
  /** Names the state of the policies that each gate judges by; equal on every replica that has the same ones. */
  readonly policyGenerations: { readonly registry: string; readonly admission: string };
  readonly components: readonly ComponentBody[];
}

const componentSchema: z.ZodType<ComponentBody> = z.strictObject({
  name: z.enum(["database", "advisories", "blobs", "scans", "policies", "cluster"]),
  state: z.enum(["ok", "degraded", "failing"]),
  message: z.exactOptional(z.string()),
  count: z.exactOptional(z.int().min(0)),
});

export const statusSchema: z.ZodType<StatusBody> = z.strictObject({
  version: z.string(),
  clusterId: z.string(),
  roles: z.array(z.enum(["registry", "gate", "api", "scanner", "controller"])),
  time: z.string(),
  registry: z.string(),
  registryAddresses: z
    .array(
      z.strictObject({
        network: z.enum(["private", "public"]),
        uri: z.string(),
        isTls: z.boolean().describe("whether TLS ends here; a proxy in front may end it as well"),
        anonymousPull: z.boolean().describe("of repositories whose settings do not say otherwise"),
      }),
    )
    .describe("what is not listed is switched off"),
  advisories: advisoryDatabaseSchema,
  policies: z.array(z.strictObject({ kind: z.string(), namespace: z.exactOptional(z.string()), name: z.string() })),
  policyGenerations: z.strictObject({ registry: z.string(), admission: z.string() }),
  components: z.array(componentSchema),
});

z.globalRegistry.add(componentSchema, { id: "Component" });
z.globalRegistry.add(statusSchema, { id: "Status" });
