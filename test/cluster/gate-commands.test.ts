// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { buildWebhookConfigurations } from "#kubernetes";
import { REPOSITORY } from "../../tools/repository.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { runCommandLine } from "../support/run-command-line.ts";
import { findTool } from "../support/tools.ts";
import { installCrds } from "./install-crds.ts";

const NAME = "haechi";
const BASE = "/apis/admissionregistration.k8s.io/v1";
const KINDS = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] as const;
/** Nothing listens there: with the webhooks in place, no Pod can be made. */
const ADDRESS = "https://127.0.0.1:9";
const LIMIT_MS = 30_000;

describeWithControlPlane("gate commands on a cluster", (binaries) => {
  let plane: ControlPlane;
  let folder: string;

  beforeAll(async () => {
    plane = await startControlPlane(binaries);
    folder = mkdtempSync(join(tmpdir(), "haechi-gate-"));
  });

  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function caBundle(): string {
    return readFileSync(plane.authority.certificate, "utf8");
  }

  beforeEach(async () => {
    const { mutating, validating } = buildWebhookConfigurations({
      name: NAME,
      address: ADDRESS,
      caBundle: caBundle(),
      excludeNamespaces: ["kube-system"],
    });
    for (const [at, configuration] of [mutating, validating].entries()) {
      await plane.admin.call("DELETE", `${BASE}/${KINDS[at]}/${NAME}`);
      const { status, body } = await plane.admin.call("POST", `${BASE}/${KINDS[at]}`, configuration);
      expect({ status: status, message: body.message as unknown }).toMatchObject({ status: 201 });
    }
  });

  async function run(words: readonly string[], readStdin?: () => Promise<string>) {
    return await runCommandLine(words, {
      folder,
      variables: { KUBECONFIG: plane.kubeconfig },
      ...(readStdin === undefined ? {} : { readStdin, isTerminal: true }),
    });
  }

  async function configurations() {
    return await Promise.all(
      KINDS.map(async (kind) => (await plane.admin.call("GET", `${BASE}/${kind}/${NAME}`)).body),
    );
  }

  async function tryPod(name: string): Promise<number> {
    const { status } = await plane.admin.call("POST", "/api/v1/namespaces/default/pods?dryRun=All", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: { containers: [{ name: "c", image: "registry.example/app:1" }] },
    });
    return status;
  }

  it("release without --yes and without a terminal changes nothing", async () => {
    const { code, stderr } = await run(["gate", "release"]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
    expect((await configurations()).every(({ webhooks }) => webhooks.length > 0)).toBe(true);
  });

  it("release that is not confirmed changes nothing", async () => {
    const { code, stderr } = await run(["gate", "release"], () => Promise.resolve("yes\n"));
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("Nothing was changed") });
    expect((await configurations()).every(({ webhooks }) => webhooks.length > 0)).toBe(true);
  });

  it("release brings a cluster back whose gate is down, and status says so", async () => {
    await waitUntil("the webhooks hold Pods back", LIMIT_MS, async () => (await tryPod("held")) === 500);
    const { code, stdout, stderr } = await run(["gate", "release"], () => Promise.resolve("release\n"));
    expect({ code: code, said: stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain("haechi gate engage");
    expect(stdout).toContain("kube-system");
    for (const { metadata, webhooks } of await configurations()) {
      expect(metadata.annotations["haechi.dev/released"]).toBe("true");
      expect(webhooks ?? []).toEqual([]);
    }
    await waitUntil("Pods can be made again", LIMIT_MS, async () => (await tryPod("free")) === 201);
    const status = await run(["gate", "status"]);
    expect(status.code).toBe(1);
    expect(status.stdout).toContain("RELEASED");
  });

  it("engage leaves the filling to the controller, and says when it does not come", async () => {
    await run(["gate", "release", "--yes"]);
    const { code, stderr } = await run(["gate", "engage", "--timeout", "1s"]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--ca-bundle") });
    for (const { metadata } of await configurations()) {
      expect(metadata.annotations?.["haechi.dev/released"]).toBeUndefined();
    }
  });

  it("engage with an address and an authority fills the webhooks as the controller would", async () => {
    const before = await configurations();
    await run(["gate", "release", "--yes"]);
    const { code, stdout, stderr } = await runCommandLine(
      ["gate", "engage", "--address", ADDRESS, "--ca-bundle", plane.authority.certificate],
      { folder, variables: { KUBECONFIG: plane.kubeconfig, HAECHI_ADMISSION_EXCLUDE_NAMESPACES: "kube-system" } },
    );
    expect({ code: code, said: stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain("3 webhooks");
    expect((await configurations()).map(({ webhooks }) => webhooks)).toEqual(before.map(({ webhooks }) => webhooks));
  });

  it("a bundle that is no certificate is refused before anything is changed", async () => {
    await run(["gate", "release", "--yes"]);
    const { code } = await run(["gate", "engage", "--address", ADDRESS, "--ca-bundle", plane.kubeconfig]);
    expect(code).toBe(2);
    expect((await configurations())[0].metadata.annotations["haechi.dev/released"]).toBe("true");
  });

  it("status shows webhooks, authority and ungated namespaces", async () => {
    const { code, stdout } = await run(["gate", "status", "--format", "json"]);
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({
      state: "engaged",
      webhooks: { addresses: [ADDRESS], excluded: ["kube-system"], obeysSkipLabel: false },
      policies: { namespaced: 0, cluster: 0, exceptions: 0 },
    });
    expect(status.webhooks.names).toHaveLength(3);
    expect(Date.parse(status.webhooks.authorityUntil)).toBeGreaterThan(Date.now());
    expect(code).toBe(0);
  });

  it("a name that is not there is an error, not a success", async () => {
    const { code, stderr } = await run(["gate", "release", "--yes", "--name", "other"]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("other") });
  });

  it("policies of the cluster are linted, explained and migrated", async () => {
    await run(["gate", "release", "--yes"]);
    await installCrds(plane.admin);
    const objects = [
      {
        apiVersion: "portieris.cloud.ibm.com/v1",
        kind: "ClusterImagePolicy",
        metadata: { name: "old" },
        spec: {
          repositories: [
            {
              name: "registry.example/*",
              policy: { va: { enabled: true }, trust: { enabled: true, signerSecrets: [{ name: "signer" }] } },
            },
          ],
        },
      },
      {
        apiVersion: "haechi.dev/v1",
        kind: "ClusterImagePolicy",
        metadata: { name: "misspelt" },
        spec: { repositories: [{ name: "*", policy: { scann: {} } }] },
      },
    ];
    for (const object of objects) {
      const { status, body } = await plane.admin.call(
        "POST",
        `/apis/${object.apiVersion}/clusterimagepolicies`,
        object,
      );
      expect({ status: status, message: body.message as unknown }).toMatchObject({ status: 201 });
    }
    await plane.admin.call("PATCH", "/api/v1/namespaces/default", {
      metadata: { labels: { "securityenforcement.admission.cloud.ibm.com/namespace": "skip" } },
    });

    const lint = await run(["policy", "lint", "--cluster", "--format", "json"]);
    expect({ code: lint.code, said: lint.stderr }).toMatchObject({ code: 1 });
    expect(JSON.parse(lint.stdout).findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: "problem", code: "POLICY_INVALID", origin: "ClusterImagePolicy misspelt" }),
        expect.objectContaining({ level: "problem", code: "SECRET_ABSENT", object: "ClusterImagePolicy old" }),
      ]),
    );

    // what cannot be read counts: the image is not judged as if the other policy were the only one
    const explained = await run(["policy", "explain", "registry.example/app:1", "-n", "default", "--cluster"]);
    expect({ code: explained.code, said: explained.stdout }).toMatchObject({ code: 3 });
    expect(explained.stdout).toContain("ClusterImagePolicy misspelt");

    const migrated = await run(["policy", "migrate", "--cluster"]);
    expect(migrated.code).toBe(1);
    expect(parse(migrated.stdout)).toMatchObject({ apiVersion: "haechi.dev/v1", metadata: { name: "old" } });
    expect(migrated.stderr).toContain("kubectl get secret signer");
    expect(migrated.stderr).toContain("skip, which Portieris obeys and Haechi does not: default");
    const applied = await plane.admin.call(
      "POST",
      "/apis/haechi.dev/v1/clusterimagepolicies?fieldValidation=Strict",
      parse(migrated.stdout),
    );
    expect({ status: applied.status, message: applied.body.message as unknown }).toMatchObject({ status: 201 });
  });

  const kubectl = findTool("kubectl");

  it.skipIf(kubectl === undefined && process.env["CI"] !== "true")(
    "kubectl finds the plugin, which takes the policies and the namespace of the context",
    () => {
      const { status, stdout, stderr } = spawnSync(kubectl ?? "kubectl", ["haechi", "policy", "explain", "nginx:1"], {
        encoding: "utf8",
        env: {
          KUBECONFIG: plane.kubeconfig,
          HOME: folder,
          HAECHI_DATA_DIR: folder,
          PATH: `${join(REPOSITORY, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin`,
        },
        timeout: 60_000,
      });
      expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
      expect(stdout).toMatch(/Namespace: +default/);
      expect(stdout).toContain(plane.url);
    },
  );
});
