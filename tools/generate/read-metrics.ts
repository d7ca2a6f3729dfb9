// SPDX-License-Identifier: Apache-2.0
import ts from "typescript";
import { readSourceFiles } from "./source-files.ts";

/** A metric as the source declares it. */
export interface Metric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly help: string;
  readonly module: string;
}

const KINDS: ReadonlySet<string> = new Set(["Counter", "Gauge", "Histogram", "Summary"]);
/** `haechi_<area>_<what>`, with the unit at the end where there is one (docs of Prometheus, "Metric and label naming"). */
const NAME = /^haechi_[a-z]+(_[a-z]+)+$/;

/** Every metric that the source creates with prom-client; throws when its name or help is not a plain string. */
export function readMetrics(): readonly Metric[] {
  const metrics = readSourceFiles("src/**/*.ts", "prom-client").flatMap(({ path, tree }) => {
    const found: Metric[] = [];
    visit(tree);
    return found;

    function visit(node: ts.Node): void {
      if (ts.isNewExpression(node) && KINDS.has(lastName(node.expression))) {
        found.push(readMetric(path, node));
      }
      ts.forEachChild(node, visit);
    }
  });
  return metrics.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function lastName(expression: ts.Expression): string {
  return expression.getText().split(".").at(-1) ?? "";
}

function readMetric(path: string, node: ts.NewExpression): Metric {
  const kind = lastName(node.expression);
  const options = node.arguments?.[0];
  if (options === undefined || !ts.isObjectLiteralExpression(options)) {
    throw new Error(
      `${path}: new ${kind}(…) must get its options as an object literal, so that the reference can list it`,
    );
  }
  const properties = new Map(
    options.properties.filter(ts.isPropertyAssignment).map((each) => [each.name.getText(), each.initializer]),
  );
  const name = textOf(properties.get("name"));
  const help = textOf(properties.get("help"));
  if (name === undefined || help === undefined || !NAME.test(name)) {
    throw new Error(`${path}: new ${kind}(…) needs a name like haechi_area_what_total and a help, both plain strings`);
  }
  if (kind === "Counter" && !/_(total|bytes|seconds)$/.test(name)) {
    throw new Error(`${path}: the name of the counter ${name} must end in _total, _bytes or _seconds`);
  }
  const labelNames = properties.get("labelNames");
  const labels =
    labelNames !== undefined && ts.isArrayLiteralExpression(labelNames)
      ? labelNames.elements.map((each) => textOf(each) ?? "?")
      : [];
  return { name, kind: kind.toLowerCase(), labels, help, module: path.slice(0, path.lastIndexOf("/")) };
}

function textOf(expression: ts.Expression | undefined): string | undefined {
  return expression !== undefined && ts.isStringLiteralLike(expression) ? expression.text : undefined;
}
