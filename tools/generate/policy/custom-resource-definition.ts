// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { StructuralSchema } from "./structural-schema.ts";

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
}

/** A kind of object that people write, as one CRD with one version. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly description: string;
  readonly spec: StructuralSchema;
  /** Absent: the kind has no status. */
  readonly status?: StructuralSchema;
  /** Of the whole object, whose `self` is the object. */
  readonly validations?: StructuralSchema["x-kubernetes-validations"];
  readonly columns: readonly PrinterColumn[];
}

const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "When the object was made.",
};

/** The CRD as YAML. */
export function renderCustomResourceDefinition(kind: ResourceKind): string {
  const { group, version, plural, shortNames } = kind;
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}`, labels: { "app.kubernetes.io/part-of": "haechi" } },
    spec: {
      group,
      scope: kind.isNamespaced ? "Namespaced" : "Cluster",
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular: kind.kind.toLowerCase(),
        ...(shortNames.length === 0 ? {} : { shortNames }),
        categories: ["haechi"],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(kind.status === undefined ? {} : { subresources: { status: {} } }),
          additionalPrinterColumns: [...kind.columns, AGE],
          schema: { openAPIV3Schema: schemaOf(kind) },
        },
      ],
    },
  };
  return `# SPDX-License-Identifier: Apache-2.0
# Generated from the policy schemas by \`npm run generate\`; do not edit.
${stringify(definition, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
}

function schemaOf(kind: ResourceKind): StructuralSchema {
  return {
    type: "object",
    description: kind.description,
    required: ["spec"],
    ...(kind.validations === undefined ? {} : { "x-kubernetes-validations": kind.validations }),
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: kind.spec,
      ...(kind.status === undefined ? {} : { status: kind.status }),
    },
  };
}
