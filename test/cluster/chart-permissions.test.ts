// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKubectl, type Kubectl } from "../support/cluster/kubectl.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { must } from "../support/helm/list-cluster.ts";
import { CHART, createHelm, RELEASE, RELEASE_NAMESPACE, valuesOf } from "../support/helm/run-helm.ts";
import { describeWithTools } from "../support/tools.ts";

// Who may do what after the chart was installed, asked of the API server itself.

const LIMIT_MS = 30_000;
const GROUPS = ["haechi.dev", "portieris.cloud.ibm.com", "securityenforcement.admission.cloud.ibm.com"];

interface Access {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** Default: a namespace of somebody else. */
  readonly namespace?: string;
}

describeWithTools("chart", ["helm", "kubectl"], () => {
  describeWithControlPlane("permissions of the chart", (binaries) => {
    let plane: ControlPlane;
    let kubectl: Kubectl;

    beforeAll(async () => {
      plane = await startControlPlane(binaries);
      kubectl = createKubectl(plane.kubeconfig, plane.folder);
      await must(kubectl, ["create", "namespace", RELEASE_NAMESPACE]);
      await must(kubectl, ["create", "namespace", "team"]);
      const helm = createHelm(plane.folder, plane.kubeconfig);
      const values = [...valuesOf("external-database.yaml"), "--namespace", RELEASE_NAMESPACE];
      expect(await helm(["install", RELEASE, CHART, ...values])).toMatchObject({ code: 0 });
    });

    afterAll(async () => {
      await plane?.[Symbol.asyncDispose]();
    });

    async function may(user: string, access: Access): Promise<boolean> {
      const { verb, resource, group = "", name, subresource, namespace = "team" } = access;
      const isAccount = user.startsWith("system:serviceaccount:");
      const groups = ["system:authenticated", ...(isAccount ? ["system:serviceaccounts"] : [])];
      const { body } = await plane.admin.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user, groups, resourceAttributes: { verb, resource, group, name, subresource, namespace } },
      });
      return body.status.allowed === true;
    }

    async function bind(user: string, role: string, namespace?: string): Promise<void> {
      const kind = namespace === undefined ? "clusterrolebinding" : "rolebinding";
      const place = namespace === undefined ? [] : ["--namespace", namespace];
      await must(kubectl, ["create", kind, `${user}-${role}`, `--clusterrole=${role}`, `--user=${user}`, ...place]);
    }

    const gate = `system:serviceaccount:${RELEASE_NAMESPACE}:haechi-gate`;
    const server = `system:serviceaccount:${RELEASE_NAMESPACE}:haechi-server`;
    const webhooks = { group: "admissionregistration.k8s.io", resource: "validatingwebhookconfigurations" };
    const lease = { group: "coordination.k8s.io", resource: "leases", namespace: RELEASE_NAMESPACE };

    it("gives the gate exactly what it uses", async () => {
      expect(await listRights(kubectl, gate)).toMatchInlineSnapshot(`
        "clusterimagepolicies.haechi.dev [] [] [get list watch]
        clusterimagepolicies.portieris.cloud.ibm.com [] [] [get list watch]
        clusterimagepolicies.securityenforcement.admission.cloud.ibm.com [] [] [get list watch]
        cronjobs.batch [] [] [get]
        daemonsets.apps [] [] [get]
        deployments.apps [] [] [get]
        imagepolicies.haechi.dev [] [] [get list watch]
        imagepolicies.portieris.cloud.ibm.com [] [] [get list watch]
        imagepolicies.securityenforcement.admission.cloud.ibm.com [] [] [get list watch]
        jobs.batch [] [] [get]
        namespaces [] [] [get list watch]
        nodes [] [] [get list watch]
        policyexceptions.haechi.dev [] [] [get list watch]
        replicasets.apps [] [] [get]
        replicationcontrollers [] [] [get]
        secrets [] [] [get list watch]
        serviceaccounts [] [] [get]
        statefulsets.apps [] [] [get]
        subjectaccessreviews.authorization.k8s.io [] [] [create]"
      `);
    });

    it("gives the server exactly what it uses", async () => {
      expect(await listRights(kubectl, server)).toMatchInlineSnapshot(`
        "clusterimagepolicies.haechi.dev [] [] [get list watch]
        clusterimagepolicies.haechi.dev/status [] [] [patch]
        clusterimagepolicies.portieris.cloud.ibm.com [] [] [get list watch]
        clusterimagepolicies.securityenforcement.admission.cloud.ibm.com [] [] [get list watch]
        endpointslices.discovery.k8s.io [] [] [list]
        events.events.k8s.io [] [] [create]
        imagepolicies.haechi.dev [] [] [get list watch]
        imagepolicies.haechi.dev/status [] [] [patch]
        imagepolicies.portieris.cloud.ibm.com [] [] [get list watch]
        imagepolicies.securityenforcement.admission.cloud.ibm.com [] [] [get list watch]
        jobs.batch [] [] [list watch]
        leases.coordination.k8s.io [] [] [create]
        leases.coordination.k8s.io [] [haechi-controller] [get update]
        mutatingwebhookconfigurations.admissionregistration.k8s.io [] [haechi] [get list watch patch]
        namespaces [] [] [get list watch]
        nodes [] [] [get list watch]
        pods [] [] [list watch]
        policyexceptions.haechi.dev [] [] [get list watch]
        policyexceptions.haechi.dev/status [] [] [patch]
        policyreports.wgpolicyk8s.io [] [] [list create patch delete]
        replicasets.apps [] [] [list watch]
        reports.openreports.io [] [] [list create patch delete]
        secrets [] [] [get list watch]
        serviceaccounts [] [] [get]
        validatingwebhookconfigurations.admissionregistration.k8s.io [] [haechi] [get list watch patch]"
      `);
    });

    describe("of what would be worth an attack", () => {
      it.each<Access>([
        { verb: "create", resource: "pods" },
        { verb: "create", resource: "pods", subresource: "exec" },
        { verb: "create", resource: "pods", namespace: RELEASE_NAMESPACE },
        { verb: "get", resource: "nodes", subresource: "proxy" },
        { verb: "list", resource: "secrets" },
        { verb: "watch", resource: "secrets" },
        { verb: "create", resource: "secrets" },
        { verb: "update", resource: "secrets" },
        { verb: "create", resource: "serviceaccounts", subresource: "token" },
        { verb: "impersonate", resource: "users" },
        { verb: "patch", group: "apps", resource: "deployments" },
        { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" },
        { verb: "escalate", group: "rbac.authorization.k8s.io", resource: "clusterroles" },
        { verb: "create", ...webhooks },
        { verb: "delete", ...webhooks, name: "haechi" },
        { verb: "patch", ...webhooks, name: "of-somebody-else" },
        { verb: "delete", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
        ...GROUPS.flatMap((group) => [
          { verb: "create", group, resource: "imagepolicies" },
          { verb: "update", group, resource: "clusterimagepolicies" },
        ]),
        { verb: "create", group: "haechi.dev", resource: "policyexceptions" },
        { verb: "approve", group: "haechi.dev", resource: "policyexceptions" },
      ])("neither may $verb $group $resource $subresource $name", async (access) => {
        expect([await may(gate, access), await may(server, access)]).toEqual([false, false]);
      });

      it.each<Access>([
        { verb: "patch", ...webhooks, name: "haechi" },
        { verb: "update", ...lease, name: "haechi-controller" },
        { verb: "list", resource: "pods" },
        { verb: "create", group: "events.k8s.io", resource: "events" },
        { verb: "patch", group: "haechi.dev", resource: "imagepolicies", subresource: "status" },
      ])("the server alone may $verb $resource $subresource", async (access) => {
        expect([await may(gate, access), await may(server, access)]).toEqual([false, true]);
      });
    });

    it("lets neither edit nor admin write a policy or approve an exception", async () => {
      for (const role of ["view", "edit", "admin"]) {
        await bind("somebody", role, "team");
      }
      await waitUntil("the roles are in force", LIMIT_MS, () =>
        may("somebody", { verb: "create", group: "apps", resource: "deployments" }),
      );
      for (const group of GROUPS) {
        for (const resource of ["imagepolicies", "clusterimagepolicies", "policyexceptions"]) {
          for (const verb of ["get", "create", "update", "patch", "delete", "approve"]) {
            expect({ group, resource, verb, may: await may("somebody", { verb, group, resource }) }).toMatchObject({
              may: false,
            });
          }
        }
      }
    });

    it.each([
      { role: "policy-viewer", can: ["get policies", "get exceptions"], scope: "cluster" },
      {
        role: "policy-editor",
        can: ["get policies", "write policies", "get exceptions", "write exceptions"],
        scope: "cluster",
      },
      { role: "namespace-policy-editor", can: ["get policies", "write policies"], scope: "team" },
      { role: "exception-requester", can: ["get exceptions", "write exceptions"], scope: "team" },
      { role: "exception-approver", can: ["get exceptions", "approve exceptions"], scope: "team" },
    ])("$role may $can in $scope", async ({ role, can, scope }) => {
      const user = `a-${role}`;
      await bind(user, `haechi-${role}`, scope === "cluster" ? undefined : scope);
      const asked = { policies: "imagepolicies", exceptions: "policyexceptions" };
      const verbs = { get: "list", write: "create", approve: "approve" };
      const probes = Object.entries(asked).flatMap(([noun, resource]) =>
        Object.entries(verbs).map(([word, verb]) => ({ name: `${word} ${noun}`, verb, resource })),
      );
      const group = "haechi.dev";
      await waitUntil("the role is in force", LIMIT_MS, async () => {
        const answers = await Promise.all(probes.map(({ verb, resource }) => may(user, { verb, resource, group })));
        return answers.includes(true);
      });
      const found: string[] = [];
      for (const { name, verb, resource } of probes) {
        if (await may(user, { verb, resource, group })) {
          found.push(name);
        }
      }
      expect(found.toSorted()).toEqual(can.toSorted());
      const elsewhere = { verb: "create", resource: "imagepolicies", group, namespace: "kube-system" };
      expect(await may(user, elsewhere)).toBe(role === "policy-editor");
    });

    it("adds nothing to the roles of Kubernetes", async () => {
      const { body } = await plane.admin.call("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles");
      const ours = body.items.filter(({ metadata }: { readonly metadata: { readonly name: string } }) =>
        metadata.name.startsWith("haechi-"),
      );
      expect(ours.length).toBeGreaterThan(5);
      expect(JSON.stringify(ours)).not.toContain("aggregate-to");
    });
  });
});

/** What a user may do in the namespace of the release, beyond what everybody may. */
async function listRights(kubectl: Kubectl, user: string): Promise<string> {
  const asked = ["auth", "can-i", "--list", `--as=${user}`, "--as-group=system:serviceaccounts", "--no-headers"];
  const lines = await must(kubectl, [...asked, "--namespace", RELEASE_NAMESPACE]);
  return lines
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "))
    .filter((line) => line !== "" && !/^(?:\[|self|\w+reviews?\.authentication)/.test(line))
    .toSorted()
    .join("\n");
}
