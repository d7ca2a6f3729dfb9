// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { UnreadObjects } from "#exposure";
import {
  CLUSTER_IP,
  findingsOf,
  ingress,
  judge,
  NAMESPACE,
  pod,
  policy,
  route,
  service,
  subjectOf,
} from "../../../test/support/exposed-objects.ts";

describe("what nobody could read is never taken for absent", () => {
  it.each<{ readonly name: string; readonly unread: UnreadObjects; readonly reach: string }>([
    { name: "Services", unread: { kind: "Service", reason: "forbidden" }, reach: "unknown" },
    {
      name: "Ingresses of the namespace",
      unread: { kind: "Ingress", namespace: NAMESPACE, reason: "forbidden" },
      reach: "unknown",
    },
    {
      name: "routes of another namespace",
      unread: { kind: "HTTPRoute", namespace: "other", reason: "invalid" },
      reach: "unknown",
    },
    {
      name: "but Services of another namespace lead nowhere here",
      unread: { kind: "Service", namespace: "other", reason: "forbidden" },
      reach: "internal",
    },
  ])("$name", ({ unread, reach }) => {
    expect(subjectOf([pod(), CLUSTER_IP], [unread]).reach).toBe(reach);
  });

  it("NetworkPolicies: who reaches it within the cluster is undecided", () => {
    const subject = subjectOf([pod(), CLUSTER_IP], [{ kind: "NetworkPolicy", reason: "forbidden" }]);
    expect(findingsOf(subject)).toContain("HK005 undecided");
    expect(subject.networkPolicies.limit).toBe("unread");
  });

  it("a Service without a selector that is open to the outside", () => {
    const report = judge([pod(), service({ type: "LoadBalancer", selector: null })]);
    expect(report.unread).toEqual([{ kind: "Service", namespace: NAMESPACE, name: "registry", reason: "noSelector" }]);
    expect(report.subjects[0]?.reach).toBe("unknown");
  });

  it.each([
    { name: "an Ingress", way: ingress() },
    { name: "a route", way: route() },
    {
      name: "an Ingress of an ExternalName",
      way: ingress(),
      spec: { type: "ExternalName", externalName: "x.example" },
    },
  ])("what is behind a Service without a selector that $name leads to", ({ way, spec = {} }) => {
    const report = judge([pod(), service({ selector: null, ...spec }), way]);
    expect(report.unread).toMatchObject([{ kind: "Service", name: "registry", reason: "noSelector" }]);
    expect(report.subjects[0]?.reach).toBe("unknown");
  });

  it("a Service without a selector that nothing leads to opens nothing", () => {
    expect(judge([pod(), service({ selector: null })])).toMatchObject({
      unread: [],
      subjects: [{ reach: "internal" }],
    });
  });

  it.each([
    { externalName: `r.${NAMESPACE}.svc.cluster.local.`, reach: "unknown" },
    { externalName: `r.${NAMESPACE}.SVC`, reach: "unknown" },
    { externalName: `r.${NAMESPACE}`, reach: "unknown" },
    { externalName: `r-0.r.${NAMESPACE}.svc.k8s.corp`, reach: "unknown" },
    { externalName: "r.third.svc.cluster.local", reach: "internal" },
    { externalName: "www.example.com", reach: "internal" },
  ])("an Ingress of another namespace to $externalName: $reach", ({ externalName, reach }) => {
    const metadata = { namespace: "other" };
    const alias = service({ type: "ExternalName", externalName }, { metadata });
    expect(subjectOf([pod(), alias, { ...ingress(), metadata }]).reach).toBe(reach);
  });

  it.each([
    { apiVersion: "route.openshift.io/v1", kind: "Route", elsewhere: "internal" },
    { apiVersion: "networking.istio.io/v1beta1", kind: "VirtualService", elsewhere: "unknown" },
    { apiVersion: "networking.istio.io/v1", kind: "Gateway", elsewhere: "unknown" },
    { apiVersion: "traefik.io/v1alpha1", kind: "IngressRouteTCP", elsewhere: "unknown" },
    { apiVersion: "traefik.containo.us/v1alpha1", kind: "IngressRoute", elsewhere: "unknown" },
    { apiVersion: "projectcontour.io/v1", kind: "HTTPProxy", elsewhere: "internal" },
  ])("what $apiVersion $kind opens", ({ apiVersion, kind, elsewhere }) => {
    const object = { apiVersion, kind, metadata: { name: "x", namespace: NAMESPACE } };
    const report = judge([pod(), CLUSTER_IP, object]);
    const [group] = apiVersion.split("/");
    const told = { kind: `${kind}.${group}`, namespace: NAMESPACE, name: "x", reason: "unsupported" };
    expect(report).toMatchObject({ unread: [told], subjects: [{ reach: "unknown" }] });
    const foreign = { ...object, metadata: { name: "x", namespace: "other" } };
    expect(subjectOf([pod(), CLUSTER_IP, foreign]).reach).toBe(elsewhere);
  });

  it("a NetworkPolicy whose podSelector is a text, as people write it", () => {
    const report = judge([pod(), service({ type: "NodePort" }), policy([], { podSelector: "web" })]);
    expect(report.unread).toMatchObject([{ kind: "NetworkPolicy", name: "p", reason: "invalid" }]);
    expect(report.subjects[0]?.reach).toBe("exposed");
  });
});

describe("very much", () => {
  it("a Pod behind thousands of Services keeps the worst ways, and says that there are more", () => {
    const services = Array.from({ length: 3_000 }, (_, at) =>
      service(
        {
          type: at === 2_999 ? "NodePort" : "LoadBalancer",
          allocateLoadBalancerNodePorts: false,
          loadBalancerSourceRanges: at === 2_999 ? [] : ["203.0.113.0/24"],
        },
        { metadata: { name: `s${at}` } },
      ),
    );
    const subject = subjectOf([pod(), ...services]);
    expect(subject).toMatchObject({ reach: "exposed", hasMoreWays: true });
    expect(subject.ways).toHaveLength(50);
    expect(subject.ways[0]?.kind).toBe("nodePort");
  });

  it("more ways than are looked at leave the reach unknown", () => {
    const spec = {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      loadBalancerSourceRanges: ["203.0.113.0/24"],
    };
    const services = Array.from({ length: 5_001 }, (_, at) => service(spec, { metadata: { name: `s${at}` } }));
    expect(subjectOf([pod(), ...services])).toMatchObject({ reach: "unknown", hasMoreWays: true });
  });
});
