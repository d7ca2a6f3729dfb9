// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  CLUSTER_IP,
  findingsOf,
  gateway,
  HTTPS,
  ingress,
  judge,
  type PodOptions,
  pod,
  policy,
  route,
  service,
  subjectOf,
} from "../../../test/support/exposed-objects.ts";

describe("TLS", () => {
  const tls = [{ hosts: ["r.example.com"], secretName: "s" }];
  it.each<{ readonly name: string; readonly objects: readonly object[]; readonly want: readonly string[] }>([
    { name: "is there", objects: [ingress({ tls })], want: [] },
    { name: "is there for all hosts", objects: [ingress({ tls: [{ secretName: "s" }] })], want: [] },
    { name: "is there by a wildcard", objects: [ingress({ tls: [{ hosts: ["*.example.com"] }] })], want: [] },
    { name: "a wildcard is for one label", objects: [ingress({ tls: [{ hosts: ["*.com"] }] })], want: ["HK002 fails"] },
    { name: "is for another host", objects: [ingress({ tls: [{ hosts: ["x.example.com"] }] })], want: ["HK002 fails"] },
    { name: "is missing", objects: [ingress()], want: ["HK002 fails"] },
    {
      name: "may come from an annotation",
      objects: [ingress({}, { "alb.ingress.kubernetes.io/certificate-arn": "arn:x" })],
      want: ["HK002 undecided"],
    },
    { name: "at a Gateway", objects: [gateway([HTTPS]), route()], want: [] },
    {
      name: "at one listener of two",
      objects: [gateway([HTTPS, { name: "http", port: 80, protocol: "HTTP" }]), route()],
      want: ["HK002 fails"],
    },
    {
      name: "at the listener that the route names",
      objects: [
        gateway([HTTPS, { name: "http", port: 80, protocol: "HTTP" }]),
        route({ parentRefs: [{ name: "edge", sectionName: "https" }] }),
      ],
      want: [],
    },
  ])("$name", ({ objects, want }) => {
    const findings = findingsOf(subjectOf([pod(), CLUSTER_IP, ...objects]));
    expect(findings.filter((each) => each.startsWith("HK002"))).toEqual(want);
  });
});

describe("accounts and passwords", () => {
  it.each<{
    readonly name: string;
    readonly image?: string;
    readonly container: object;
    readonly want: readonly string[];
  }>([
    {
      name: "authentication that is turned on",
      container: { env: [{ name: "REGISTRY_AUTH", value: "htpasswd" }] },
      want: [],
    },
    {
      name: "a password of a Secret",
      image: "goharbor/harbor-core",
      container: { env: [{ name: "HARBOR_ADMIN_PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
      want: [],
    },
    { name: "no authentication in sight", container: {}, want: ["HK004 undecided high REGISTRY_AUTH"] },
    {
      name: "authentication that asks nothing",
      container: { env: [{ name: "REGISTRY_AUTH", value: "silly" }] },
      want: ["HK004 fails high REGISTRY_AUTH"],
    },
    {
      name: "a secret in the Pod",
      container: {
        env: [
          { name: "REGISTRY_HTTP_SECRET", value: "correct-horse" },
          { name: "REGISTRY_AUTH", value: "token" },
        ],
      },
      want: ["HK003 fails high REGISTRY_HTTP_SECRET"],
    },
    {
      name: "the password that Harbor's instructions print",
      image: "goharbor/harbor-core:v2",
      container: { env: [{ name: "HARBOR_ADMIN_PASSWORD", value: "Harbor12345" }] },
      want: ["HK003 fails critical HARBOR_ADMIN_PASSWORD"],
    },
    {
      name: "the first password of Nexus",
      image: "sonatype/nexus3",
      container: { env: [{ name: "NEXUS_SECURITY_RANDOMPASSWORD", value: "false" }] },
      want: ["HK003 fails critical NEXUS_SECURITY_RANDOMPASSWORD"],
    },
    {
      name: "ChartMuseum for everybody",
      image: "helm/chartmuseum",
      container: { args: ["--auth-anonymous-get", "--basic-auth-user=a", "--basic-auth-pass=hunter2"] },
      want: ["HK003 fails high --basic-auth-pass", "HK004 fails high AUTH_ANONYMOUS_GET"],
    },
  ])("$name", ({ image = "registry:2", container, want }) => {
    const subject = subjectOf([pod({ image, container: { ports: [], ...container } }), policy([])]);
    const said = subject.findings.map(({ id, state, severity, evidence }) =>
      [id, state, severity, ...evidence].join(" "),
    );
    expect(said).toEqual(want);
  });

  it("values of variables and arguments are in no report", () => {
    const env = ["HARBOR_ADMIN_PASSWORD", "REGISTRY_AUTH", "REGISTRY_STORAGE_S3_SECRETKEY"].map((name) => ({
      name,
      value: "hunter2",
    }));
    const report = judge([
      pod({ container: { env, args: ["--basic-auth-pass=hunter2"] } }),
      service({ type: "NodePort" }),
    ]);
    expect(JSON.stringify(report)).not.toContain("hunter2");
  });
});

describe("remote access", () => {
  const jump: PodOptions = {
    name: "jump",
    image: "example.com/jump:1",
    container: { ports: [{ containerPort: 22, name: "ssh" }] },
  };
  const ssh = [{ port: 2222, targetPort: "ssh" }];
  it.each<{ readonly name: string; readonly objects: readonly object[]; readonly want: readonly string[] }>([
    { name: "a port that a policy blocks", objects: [pod(jump), policy([{ ports: [{ port: 8080 }] }])], want: [] },
    {
      name: "a port that a policy limits, at a load balancer",
      objects: [
        pod(jump),
        service({ type: "LoadBalancer", ports: ssh }),
        policy([{ from: [{ ipBlock: { cidr: "203.0.113.0/28" } }] }]),
      ],
      want: [],
    },
    { name: "a port that nothing blocks", objects: [pod(jump)], want: ["HK011 fails"] },
    {
      name: "a port that a policy lets in",
      objects: [pod(jump), policy([{ ports: [{ port: "ssh" }] }])],
      want: ["HK011 fails"],
    },
    {
      name: "a port at a load balancer",
      objects: [pod(jump), service({ type: "LoadBalancer", ports: ssh })],
      want: ["HK010 fails"],
    },
    {
      name: "another port of the same Pod at a load balancer",
      objects: [
        pod(jump),
        service({ type: "LoadBalancer", ports: [{ port: 80, targetPort: 8080 }] }),
        policy([{ ports: [{ port: 8080 }] }]),
      ],
      want: [],
    },
    {
      name: "an undeclared port behind a Service of port 22",
      objects: [
        pod({ ...jump, container: { ports: [] } }),
        service({ type: "NodePort", ports: [{ port: 22, targetPort: 10022 }] }),
      ],
      want: ["HK010 fails"],
    },
    {
      name: "a desktop at a host port",
      objects: [pod({ ...jump, container: { ports: [{ containerPort: 5900, hostPort: 5900 }] } })],
      want: ["HK010 fails"],
    },
  ])("$name", ({ objects, want }) => {
    const subject = judge(objects).subjects.find(({ kind }) => kind === "remoteAccess");
    expect(subject === undefined ? undefined : findingsOf(subject)).toEqual(want);
  });
});
