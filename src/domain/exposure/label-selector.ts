// SPDX-License-Identifier: Apache-2.0
import { elementsOf, fieldsOf, listOf, UnreadableField } from "#pod-security";

/** One condition on labels. */
export interface LabelCondition {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** Conditions that hold together; none: everything fits. */
export type LabelSelector = readonly LabelCondition[];

const OPERATORS: ReadonlySet<unknown> = new Set(["In", "NotIn", "Exists", "DoesNotExist"]);

/** Reads a LabelSelector of the API. Throws UnreadableField. */
export function readLabelSelector(value: unknown, field: string): LabelSelector {
  const fields = fieldsOf(value, field);
  const labels = readLabels(fields["matchLabels"], `${field}.matchLabels`);
  const expressions = listOf(fields["matchExpressions"], `${field}.matchExpressions`);
  return [
    ...[...labels].map(([key, text]) => ({ key, operator: "In", values: [text] }) as const),
    ...expressions.map(({ key, operator, values }, at): LabelCondition => {
      const list = elementsOf(values, `${field}.matchExpressions[${at}].values`);
      if (typeof key !== "string" || !OPERATORS.has(operator) || list.some((each) => typeof each !== "string")) {
        throw new UnreadableField(`${field}.matchExpressions[${at}]`);
      }
      return { key, operator: operator as LabelCondition["operator"], values: list as readonly string[] };
    }),
  ];
}

/** Labels as a map, in which `__proto__` is a name like any other. Throws UnreadableField. */
export function readLabels(value: unknown, field: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [key, text] of Object.entries(fieldsOf(value, field))) {
    // Kubernetes takes null for an empty text in a map of texts.
    if (typeof text !== "string" && text !== null) {
      throw new UnreadableField(`${field}.${key.slice(0, 100)}`);
    }
    labels.set(key, text ?? "");
  }
  return labels;
}

/** Whether the labels fit; `NotIn` fits where the label is missing (apimachinery, `labels.Requirement`). */
export function fitsSelector(selector: LabelSelector, labels: ReadonlyMap<string, string>): boolean {
  return selector.every(({ key, operator, values }) => {
    const text = labels.get(key);
    switch (operator) {
      case "In":
        return text !== undefined && values.includes(text);
      case "NotIn":
        return text === undefined || !values.includes(text);
      case "Exists":
        return text !== undefined;
      case "DoesNotExist":
        return text === undefined;
    }
  });
}

/** Whether all these labels are there. */
export function hasLabels(labels: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  for (const [key, text] of wanted) {
    if (labels.get(key) !== text) {
      return false;
    }
  }
  return true;
}
