// SPDX-License-Identifier: Apache-2.0
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { askAdmission, podReview } from "../support/admission-client.ts";
import { createKubectl, type Kubectl } from "../support/cluster/kubectl.ts";
import { writeServiceAccountKubeconfig } from "../support/cluster/service-account.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { listCluster, must } from "../support/helm/list-cluster.ts";
import { CHART, createHelm, type Helm, RELEASE, RELEASE_NAMESPACE, valuesOf } from "../support/helm/run-helm.ts";
import { createEmptyDatabase } from "../support/postgres.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools } from "../support/tools.ts";

// Chart and program together: what the chart configures and permits is what the program needs. The Pods' part is played by
// processes beside the cluster, with the chart's settings, Secrets and service accounts.

const LIMIT_MS = 120_000;

describeWithTools("chart", ["helm", "kubectl"], () => {
  describeWithControlPlane("the program as the chart runs it", (binaries) => {
    let plane: ControlPlane;
    let kubectl: Kubectl;
    let helm: Helm;
    let folder: string;
    let databaseUrl: string;
    let before: readonly string[];
    let server: ServerProcess;
    let gate: ServerProcess;

    beforeAll(async () => {
      folder = createReachableFolder("haechi-chart-running-");
      databaseUrl = await createEmptyDatabase();
      plane = await startControlPlane(binaries);
      kubectl = createKubectl(plane.kubeconfig, plane.folder);
      helm = createHelm(plane.folder, plane.kubeconfig);
      await must(kubectl, ["create", "namespace", RELEASE_NAMESPACE]);
      before = await listCluster(kubectl);
      await install("install");
      server = await start("server");
      gate = await start("gate", { "registry-reachable-at": server.registry });
    });

    afterAll(async () => {
      await gate?.stop();
      await server?.stop();
      await plane?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    async function install(word: "install" | "upgrade"): Promise<void> {
      const values = [...valuesOf("external-database.yaml"), "--namespace", RELEASE_NAMESPACE];
      expect(await helm([word, RELEASE, CHART, ...values])).toMatchObject({ code: 0 });
    }

    async function readObject(...words: readonly string[]) {
      return JSON.parse(await must(kubectl, ["get", ...words, "--namespace", RELEASE_NAMESPACE, "--output=json"]));
    }

    /** The settings and Secrets of a component; only where it runs is another place. */
    async function start(component: "server" | "gate", more: Readonly<Record<string, string>> = {}) {
      const { data } = await readObject("configmap", `haechi-${component}`);
      const configuration = parse(data["haechi.yaml"]);
      const account = { namespace: RELEASE_NAMESPACE, name: `haechi-${component}` };
      configuration.cluster = {
        ...configuration.cluster,
        connection: "kubeconfig",
        kubeconfig: await writeServiceAccountKubeconfig(plane, account),
      };
      for (const [secret, file] of [
        ["haechi-secret-key", "secret.key"],
        ["haechi-admin", "password"],
      ] as const) {
        const content = (await readObject("secret", secret)).data[file] as string;
        writeFileSync(join(folder, file), Buffer.from(content, "base64"), { mode: 0o600 });
      }
      configuration.secretKeyFile = join(folder, "secret.key");
      configuration.admin.passwordFile = join(folder, "password");
      configuration.shutdown.delay = "0ms";
      const path = join(folder, `${component}.yaml`);
      writeFileSync(path, JSON.stringify(configuration));
      return await startServerProcess({
        dataDir: join(folder, component),
        args: ["--config", path, ...Object.entries(more).flatMap(([flag, value]) => [`--${flag}`, value])],
        environment: { DATABASE_URL: databaseUrl },
      });
    }

    async function webhooks(): Promise<readonly { name: string; clientConfig: object; failurePolicy: string }[]> {
      const { items } = await readObject("mutatingwebhookconfiguration,validatingwebhookconfiguration");
      return items.flatMap(({ webhooks: each = [] }: { readonly webhooks?: readonly object[] }) => each);
    }

    async function ask(namespace: string) {
      const review = podReview("registry.invalid/team/app:1.0") as { readonly request: object };
      return (await askAdmission(gate.admissionUrl, { ...review, request: { ...review.request, namespace } })).response;
    }

    it("leaves the webhooks empty while no gate is ready", async () => {
      await waitUntil("the server leads", LIMIT_MS, async () => {
        const { spec } = await readObject("lease", "haechi-controller");
        return spec?.holderIdentity?.length > 0;
      });
      expect(await webhooks()).toEqual([]);
    });

    it("fills them as soon as an endpoint of the gate's Service is ready", async () => {
      await must(kubectl, ["create", "--filename=-"], {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          name: "haechi-gate-of-this-test",
          namespace: RELEASE_NAMESPACE,
          labels: { "kubernetes.io/service-name": "haechi-gate" },
        },
        addressType: "IPv4",
        ports: [{ name: "admission", port: 8443, protocol: "TCP" }],
        endpoints: [{ addresses: ["10.0.0.99"], conditions: { ready: true } }],
      });
      await waitUntil("the webhooks are filled", LIMIT_MS, async () => (await webhooks()).length === 3);
      for (const { clientConfig, failurePolicy } of await webhooks()) {
        expect(failurePolicy).toBe("Fail");
        expect(clientConfig).toMatchObject({
          service: { namespace: RELEASE_NAMESPACE, name: "haechi-gate", port: 443 },
          caBundle: expect.stringMatching(/^LS0t/) as unknown,
        });
      }
    });

    it("judges by the policies of the chart, and by one that is written now", async () => {
      expect(await ask("kube-system")).toMatchObject({ allowed: true });
      expect(await ask("team")).toMatchObject({ allowed: false });
      await must(kubectl, ["create", "namespace", "team"]);
      // the webhooks name a Service that nobody routes to here
      await must(kubectl, ["annotate", "validatingwebhookconfiguration", RELEASE, "haechi.dev/released=true"]);
      const empty = '--patch={"webhooks":[]}';
      await must(kubectl, ["patch", "validatingwebhookconfiguration", RELEASE, "--type=merge", empty]);
      await must(kubectl, ["create", "--filename=-"], {
        apiVersion: "haechi.dev/v1",
        kind: "ImagePolicy",
        metadata: { name: "unchecked", namespace: "team" },
        spec: { repositories: [{ name: "registry.invalid/team/*" }] },
      });
      await waitUntil("the policy is in force", LIMIT_MS, async () => (await ask("team")).allowed);
      await must(kubectl, ["delete", "namespace", "team"]);
    });

    it("writes the status of policies", async () => {
      await waitUntil("the default policy says that it is in force", LIMIT_MS, async () => {
        const { status } = await readObject("clusterimagepolicies.haechi.dev", "haechi-default");
        const conditions: readonly { type: string; status: string }[] = status?.conditions ?? [];
        return conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
      });
    });

    it("is not refused anything by the API server", () => {
      const refused = [server, gate].flatMap((each) =>
        each
          .stderr()
          .split("\n")
          .filter((line) => /forbidden/i.test(line)),
      );
      expect(refused).toEqual([]);
    });

    it("does not bring back what helm uninstalls while it runs", async () => {
      await must(kubectl, ["delete", "endpointslice", "haechi-gate-of-this-test", "--namespace", RELEASE_NAMESPACE]);
      expect(await helm(["uninstall", RELEASE, "--namespace", RELEASE_NAMESPACE])).toMatchObject({ code: 0 });
      let left: readonly string[] = [];
      await waitUntil("nothing is left", LIMIT_MS, async () => {
        left = (await listCluster(kubectl)).filter((each) => !before.includes(each));
        return left.length === 0;
      }).catch((error: unknown) => {
        throw new Error(`left behind: ${left.join(", ")}`, { cause: error });
      });
      await server.stop();
      await gate.stop();
      expect((await listCluster(kubectl)).filter((each) => !before.includes(each))).toEqual([]);
    });
  });
});
