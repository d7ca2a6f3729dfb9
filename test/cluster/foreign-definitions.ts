// SPDX-License-Identifier: Apache-2.0

/** Just enough of the definitions of cert-manager and of the Prometheus operator for their objects to be accepted. */
export const FOREIGN_DEFINITIONS: readonly object[] = [
  definition("cert-manager.io", "v1", "Issuer", "issuers"),
  definition("cert-manager.io", "v1", "Certificate", "certificates"),
  definition("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
];

function definition(group: string, version: string, kind: string, plural: string): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
          },
        },
      ],
    },
  };
}
