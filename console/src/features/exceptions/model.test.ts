// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { scopeOf } from "./model.ts";

it("only what an exception names is shown", () => {
  expect(
    scopeOf({
      findings: { packages: ["lodash"], rules: [] },
      subject: { namespaces: ["shop"], workloads: [{ kind: "Deployment", name: "web" }] },
    }),
  ).toEqual({
    findings: [{ kind: "packages", names: ["lodash"] }],
    subject: [
      { kind: "namespaces", names: ["shop"] },
      { kind: "workloads", names: ["Deployment/web"] },
    ],
  });
  expect(scopeOf({ findings: {}, subject: {} })).toEqual({ findings: [], subject: [] });
});
