// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { ExposedSubject } from "#exposure";
import {
  CLUSTER_IP,
  findingsOf,
  gateway,
  HTTPS,
  ingress,
  NAMESPACE,
  type PodOptions,
  pod,
  policy,
  route,
  service,
  subjectOf,
} from "../../../test/support/exposed-objects.ts";

describe("how it is reached", () => {
  it.each<{ readonly name: string; readonly objects: readonly object[]; readonly pod?: PodOptions }>([
    { name: "a ClusterIP", objects: [CLUSTER_IP] },
    { name: "an ExternalName", objects: [CLUSTER_IP, service({ type: "ExternalName" }, { metadata: { name: "e" } })] },
    { name: "a load balancer of other Pods", objects: [service({ type: "LoadBalancer", selector: { app: "other" } })] },
    {
      name: "a load balancer of another namespace",
      objects: [service({ type: "LoadBalancer" }, { metadata: { namespace: "other" } })],
    },
    { name: "an Ingress of another Service", objects: [service({}, { metadata: { name: "x" } }), ingress()] },
    {
      name: "a host port at loopback",
      objects: [CLUSTER_IP],
      pod: { container: { ports: [{ containerPort: 5000, hostPort: 5000, hostIP: "127.0.0.1" }] } },
    },
    {
      name: "a route within the mesh",
      objects: [CLUSTER_IP, route({ parentRefs: [{ kind: "Service", group: "", name: "registry" }] })],
    },
    {
      name: "a Gateway that takes routes of its own namespace only",
      objects: [
        CLUSTER_IP,
        gateway([HTTPS], { metadata: { name: "edge", namespace: "infra" } }),
        route({ parentRefs: [{ name: "edge", namespace: "infra" }] }),
      ],
    },
    {
      name: "a route to a listener that is not there",
      objects: [CLUSTER_IP, gateway([HTTPS]), route({ parentRefs: [{ name: "edge", sectionName: "x" }] })],
    },
  ])("internal: $name", ({ objects, pod: options = {} }) => {
    const subject = subjectOf([pod(options), ...objects]);
    expect(subject).toMatchObject({ reach: "internal", ways: [] });
    expect(findingsOf(subject)).toEqual(["HK004 undecided", "HK005 fails"]);
  });

  it.each<{
    readonly name: string;
    readonly objects: readonly object[];
    readonly want: readonly string[];
    readonly pod?: PodOptions;
  }>([
    {
      name: "a load balancer, which is a node port, too",
      objects: [service({ type: "LoadBalancer" })],
      want: ["loadBalancer exposed", "nodePort unknown besideLoadBalancer"],
    },
    {
      name: "a load balancer without node ports",
      objects: [service({ type: "LoadBalancer", allocateLoadBalancerNodePorts: false })],
      want: ["loadBalancer exposed"],
    },
    {
      name: "a node port that was there before allocateLoadBalancerNodePorts: false",
      objects: [
        service({
          type: "LoadBalancer",
          allocateLoadBalancerNodePorts: false,
          ports: [{ port: 80, targetPort: 5000, nodePort: 30000 }],
        }),
      ],
      want: ["loadBalancer exposed", "nodePort unknown besideLoadBalancer"],
    },
    {
      name: "ranges that take in everything",
      objects: [
        service({
          type: "LoadBalancer",
          allocateLoadBalancerNodePorts: false,
          loadBalancerSourceRanges: ["10.0.0.0/8", "0.0.0.0/0"],
        }),
      ],
      want: ["loadBalancer exposed"],
    },
    {
      name: "two ranges that are all of the internet together",
      objects: [
        service({
          type: "LoadBalancer",
          allocateLoadBalancerNodePorts: false,
          loadBalancerSourceRanges: ["0.0.0.0/1", "128.0.0.0/1"],
        }),
      ],
      want: ["loadBalancer exposed"],
    },
    {
      name: "a range that nobody can read",
      objects: [
        service({
          type: "LoadBalancer",
          allocateLoadBalancerNodePorts: false,
          loadBalancerSourceRanges: ["300.0.0.0/24"],
        }),
      ],
      want: ["loadBalancer exposed"],
    },
    {
      name: "an annotation that calls it internal, and a public address",
      objects: [
        service(
          { type: "LoadBalancer", allocateLoadBalancerNodePorts: false },
          {
            metadata: { annotations: { "networking.gke.io/load-balancer-type": "Internal" } },
            status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } },
          },
        ),
      ],
      want: ["loadBalancer exposed internalHint"],
    },
    { name: "a node port", objects: [service({ type: "NodePort" })], want: ["nodePort exposed"] },
    {
      name: "an external IP of a ClusterIP",
      objects: [service({ externalIPs: ["203.0.113.7"] })],
      want: ["externalIp exposed"],
    },
    { name: "an Ingress", objects: [CLUSTER_IP, ingress()], want: ["ingress exposed"] },
    {
      name: "the default backend of an Ingress",
      objects: [
        CLUSTER_IP,
        ingress({ rules: null, defaultBackend: { service: { name: "registry", port: { number: 80 } } } }),
      ],
      want: ["ingress exposed"],
    },
    {
      name: "an Ingress of an old version",
      objects: [
        CLUSTER_IP,
        {
          ...ingress({ rules: [{ http: { paths: [{ backend: { serviceName: "registry", servicePort: "http" } }] } }] }),
          apiVersion: "extensions/v1beta1",
        },
      ],
      want: ["ingress exposed"],
    },
    { name: "an HTTPRoute", objects: [CLUSTER_IP, gateway([HTTPS]), route()], want: ["gateway exposed"] },
    {
      name: "a TCPRoute",
      objects: [
        CLUSTER_IP,
        gateway([{ name: "tcp", port: 5000, protocol: "TCP" }]),
        route({ hostnames: null }, {}, "TCPRoute"),
      ],
      want: ["gateway exposed"],
    },
    {
      name: "a host port",
      objects: [CLUSTER_IP],
      pod: { container: { ports: [{ containerPort: 5000, hostPort: 5000 }] } },
      want: ["hostPort exposed"],
    },
    {
      name: "the network of the node",
      objects: [CLUSTER_IP],
      pod: { spec: { hostNetwork: true } },
      want: ["hostNetwork exposed"],
    },
    {
      name: "a policy that lets in an ingress controller",
      objects: [CLUSTER_IP, ingress(), policy([{ from: [{ namespaceSelector: {} }] }])],
      want: ["ingress exposed"],
    },
    {
      name: "a policy that lets everything in",
      objects: [service({ type: "NodePort" }), policy([{}])],
      want: ["nodePort exposed"],
    },
    {
      name: "a policy with exceptions from everything",
      objects: [
        service({ type: "NodePort" }),
        policy([{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }]),
      ],
      want: ["nodePort exposed"],
    },
    {
      name: "a policy of other Pods",
      objects: [service({ type: "NodePort" }), policy([], { podSelector: { matchLabels: { app: "x" } } })],
      want: ["nodePort exposed"],
    },
    {
      name: "a policy about what goes out",
      objects: [service({ type: "NodePort" }), policy([], { policyTypes: ["Egress"] })],
      want: ["nodePort exposed"],
    },
    {
      name: "a policy, on the network of the node",
      objects: [policy([])],
      pod: { spec: { hostNetwork: true } },
      want: ["hostNetwork exposed"],
    },
  ])("exposed: $name", ({ objects, want, pod: options = {} }) => {
    const subject = subjectOf([pod(options), ...objects]);
    expect(waysOf(subject)).toEqual(want);
    expect(subject.reach).toBe("exposed");
    expect(findingsOf(subject)).toContain("HK001 fails");
  });

  it.each<{ readonly name: string; readonly objects: readonly object[]; readonly want: readonly string[] }>([
    {
      name: "an annotation of any cloud that calls it internal",
      objects: [
        service(
          { type: "LoadBalancer", allocateLoadBalancerNodePorts: false },
          { metadata: { annotations: { "service.beta.kubernetes.io/openstack-internal-load-balancer": "true" } } },
        ),
      ],
      want: ["loadBalancer unknown internalHint"],
    },
    {
      name: "private addresses",
      objects: [
        service(
          { type: "LoadBalancer", allocateLoadBalancerNodePorts: false },
          { status: { loadBalancer: { ingress: [{ ip: "10.1.2.3" }] } } },
        ),
      ],
      want: ["loadBalancer unknown privateAddress"],
    },
    {
      name: "ranges at the load balancer that do not hold at the node port",
      objects: [service({ type: "LoadBalancer", loadBalancerSourceRanges: ["203.0.113.0/24"] })],
      want: ["nodePort unknown besideLoadBalancer", "loadBalancer limited sourceRanges"],
    },
    {
      name: "ranges of ingress-nginx, which another controller ignores",
      objects: [CLUSTER_IP, ingress({}, { "nginx.ingress.kubernetes.io/whitelist-source-range": "10.0.0.0/8" })],
      want: ["ingress unknown internalHint"],
    },
    {
      name: "a route whose Gateway is not there",
      objects: [CLUSTER_IP, route()],
      want: ["gateway unknown gatewayUnread"],
    },
    {
      name: "a route of another namespace",
      objects: [
        CLUSTER_IP,
        gateway([{ ...HTTPS, allowedRoutes: { namespaces: { from: "All" } } }]),
        route(
          {
            parentRefs: [{ name: "edge", namespace: NAMESPACE }],
            rules: [{ backendRefs: [{ name: "registry", namespace: NAMESPACE }] }],
          },
          { namespace: "other" },
        ),
      ],
      want: ["gateway unknown otherNamespace"],
    },
  ])("unknown: $name", ({ objects, want }) => {
    const subject = subjectOf([pod(), ...objects]);
    expect(waysOf(subject)).toEqual(want);
    expect(subject.reach).toBe("unknown");
    expect(findingsOf(subject)).toContain("HK001 undecided");
  });

  it.each<{ readonly name: string; readonly objects: readonly object[]; readonly want: readonly string[] }>([
    {
      name: "ranges, and no node port",
      objects: [
        service({
          type: "LoadBalancer",
          allocateLoadBalancerNodePorts: false,
          loadBalancerSourceRanges: ["203.0.113.0/24"],
        }),
      ],
      want: ["loadBalancer limited sourceRanges"],
    },
    {
      name: "a policy that lets nothing in",
      objects: [service({ type: "NodePort" }), policy(null)],
      want: ["nodePort limited networkPolicy"],
    },
    {
      name: "a policy that lets some addresses in, by the name of the port",
      objects: [
        service({ type: "NodePort" }),
        policy([{ ports: [{ port: "http" }], from: [{ ipBlock: { cidr: "203.0.113.0/24" } }] }]),
      ],
      want: ["nodePort limited networkPolicy"],
    },
    {
      name: "a policy about another port",
      objects: [service({ type: "NodePort" }), policy([{ ports: [{ port: 1, endPort: 4999 }] }])],
      want: ["nodePort limited networkPolicy"],
    },
    {
      name: "a policy about UDP",
      objects: [service({ type: "NodePort" }), policy([{ ports: [{ protocol: "UDP", port: 5000 }] }])],
      want: ["nodePort limited networkPolicy"],
    },
    {
      name: "a policy that keeps even the proxy out",
      objects: [CLUSTER_IP, ingress(), policy([])],
      want: ["ingress limited networkPolicy"],
    },
  ])("limited: $name", ({ objects, want }) => {
    const subject = subjectOf([pod(), ...objects]);
    expect(waysOf(subject)).toEqual(want);
    expect(subject.reach).toBe("limited");
    expect(findingsOf(subject).filter((each) => each.startsWith("HK001"))).toEqual([]);
  });

  function waysOf({ ways }: ExposedSubject): readonly string[] {
    return ways.map(({ kind, state, notes }) => [kind, state, ...notes].join(" "));
  }
});
