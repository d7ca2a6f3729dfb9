// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { findTool } from "../support/tools.ts";
import { installCrds } from "./install-crds.ts";
import { BAD_OBJECTS, COMPATIBLE_POLICY, GOOD_OBJECTS } from "./policy-objects.ts";

describeWithControlPlane("custom resource definitions", (binaries) => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(binaries);
    await installCrds(plane.admin);
  });

  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
  });

  interface Written {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  }

  function collectionOf({ apiVersion, kind, metadata: { namespace } }: Written): string {
    const plural = kind === "PolicyException" ? "policyexceptions" : `${kind.toLowerCase().slice(0, -1)}ies`;
    const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
    return `/apis/${apiVersion}${place}/${plural}`;
  }

  async function write(object: Written) {
    return await plane.admin.call("POST", `${collectionOf(object)}?fieldValidation=Strict`, object);
  }

  describe("refuses", () => {
    it.each(BAD_OBJECTS)("$name", async ({ object, message }) => {
      const { status, body } = await write(object);
      expect({ status, message: body.message }).toEqual({ status: 422, message: expect.stringContaining(message) });
    });
  });

  describe("accepts", () => {
    it.each(GOOD_OBJECTS)("$name", async ({ object }) => {
      const { status, body } = await write(object);
      expect({ status: status, message: body.message as unknown }).toMatchObject({ status: 201 });
      expect(body.spec).toEqual((object as { readonly spec?: unknown }).spec);
    });
  });

  it.each(["portieris.cloud.ibm.com/v1", "securityenforcement.admission.cloud.ibm.com/v1beta1"])(
    "%s keeps va, policies and what it does not know",
    async (apiVersion) => {
      const object = {
        apiVersion,
        kind: "ClusterImagePolicy",
        metadata: { name: "kept" },
        spec: COMPATIBLE_POLICY,
      };
      expect((await write(object)).status).toBe(201);
      const { body } = await plane.admin.call("GET", `${collectionOf(object)}/kept`);
      expect(body.spec).toEqual(COMPATIBLE_POLICY);
    },
  );

  it("an unknown field of a check is kept for the parser to refuse, not pruned", async () => {
    const spec = { repositories: [{ name: "*", policy: { vulnerabilities: { maxSeverity: "none" } } }] };
    const object = {
      apiVersion: "haechi.dev/v1",
      kind: "ClusterImagePolicy",
      metadata: { name: "misspelt" },
      spec,
    };
    const { status, body } = await plane.admin.call("POST", collectionOf(object), object);
    expect({ status: status, message: body.message as unknown }).toMatchObject({ status: 201 });
    expect(body.spec).toEqual(spec);
  });

  it("status is written by its own subresource, and by nothing else", async () => {
    const object = {
      apiVersion: "haechi.dev/v1",
      kind: "ImagePolicy",
      metadata: { name: "with-status", namespace: "default" },
      spec: { repositories: [{ name: "*" }] },
      status: { entries: 99 },
    };
    const created = await write(object);
    expect({ status: created.status, message: created.body.message as unknown }).toMatchObject({ status: 201 });
    expect(created.body.status).toBeUndefined();
    const path = `${collectionOf(object)}/with-status/status`;
    const conditions = [{ type: "Ready", status: "True", reason: "InForce", message: "in force" }];
    const patched = await plane.admin.call("PATCH", path, { status: { entries: 1, conditions } });
    expect({ status: patched.status, message: patched.body.message as unknown }).toMatchObject({ status: 200 });
    expect(patched.body.status).toEqual({ entries: 1, conditions });
    expect(patched.body.metadata.generation).toBe(1);
  });

  const kubectl = findTool("kubectl");
  const withKubectl = kubectl === undefined && process.env["CI"] !== "true" ? describe.skip : describe;

  withKubectl("with kubectl", () => {
    function run(...words: readonly string[]): string {
      return execFileSync(kubectl ?? "kubectl", words, {
        encoding: "utf8",
        env: { KUBECONFIG: plane.kubeconfig, HOME: plane.folder },
        timeout: 60_000,
      });
    }

    it("get shows entries and readiness of policies", () => {
      const [head, ...lines] = run("get", "imgpol", "-n", "default").trimEnd().split("\n");
      expect(head).toMatch(/^NAME +ENTRIES +READY +AGE$/);
      expect(lines.find((line) => line.startsWith("with-status "))).toMatch(/^with-status +1 +True +/);
      expect(run("get", "cimgpol")).toMatch(/^NAME +ENTRIES +MANDATORY +READY +AGE\n/);
    });

    it("get shows until, approver and state of exceptions", () => {
      expect(run("get", "policyexceptions", "-n", "default")).toMatch(/^NAME +UNTIL +APPROVER +STATE +AGE\n/);
    });

    it("get lists everything of ours by its category", () => {
      expect(run("get", "haechi", "-n", "default")).toContain("imagepolicy.haechi.dev/with-status");
    });

    it("explain tells what a field means", () => {
      const text = run(
        "explain",
        "clusterimagepolicies.spec.repositories.policy.vulnerability",
        "--api-version=haechi.dev/v1",
      );
      expect(text).toContain("maxSeverity");
      expect(text).toContain("enum: none, negligible, low, medium");
      expect(text.replaceAll(/\s+/g, " ")).toContain("The worst severity that passes");
    });
  });
});
