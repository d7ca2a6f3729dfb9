// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Configuration, readConfiguration } from "#configuration";
import { defaultClusterPolicies, parsePolicyDocuments } from "#policy";
import {
  CHART,
  createHelm,
  type Helm,
  RELEASE_NAMESPACE,
  type RenderedObject,
  renderChart,
  VALUE_FILES,
  valuesOf,
} from "../support/helm/run-helm.ts";
import { describeWithTools } from "../support/tools.ts";

// What the chart says without a cluster: what it refuses, and that the server understands what it writes.

describeWithTools("chart", ["helm"], () => {
  let folder: string;
  let helm: Helm;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "haechi-chart-"));
    helm = createHelm(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const usual = valuesOf("external-database.yaml");
  it.each([
    { name: "no image", values: ["--set", "image.repository="], says: "image/repository" },
    { name: "a tag in place of a digest", values: ["--set", "image.digest=,image.tag=latest"], says: "image/digest" },
    { name: "an image name with a tag", values: ["--set", "image.repository=r.example/h:1"], says: "image/repository" },
    { name: "a word that the chart does not know", values: ["--set", "gate.replica=3"], says: "replica" },
    { name: "replicas on an embedded database", values: ["--set", "database.existingSecret="], says: "existingSecret" },
    { name: "a gate that every Pod may ask", values: ["--set-json", "admission.allowFrom=[]"], says: "allowFrom" },
    {
      name: "a gate that nothing keeps other Pods from",
      values: ["--set", "networkPolicy.enabled=false"],
      says: "networkPolicy.enabled",
    },
    {
      name: "a client authority without a name",
      values: ["--set", "admission.callers=certificate"],
      says: "clientAuth",
    },
    {
      name: "a registry that takes passwords in clear",
      values: ["--set", "registry.ingress.enabled=true"],
      says: "tls",
    },
    {
      name: "several servers on a storage that one may write",
      values: ["--set", "server.replicas=2"],
      says: "server.storage.accessMode",
    },
    {
      name: "several servers on a backup that one may write",
      values: ["--set", "server.replicas=2,server.storage.accessMode=ReadWriteMany,registry.backup.enabled=true"],
      says: "registry.backup.storage.accessMode",
    },
    {
      name: "several servers with a database each",
      values: ["--set", "server.replicas=2,server.storage.accessMode=ReadWriteMany,database.existingSecret="],
      says: "existingSecret",
    },
    {
      name: "several servers of one that does everything",
      values: ["--set", "server.replicas=2,server.storage.accessMode=ReadWriteMany,mode=single"],
      says: "server.replicas",
    },
    { name: "no server at all", values: ["--set", "server.replicas=0"], says: "server/replicas" },
    { name: "no gate at all", values: ["--set", "gate.replicas=0"], says: "gate/replicas" },
    {
      name: "a public registry without a name",
      values: ["--set", "registry.public.enabled=true,registry.public.tls.existingSecret=tls"],
      says: "registry.public.name",
    },
    {
      name: "a public registry that takes passwords in clear",
      values: ["--set", "registry.public.enabled=true,registry.public.name=r.example"],
      says: "registry.public.tls.existingSecret",
    },
    {
      name: "a public Ingress that takes passwords in clear",
      values: [
        "--set",
        "registry.public.enabled=true,registry.public.name=r.example,registry.public.ingress.enabled=true",
      ],
      says: "registry.public.ingress.tlsSecret",
    },
    { name: "a provider without TLS", values: ["--set", "oidc.issuer=http://login.example"], says: "oidc/issuer" },
    { name: "a provider without client", values: ["--set", "oidc.issuer=https://l.example"], says: "oidc.clientId" },
    {
      name: "a provider whose people get no role",
      values: ["--set", "oidc.issuer=https://l.example,oidc.clientId=h"],
      says: "oidc.roles",
    },
    {
      name: "a provider that cannot send people back",
      values: ["--set", "oidc.issuer=https://l.example,oidc.clientId=h,oidc.roles={a=VIEWER}"],
      says: "oidc.consoleUrl",
    },
    { name: "a role that there is not", values: ["--set", "oidc.roles={a=ROOT}"], says: "oidc/roles" },
    { name: "a rest of keys that is no duration", values: ["--set", "oidc.maxIdle=month"], says: "oidc/maxIdle" },
  ])("refuses $name, and says which value it is", async ({ values, says }) => {
    const { code, stderr } = await helm(["template", "haechi", CHART, "-n", RELEASE_NAMESPACE, ...usual, ...values]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(says);
  });

  it("refuses another name of the release while helm shall manage the definitions", async () => {
    const refused = await helm(["template", "other", CHART, "-n", RELEASE_NAMESPACE, ...usual]);
    expect(refused.stderr).toContain("global.crds.managed");
    const taken = await helm(["template", "other", CHART, ...usual, "--set", "global.crds.managed=false"]);
    expect(taken.code).toBe(0);
    expect(taken.stdout).not.toContain("kind: CustomResourceDefinition");
  });

  it("takes a tag for development, when it is asked to", async () => {
    const tag = ["--set", "image.digest=,image.allowTag=true,image.tag=dev"];
    const [gate] = podTemplates(await renderChart(helm, [...usual, ...tag]));
    expect(gate?.spec.containers[0].image).toBe("registry.example.com/haechi/haechi:dev");
  });

  it.each(VALUE_FILES)("%s renders settings that the server understands", async (file) => {
    const objects = await renderChart(helm, valuesOf(file));
    const configurations = objects.filter(({ kind, data }) => kind === "ConfigMap" && "haechi.yaml" in data);
    expect(configurations.length).toBe(file === "all-in-one.yaml" ? 1 : 2);
    const roles = configurations.flatMap(({ metadata, data }) => {
      const path = join(folder, `${String(metadata.name)}.yaml`);
      writeFileSync(path, data["haechi.yaml"]);
      // what every Pod is told
      const environment = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };
      const configuration = readConfiguration({ file: path, environment, flags: {}, workingDir: folder });
      expect(configuration.cluster).toMatchObject({ connection: "in-cluster", namespace: RELEASE_NAMESPACE });
      expect(configuration.admission.excludeNamespaces).toContain(RELEASE_NAMESPACE);
      return configuration.roles;
    });
    expect(roles.toSorted()).toEqual(["api", "controller", "gate", "registry", "scanner"]);
  });

  it.each(VALUE_FILES)("every file that %s lets the server read is mounted", async (file) => {
    const objects = await renderChart(helm, valuesOf(file));
    for (const template of podTemplates(objects)) {
      const mounts = template.spec.containers[0].volumeMounts as readonly { name: string; mountPath: string }[];
      const volumes = new Set(template.spec.volumes.map(({ name }: { readonly name: string }) => name));
      expect(mounts.filter(({ name }) => !volumes.has(name))).toEqual([]);
      const configMap = template.spec.volumes.find(({ name }: { readonly name: string }) => name === "configuration");
      const text: string = objects.find(
        ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === configMap.configMap.name,
      )?.["data"]["haechi.yaml"];
      for (const [path] of text.matchAll(/\/(?:etc\/haechi|advisories|data|backup)\b[^\s",]*/g)) {
        expect(mounts.some(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`))).toBe(true);
      }
    }
  });

  it("several servers share the storage, spread over nodes, and are not all drained at once", async () => {
    const objects = await renderChart(helm, valuesOf("registry-replicas.yaml"));
    const { spec } = byName(objects, "StatefulSet", "haechi-server");
    expect(spec).toMatchObject({ replicas: 2, podManagementPolicy: "Parallel" });
    expect(spec.template.spec.affinity.podAntiAffinity).toBeDefined();
    expect(spec.template.spec.topologySpreadConstraints).toHaveLength(2);
    for (const claim of ["haechi-server", "haechi-backup"]) {
      expect(byName(objects, "PersistentVolumeClaim", claim).spec.accessModes).toEqual(["ReadWriteMany"]);
    }
    expect(byName(objects, "PodDisruptionBudget", "haechi-server").spec).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: { "app.kubernetes.io/component": "server" } },
    });
    const local = spec.template.spec.volumes.filter((each: RenderedObject) => each["emptyDir"] !== undefined);
    expect(local.map(({ name }: { readonly name: string }) => name).toSorted()).toEqual([
      "local-advisories",
      "local-cache",
      "local-run",
      "scratch",
    ]);
    expect(byName(objects, "ConfigMap", "haechi-server")["data"]["haechi.yaml"]).toContain("delay: 10s");
    const one = await renderChart(helm, usual);
    expect(byName(one, "StatefulSet", "haechi-server").spec).toMatchObject({ replicas: 1 });
    expect(byName(one, "StatefulSet", "haechi-server").spec.podManagementPolicy).toBeUndefined();
    expect(one.some(({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === "haechi-server")).toBe(
      false,
    );
  });

  it.each([
    { mode: "replicated", gate: "gate" },
    { mode: "single", gate: "server" },
  ])(
    "the public registry of mode $mode is served by the server, and the gate trusts the private one",
    async ({ mode, gate }) => {
      const objects = await renderChart(helm, [...valuesOf("public-registry.yaml"), "--set", `mode=${mode}`]);
      const ports: number[] = byName(objects, "NetworkPolicy", "haechi-server").spec.ingress.flatMap(
        ({ ports: all }: { readonly ports: readonly { readonly port: number }[] }) => all.map(({ port }) => port),
      );
      expect(ports).toContain(5443);
      const service = byName(objects, "Service", "haechi-registry-public").spec;
      expect([service.type, service.ports[0].port]).toEqual(["LoadBalancer", 443]);
      const server = settingsOf(objects, "haechi-server");
      expect(server).toMatchObject({
        listen: { registry: { port: 5000 }, registryPublic: { port: 5443 } },
        registry: {
          publicName: "registry.example.com",
          publicAnonymousPull: true,
          backupDir: "/backup",
          certificateFiles: { certificate: "/etc/haechi/registry-tls/tls.crt" },
          publicCertificateFiles: { key: "/etc/haechi/registry-public-tls/tls.key" },
        },
        oidc: {
          consoleUrl: "https://haechi.example.com",
          clientSecretFile: "/etc/haechi/oidc/client-secret",
          maxIdleMs: 7 * 24 * 3_600_000,
        },
        harborScanner: { concurrency: 2 },
      });
      const judging = settingsOf(objects, `haechi-${gate}`);
      // what policies call ours is the same at both gates
      expect(judging.registry).toMatchObject({ names: server.registry.names, publicName: "registry.example.com" });
      if (mode === "replicated") {
        expect(judging.images.certificateAuthorities).toContainEqual({
          name: judging.registry.reachableAt,
          value: "/etc/haechi/registry-tls/ca.crt",
        });
        expect([judging.listen.registryPublic, judging.oidc]).toEqual([undefined, undefined]);
        const [volume] = byName(objects, "Deployment", "haechi-gate").spec.template.spec.volumes.filter(
          ({ name }: { readonly name: string }) => name === "registry-tls",
        );
        // the private key is none of its business
        expect(volume.secret.items).toEqual([{ key: "ca.crt", path: "ca.crt" }]);
      }
    },
  );

  it("backups outlive the release, and a claim that is there already is taken", async () => {
    const values = valuesOf("public-registry.yaml");
    const claim = byName(await renderChart(helm, values), "PersistentVolumeClaim", "haechi-backup");
    expect(claim).toMatchObject({
      metadata: { annotations: { "helm.sh/resource-policy": "keep" } },
      spec: { storageClassName: "cold", resources: { requests: { storage: "200Gi" } } },
    });
    const existing = await renderChart(helm, [...values, "--set", "registry.backup.storage.existingClaim=vault"]);
    expect(existing.some(({ metadata }) => metadata.name === "haechi-backup")).toBe(false);
    expect(byName(existing, "StatefulSet", "haechi-server").spec.template.spec.volumes).toContainEqual({
      name: "backup",
      persistentVolumeClaim: { claimName: "vault" },
    });
  });

  it("what lies inside the cluster is not looked for behind the proxy", async () => {
    for (const template of podTemplates(await renderChart(helm, valuesOf("public-registry.yaml")))) {
      expect(template.spec.containers[0].env).toContainEqual({
        name: "NO_PROXY",
        value: ".svc,.svc.cluster.local,10.0.0.0/8,.internal.example.com",
      });
    }
    const [gate] = podTemplates(await renderChart(helm, usual));
    expect(JSON.stringify(gate)).not.toContain("PROXY");
  });

  it.each(["haechi", "scan", "cise"])("the policies of preset %s can be read without a warning", async (preset) => {
    const objects = await renderChart(helm, [...usual, "--set", `policies.preset=${preset}`]);
    const policies = objects.filter(({ kind }) => kind.endsWith("ImagePolicy"));
    expect(policies.length).toBe(3);
    // made once, and never overwritten
    expect(policies.every(({ metadata }) => metadata.annotations["helm.sh/hook"] === "post-install")).toBe(true);
    const text = policies.map((policy) => JSON.stringify(policy)).join("\n---\n");
    const { documents, warnings } = parsePolicyDocuments(text, "chart");
    expect(warnings).toEqual([]);
    expect(documents.length).toBe(3);
    if (preset === "haechi") {
      // below "*" the chart names what the platform brings, for whoever narrows that entry
      expect(documents.map(({ repositories, ...named }) => ({ ...named, first: repositories[0] }))).toMatchObject(
        defaultClusterPolicies(RELEASE_NAMESPACE).map(({ kind, name, repositories }) => ({
          kind,
          name,
          first: repositories[0],
        })),
      );
    }
  });

  it("shows which namespaces are ungated", async () => {
    const notes = await helm(["install", "haechi", CHART, "-n", RELEASE_NAMESPACE, ...usual, "--dry-run=client"]);
    expect(notes.stdout).toMatch(/UNGATED namespaces.*: kube-system, haechi-system/);
  });

  it.each(VALUE_FILES)("the Pods of %s keep to Pod Security restricted and write to volumes only", async (file) => {
    for (const { spec } of podTemplates(await renderChart(helm, valuesOf(file)))) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      for (const container of spec.containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.image).toMatch(/@sha256:[0-9a-f]{64}$/);
        expect(container.resources.requests).toHaveProperty("memory");
      }
    }
  });

  /** As the server of this Pod would read them. */
  function settingsOf(objects: readonly RenderedObject[], name: string): Configuration {
    const file = join(folder, `${name}-settings.yaml`);
    writeFileSync(file, byName(objects, "ConfigMap", name)["data"]["haechi.yaml"]);
    const environment = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };
    return readConfiguration({ file, environment, flags: {}, workingDir: folder });
  }
});

function byName(objects: readonly RenderedObject[], kind: string, name: string): any {
  const found = objects.find((object) => object.kind === kind && object["metadata"].name === name);
  if (found === undefined) {
    throw new Error(`the chart renders no ${kind} ${name}`);
  }
  return found;
}

function podTemplates(objects: readonly RenderedObject[]): readonly any[] {
  return objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map((object) => object["spec"].template);
}
