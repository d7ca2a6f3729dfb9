// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildWebhookConfigurations } from "#kubernetes";
import { createKubectl, type Kubectl } from "../support/cluster/kubectl.ts";
import { auditArguments, readAuditLog } from "../support/control-plane/audit-log.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { listCluster, must } from "../support/helm/list-cluster.ts";
import {
  CHART,
  createHelm,
  type Helm,
  RELEASE,
  RELEASE_NAMESPACE,
  renderChart,
  VALUE_FILES,
  valuesOf,
} from "../support/helm/run-helm.ts";
import { describeWithTools } from "../support/tools.ts";
import { FOREIGN_DEFINITIONS } from "./foreign-definitions.ts";

// The chart on a real API server, with a real helm. Pods stay Pending, since there are no nodes: what they do is shown elsewhere.

const LIMIT_MS = 120_000;
const WEBHOOKS = ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] as const;

describeWithTools("chart", ["helm", "kubectl"], () => {
  describeWithControlPlane("chart on an API server", (binaries) => {
    let plane: ControlPlane;
    let helm: Helm;
    let kubectl: Kubectl;

    beforeAll(async () => {
      plane = await startControlPlane(binaries, {
        apiServerArguments: (made) => auditArguments(made, { verbs: ["delete"] }),
      });
      helm = createHelm(plane.folder, plane.kubeconfig);
      kubectl = createKubectl(plane.kubeconfig, plane.folder);
      const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
      await must(kubectl, ["apply", "--filename=-"], {
        apiVersion: "v1",
        kind: "List",
        items: [
          { apiVersion: "v1", kind: "Namespace", metadata: { name: RELEASE_NAMESPACE, labels } },
          ...["team-a", "team-b"].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
          ...FOREIGN_DEFINITIONS,
        ],
      });
      await must(kubectl, ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
    });

    afterAll(async () => {
      await plane?.[Symbol.asyncDispose]();
    });

    async function run(...words: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await helm([...words, "--namespace", RELEASE_NAMESPACE]);
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    }

    async function webhookNames(): Promise<string> {
      const kinds = WEBHOOKS.map((kind) =>
        must(kubectl, ["get", kind, RELEASE, "--output=jsonpath={.webhooks[*].name}"]),
      );
      return (await Promise.all(kinds)).join(" ");
    }

    /** As the controller does when the gate answers; nobody listens at the Service here. */
    async function fillWebhooks(): Promise<void> {
      const { mutating, validating } = buildWebhookConfigurations({
        name: RELEASE,
        address: `service:${RELEASE_NAMESPACE}/${RELEASE}-gate:443`,
        caBundle: readFileSync(plane.authority.certificate, "utf8"),
        excludeNamespaces: ["kube-system", RELEASE_NAMESPACE],
      });
      for (const { kind, webhooks } of [mutating, validating]) {
        const patch = JSON.stringify({ webhooks });
        await must(kubectl, ["patch", kind, RELEASE, "--type=merge", "--field-manager=haechi", `--patch=${patch}`]);
      }
    }

    /** What a person, or helm in their name, deleted so far, in order. */
    function deletions(): readonly string[] {
      const ours = readAuditLog(plane).filter(({ verb, user }) => verb === "delete" && user === "admin");
      return ours.map(({ resource, name }) => `${resource}/${name}`);
    }

    async function uninstallAndExpect(before: readonly string[]): Promise<void> {
      // A definition that is removed while its storage is still being made ready is gone a minute later: the API server looks again
      // and again whether there are objects of it, and waits longer each time.
      const definitions = await must(kubectl, [
        "get",
        "crd",
        "--selector=app.kubernetes.io/part-of=haechi",
        "--output=name",
      ]);
      const kinds = definitions
        .trim()
        .split("\n")
        .map((name) => name.slice(name.indexOf("/") + 1));
      await must(kubectl, ["get", kinds.join(","), "--all-namespaces"]);
      const deletedBefore = deletions().length;
      await run("uninstall", RELEASE);
      // Without a gate, webhooks that are still there would refuse every Pod of the cluster: nothing may go before them.
      const [first, second, ...others] = deletions().slice(deletedBefore);
      expect([first, second].toSorted()).toEqual(
        WEBHOOKS.map((kind) => `${kind}s.admissionregistration.k8s.io/${RELEASE}`),
      );
      expect(others).toContain(`deployments.apps/${RELEASE}-gate`);
      let left: readonly string[] = [];
      // the cluster collects what belonged to objects that are gone
      await waitUntil("nothing is left", LIMIT_MS, async () => {
        const now = await listCluster(kubectl);
        left = now.filter((each) => !before.includes(each));
        return left.length === 0 && before.every((each) => now.includes(each));
      }).catch((error: unknown) => {
        throw new Error(`left behind: ${left.join(", ")}`, { cause: error });
      });
    }

    it("is installed, upgraded, rolled back and uninstalled, and leaves nothing behind", async () => {
      const before = await listCluster(kubectl);
      await run("install", RELEASE, CHART, ...valuesOf("external-database.yaml"));

      // inert until the controller fills them
      expect(await webhookNames()).toBe(" ");
      const policies = await must(kubectl, [
        "get",
        "imagepolicies.haechi.dev,clusterimagepolicies.haechi.dev",
        "-A",
        "-oname",
      ]);
      expect(policies.trim().split("\n").length).toBe(3);
      // the namespace demands Pod Security restricted, so that there are Pods at all says that they keep to it
      await waitUntil("the Pods exist", LIMIT_MS, async () => {
        const pods = await must(kubectl, ["get", "pods", "--namespace", RELEASE_NAMESPACE, "--output=name"]);
        return pods.trim().split("\n").length === 4;
      });
      const key = ["get", "secret", "haechi-secret-key", "-n", RELEASE_NAMESPACE, "--output=jsonpath={.data}"];
      const secretKey = await must(kubectl, key);
      expect(Buffer.from(Object.values(JSON.parse(secretKey) as object)[0] as string, "base64").toString()).toMatch(
        /^[0-9a-f]{64}$/,
      );

      await fillWebhooks();
      const filled = "admit.haechi.dev validate.haechi.dev policies.haechi.dev";
      expect(await webhookNames()).toBe(filled);
      await run("upgrade", RELEASE, CHART, ...valuesOf("external-database.yaml"), "--set", "gate.replicas=5");
      expect(await webhookNames()).toBe(filled);
      // as helm 3 does it: a three-way merge on the client
      const merged = ["--server-side=false", "--set", "gate.replicas=4,language=ko"];
      await run("upgrade", RELEASE, CHART, ...valuesOf("external-database.yaml"), ...merged);
      expect(await webhookNames()).toBe(filled);
      expect(await must(kubectl, key)).toBe(secretKey);
      await run("rollback", RELEASE, "1");
      expect(await webhookNames()).toBe(filled);
      const replicas = [
        "get",
        "deployment",
        "haechi-gate",
        "-n",
        RELEASE_NAMESPACE,
        "--output=jsonpath={.spec.replicas}",
      ];
      expect(await must(kubectl, replicas)).toBe("3");

      await uninstallAndExpect(before);
    });

    it("is installed again with the older kinds, and takes them away with it", async () => {
      const before = await listCluster(kubectl);
      await run("install", RELEASE, CHART, ...valuesOf("compatibility.yaml"));
      const definitions = await must(kubectl, ["get", "crd", "--output=name"]);
      expect(definitions).toContain("imagepolicies.portieris.cloud.ibm.com");
      expect(definitions).toContain("clusterimagepolicies.securityenforcement.admission.cloud.ibm.com");
      const own = ["get", "imagepolicies.haechi.dev", "ibmcloud-image-policy", "-n", RELEASE_NAMESPACE, "-oyaml"];
      expect(await must(kubectl, own)).toContain("quay.io/coreos/hyperkube");
      await uninstallAndExpect(before);
    });

    it("keeps policies over an uninstall, when it is asked to, and does not overwrite what people wrote", async () => {
      const values = [...valuesOf("external-database.yaml"), "--set", "global.crds.keep=true"];
      await run("install", RELEASE, CHART, ...values);
      const edit = JSON.stringify({ spec: { repositories: [{ name: "registry.example.com/*" }] } });
      const policy = ["clusterimagepolicies.haechi.dev", "haechi-default"];
      await must(kubectl, ["patch", ...policy, "--type=merge", `--patch=${edit}`]);
      const read = ["get", ...policy, "--output=jsonpath={.spec.repositories[*].name}"];
      await run("upgrade", RELEASE, CHART, ...values, "--set", "language=ko");
      expect(await must(kubectl, read)).toBe("registry.example.com/*");
      await run("uninstall", RELEASE);
      expect(await must(kubectl, read)).toBe("registry.example.com/*");
      await run("install", RELEASE, CHART, ...values);
      expect(await must(kubectl, read)).toBe("registry.example.com/*");
    });

    it.each(VALUE_FILES)("the API server accepts every object that %s renders", async (file) => {
      // the release of the test before brought the definitions; its objects may be there, too, but for those that cannot be changed
      const lasting = ["statefulsets,persistentvolumeclaims", "--all", `--namespace=${RELEASE_NAMESPACE}`];
      await must(kubectl, ["delete", ...lasting, "--timeout=60s"]);
      const objects = await renderChart(helm, [...valuesOf(file), "--is-upgrade", "--kube-version=1.36.0"]);
      const answer = await must(
        kubectl,
        ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "--filename=-"],
        { apiVersion: "v1", kind: "List", items: objects },
      );
      expect(answer.trim().split("\n").length).toBe(objects.length);
    });
  });
});
