// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openApiSession } from "../support/api-client.ts";
import { createKubectl } from "../support/cluster/kubectl.ts";
import { writeServiceAccountKubeconfig } from "../support/cluster/service-account.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { createEmptyDatabase } from "../support/postgres.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools } from "../support/tools.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

describeWithTools("the programs of a cluster", ["kubectl"], () => {
  describeWithControlPlane("on a real control plane", (binaries) => {
    const resources = new AsyncDisposableStack();
    let plane: ControlPlane;
    let server: ServerProcess;

    beforeAll(async () => {
      const folder = createReachableFolder("haechi-programs-");
      resources.defer(() => rm(folder, { recursive: true, force: true }));
      plane = resources.use(await startControlPlane(binaries));
      const kubectl = createKubectl(plane.kubeconfig, folder);
      const files = [join(REPOSITORY, "deploy/crds"), join(REPOSITORY, "test/support/cluster/rbac.yaml")];
      expect((await kubectl(["create", ...files.flatMap((file) => ["-f", file])])).stderr).toBe("");
      const dataDir = join(folder, "data");
      mkdirSync(dataDir, { mode: 0o711 });
      server = await startServerProcess({
        dataDir,
        args: [
          ...["--roles", "controller"],
          ...["--database-url", await createEmptyDatabase()],
          ...["--cluster-connection", "kubeconfig"],
          "--cluster-kubeconfig",
          await writeServiceAccountKubeconfig(plane, { namespace: "haechi-system", name: "haechi-server" }),
        ],
      });
      resources.defer(async () => {
        await server.stop();
      });
    });

    afterAll(async () => {
      await resources.disposeAsync();
    });

    async function addNode(name: string, nodeInfo: object): Promise<void> {
      const made = await plane.admin.call("POST", "/api/v1/nodes", {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name },
      });
      expect(made.status).toBe(201);
      // the controllers of the control plane write it, too
      await eventually(async () => {
        const { body } = await plane.admin.call("GET", `/api/v1/nodes/${name}`);
        const written = await plane.admin.call("PUT", `/api/v1/nodes/${name}/status`, {
          ...body,
          status: { nodeInfo },
        });
        expect([200, 409]).toContain(written.status);
        return written.status === 200 ? true : undefined;
      });
    }

    it("what nodes and API server tell is compared, a hostile node harms nobody", async () => {
      const info = {
        ...{ machineID: "", systemUUID: "", bootID: "", architecture: "amd64", operatingSystem: "linux" },
        ...{ kernelVersion: "6.1.0", osImage: "Debian", kubeProxyVersion: "" },
      };
      await addNode("good", { ...info, kubeletVersion: "v1.28.3", containerRuntimeVersion: "containerd://1.7.13" });
      await addNode("hostile", {
        ...info,
        kubeletVersion: `v1.28.3${"\u0000\u001b".repeat(1_000)}`,
        containerRuntimeVersion: "__proto__://1",
      });
      const session = await openApiSession(server, server.password);
      const body = await eventually(async () => {
        const answer = await session.get<any>("/api/v1/cluster/components");
        return answer.components.filter(({ name }: any) => name === "kubelet").length === 2 ? answer : undefined;
      });
      const names = body.components.map(({ name }: any) => name as string);
      expect(body.isWatched).toBe(true);
      expect(names).toContain("kube-apiserver");
      expect(body.components.find(({ name }: any) => name === "containerd")).toMatchObject({
        version: "1.7.13",
        comparedVersion: "1.7.13",
        nodes: ["good"],
      });
      expect(
        body.components.filter(({ nodes }: any) => nodes.includes("hostile")).map(({ state }: any) => state),
      ).not.toContain("clear");
      expect(body.gaps.map(({ code }: any) => code)).toEqual(
        expect.arrayContaining(["VERSION_UNTOLD", "VERSION_UNREADABLE", "RUNTIME_UNKNOWN"]),
      );
      const { gitVersion }: any = (await plane.admin.call("GET", "/version")).body;
      expect(body.components.find(({ name }: any) => name === "kube-apiserver").version).toBe(gitVersion);
    });
  });
});
