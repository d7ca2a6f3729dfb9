// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { Configuration } from "#configuration";
import { pulledFrom, pullNames } from "./pulled-from.ts";

const configuration = {
  roles: ["registry"],
  listen: { registry: { host: "10.0.0.5", port: 5000 }, registryPublic: { host: "203.0.113.9", port: 443 } },
  registry: { names: ["registry.internal:5000", "registry.example"], publicName: "registry.example" },
} as unknown as Configuration;

it.each([
  { reference: "nginx", from: "foreign" },
  { reference: "library/nginx:1.29", from: "foreign" },
  { reference: "docker.io/team/app", from: "foreign" },
  { reference: "evil.example/registry.internal:5000/team/app", from: "foreign" },
  { reference: "registry.internal/team/app", from: "foreign" },
  { reference: "registry.internal:5000/team/app@sha256:0", from: "private" },
  { reference: "Registry.Internal:5000/team/app:1", from: "private" },
  { reference: "10.0.0.5:5000/team/app", from: "private" },
  { reference: "registry.example/team/app:1", from: "public" },
  { reference: "registry.example:443/team/app:1", from: "public" },
  { reference: "203.0.113.9/team/app:1", from: "public" },
])("$reference is $from", ({ reference, from }) => {
  expect(pulledFrom(reference, pullNames(configuration))).toBe(from);
});
