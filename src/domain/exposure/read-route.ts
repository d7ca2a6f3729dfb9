// SPDX-License-Identifier: Apache-2.0
import { type Fields, listOf } from "#pod-security";
import type { Backend, ObjectName, Route, RouteParent } from "./exposure-object.ts";
import { portOf, specOf, textOf, textsOf } from "./read-fields.ts";

/** Reads a route of the Gateway API. Throws UnreadableField. */
export function readRoute(object: Fields, name: ObjectName): Route {
  const spec = specOf(object);
  const hosts = textsOf(spec, "hostnames", "spec").slice(0, MAX_HOSTS);
  return {
    type: "route",
    ...name,
    parents: listOf(spec["parentRefs"], "spec.parentRefs").map((each): RouteParent => {
      const sectionName = textOf(each, "sectionName", "spec.parentRefs");
      const port = portOf(each, "port", "spec.parentRefs");
      return {
        kind: textOf(each, "kind", "spec.parentRefs") || "Gateway",
        namespace: textOf(each, "namespace", "spec.parentRefs") || name.namespace,
        name: textOf(each, "name", "spec.parentRefs"),
        ...(sectionName === "" ? {} : { sectionName }),
        ...(port === 0 ? {} : { port }),
      };
    }),
    backends: listOf(spec["rules"], "spec.rules").flatMap((rule) =>
      listOf(rule["backendRefs"], "spec.rules.backendRefs").flatMap((each) => readBackend(each, name.namespace, hosts)),
    ),
  };
}

const MAX_HOSTS = 16;

function readBackend(each: Fields, namespace: string, hosts: readonly string[]): readonly Backend[] {
  const place = "spec.rules.backendRefs";
  const isService = (textOf(each, "kind", place) || "Service") === "Service" && textOf(each, "group", place) === "";
  const port = portOf(each, "port", place);
  return isService
    ? [
        {
          namespace: textOf(each, "namespace", place) || namespace,
          service: textOf(each, "name", place),
          ...(port === 0 ? {} : { port }),
          hosts,
        },
      ]
    : [];
}
