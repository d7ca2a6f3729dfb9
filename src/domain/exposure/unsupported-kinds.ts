// SPDX-License-Identifier: Apache-2.0

/** A kind of a product that opens ways, and that nobody here can read. */
export interface UnsupportedKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** Whether it leads to Services of its own namespace alone. */
  readonly isLocal: boolean;
}

/** What opens ways beside Services, Ingresses and the Gateway API: where there is one, nobody can say that nothing leads inside. */
export const UNSUPPORTED_KINDS: readonly UnsupportedKind[] = [
  { group: "route.openshift.io", kind: "Route", plural: "routes", isLocal: true },
  { group: "networking.istio.io", kind: "Gateway", plural: "gateways", isLocal: false },
  { group: "networking.istio.io", kind: "VirtualService", plural: "virtualservices", isLocal: false },
  ...["traefik.io", "traefik.containo.us"].flatMap((group): readonly UnsupportedKind[] => [
    { group, kind: "IngressRoute", plural: "ingressroutes", isLocal: false },
    { group, kind: "IngressRouteTCP", plural: "ingressroutetcps", isLocal: false },
  ]),
  { group: "projectcontour.io", kind: "HTTPProxy", plural: "httpproxies", isLocal: true },
];

const BY_NAME: ReadonlyMap<string, UnsupportedKind> = new Map(
  UNSUPPORTED_KINDS.map((each) => [unsupportedKindName(each), each]),
);

/** e.g. `Gateway.networking.istio.io`: other groups have kinds of the same name. */
export function unsupportedKindName({ kind, group }: Pick<UnsupportedKind, "kind" | "group">): string {
  return `${kind}.${group}`;
}

/** The kind of that name, if it is one of these. */
export function unsupportedKindOf(name: string): UnsupportedKind | undefined {
  return BY_NAME.get(name);
}
