// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { HoldingImage, HoldingQuery } from "#database";
import { severitySchema } from "./image-list.ts";

export interface HoldingPage {
  readonly total: number;
  readonly images: readonly HoldingImage[];
}

const text = z.string().min(1).max(256);

export const holdingQuerySchema: z.ZodType<HoldingQuery> = z.strictObject({
  packageName: z.exactOptional(text).describe("name of a package in any case; a `*` at the end: its beginning"),
  packageVersion: z.exactOptional(text).describe("with packageName; a `*` at the end: its beginning"),
  packageType: z.exactOptional(text).describe("with packageName: the purl type, e.g. deb"),
  vulnerability: z.exactOptional(text).describe("id or alias; a `*` at the end: its beginning"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

const holdingImageSchema: z.ZodType<HoldingImage> = z.strictObject({
  digest: z.string() as unknown as z.ZodType<HoldingImage["digest"]>,
  places: z
    .array(z.strictObject({ repository: z.string(), tag: z.exactOptional(z.string()) }))
    .describe("in this registry; tags also of indexes that list the image"),
  remote: z
    .exactOptional(z.strictObject({ registry: z.string(), repository: z.string() }))
    .describe("where an image of another registry was seen first"),
  running: z.int().min(0).describe("workloads that run it now"),
  packages: z
    .array(z.strictObject({ type: z.string(), name: z.string(), version: z.string() }))
    .describe("what was asked for, at most twenty"),
  vulnerabilities: z
    .array(z.strictObject({ id: z.string(), severity: severitySchema }))
    .describe("what was asked for, at most twenty; also those that a statement clears"),
});

export const holdingPageSchema: z.ZodType<HoldingPage> = z.strictObject({
  total: z.int().min(0),
  images: z.array(holdingImageSchema),
});

z.globalRegistry.add(holdingImageSchema, { id: "HoldingImage" });
z.globalRegistry.add(holdingPageSchema, { id: "HoldingPage" });
